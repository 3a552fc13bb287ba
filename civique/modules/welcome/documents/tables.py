"""Columns of the lists as files."""

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.indicators.words import figure_text
from civique.modules.welcome.queries.vouchers import Use
from civique.modules.welcome.workflow import LANGUAGES, WORKFLOW
from civique.web.desk.cases import case_columns
from civique.web.tables import Column

HOUSEHOLDS = case_columns(
    WORKFLOW,
    _l("Name"),
    Column(_l("Arrived on"), lambda household: household.arrived_on),
    Column(_l("Adults"), lambda household: household.adults),
    Column(_l("Children"), lambda household: household.children),
    Column(_l("Language of the kit"), lambda household: str(LANGUAGES[household.language])),
    Column(_l("Relay"), lambda household: household.relay.label if household.relay else ""),
    Column(_l("To greet before"), lambda household: household.greet_by),
    Column(_l("Greeted on"), lambda household: household.greeted_on),
)
OFFERS = (
    Column(_l("Partner"), lambda offer: offer.organisation.name),
    Column(_l("Offer"), lambda offer: offer.title),
    Column(_l("Conditions"), lambda offer: offer.conditions),
    Column(_l("Vouchers given"), lambda offer: offer.quantity),
    Column(_l("First day"), lambda offer: offer.valid_from),
    Column(_l("Last day"), lambda offer: offer.valid_until),
)


def rate_text(use: Use) -> str:
    """Use rate in words; « n. d. » when it is unknown."""
    return figure_text(use.rate, "percentage")


USES = (
    Column(_l("Year"), lambda use: use.year),
    Column(_l("Partner"), lambda use: use.partner),
    Column(_l("Offer"), lambda use: use.gift),
    Column(_l("Handed over"), lambda use: use.handed),
    Column(_l("Redeemed"), lambda use: use.used),
    Column(_l("Use rate"), rate_text),
    Column(_l("Before the software"), lambda use: _("yes") if use.recorded else _("no")),
)

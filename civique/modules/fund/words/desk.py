"""Sentences that only the mairie reads: usual things missing."""

from civique.core.i18n import gettext as _
from civique.modules.fund.models import FundRequest


def usually_missing(demand: FundRequest) -> list[str]:
    """What is often missing in a request: to be ticked rather than typed."""
    usual = [
        _("A quote, or the price of the main purchases"),
        _("What you or others bring: money, things or hours"),
        _("The dates and the place of the project"),
        _("The agreement of the owner of the place"),
        _("Bank details (RIB) of who is paid"),
    ]
    if demand.organisation is not None:
        usual += [
            _("The statutes and the receipt of the association"),
            _("The contrat d’engagement républicain, signed"),
        ]
    return usual

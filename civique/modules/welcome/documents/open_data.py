"""The offers of partners for machines: Atom, open data."""

from typing import Any

from sqlalchemy import func, select

from civique.core import clock
from civique.core.i18n import _l
from civique.core.open_data import Dataset, Feed
from civique.modules.welcome.models import WelcomeOffer
from civique.web.feeds import Entry

PARTNERS = Feed(
    _l("Partners of new residents"),
    "welcome.partners_feed",
    _l("What shops and associations offer to the households that arrive, as soon as they offer it."),
    ("welcome.partners",),
)
DATASET = Dataset(
    "offres-nouveaux-habitants",
    PARTNERS.label,
    _l("What shops and associations offer to the households that arrive, and until when."),
    select(func.max(WelcomeOffer.created_at)).where(
        WelcomeOffer.withdrawn_at.is_(None), WelcomeOffer.valid_until >= clock.TODAY
    ),
    {"JSON": "welcome.partners_data"},
)


def as_entry(offer: WelcomeOffer) -> Entry:
    """An offer in the Atom feed."""
    title = f"{offer.organisation.name}, {offer.title}"
    return Entry(f"/bienvenue/partenaires#{offer.id}", title, offer.created_at, offer.conditions)


def as_data(offer: WelcomeOffer) -> dict[str, Any]:
    """An offer as everybody may use it again."""
    return {
        "partenaire": offer.organisation.name,
        "offre": offer.title,
        "conditions": offer.conditions,
        "debut": offer.valid_from.isoformat(),
        "fin": offer.valid_until.isoformat(),
    }

"""The « feuille de stand »: numbered lines on paper, each with a coupon to tear off for the person."""

from civique.core import commune, settings
from civique.core.channels import AWAY
from civique.core.i18n import get_locale
from civique.core.i18n import gettext as _
from civique.core.stall.references import make, new_device
from civique.core.territory.queries import territories
from civique.services.pdf import render_pdf
from tenants.session import TenantSession

LINES = 3
"""Lines of a page."""


def stall_sheet(session: TenantSession, pages: int, device: str = "") -> bytes:
    """A sheet of so many pages as an accessible PDF (PDF/UA-1). Each printing has references of its own.

    Args:
        device: the four signs of this sheet, at random by default.
    """
    device = device or new_device()
    contact = settings.get(session, commune.Contact)
    sender = commune.sender_name(session.tenant, settings.get(session, commune.Identity))
    return render_pdf(
        "stall.typ",
        {
            "language": get_locale(),
            "author": sender,
            "title": _("Stall sheet %(code)s", code=device),
            "introduction": _(
                "One line a person. Give them the coupon: with this reference, they can ask where it stands."
            ),
            "afterwards": _(
                "Back at the town hall: Enter for a resident, a question, then copy the reference of the line."
            ),
            "where": {"label": _("Where and when:"), "choices": [str(label) for label in AWAY.values()]},
            "labels": {
                "name": _("First and last name"),
                "said": _("What this person says"),
                "village": _("Village") if territories(session, "delegated") else None,
                "answer": _("How to answer?"),
                "coupon": _("Your reference"),
            },
            "answers": [
                _("By e-mail (answer)"),
                _("By telephone (answer)"),
                _("By letter (answer)"),
                _("No answer wanted"),
            ],
            "coupon": [sender, *([contact.phone_shown] if contact.phone else [])],
            "privacy": _(
                "These details serve to answer; only the town hall sees them, and anybody may ask to see or erase theirs."
            ),
            "lines": [make(device, number) for number in range(1, pages * LINES + 1)],
            "per_page": LINES,
        },
    )

"""The sign-in sheet of a gathering (« feuille d'émargement ») as an accessible PDF, with lines for those who come unannounced."""

from civique.core import i18n, settings
from civique.core.commune import Identity, sender_name
from civique.core.gatherings.models import Gathering, RegistrationState
from civique.core.gatherings.queries import registrations
from civique.core.i18n import date_and_time
from civique.core.i18n import gettext as _
from civique.services.pdf import render_pdf
from tenants.session import TenantSession

BLANK = 10


def sign_in_sheet(session: TenantSession, gathering: Gathering) -> bytes:
    """Those who are registered or convened, by name, with a place to sign; then blank lines."""
    event = gathering.event
    asked = [one for one in session.scalars(registrations(gathering.id)) if one.state == RegistrationState.REGISTERED]
    known = {one.person_id for one in asked}
    rows = [(one.name, one.party) for one in asked]
    rows += [(a.person.name, 1) for a in gathering.attendees if a.convened and a.person_id not in known]
    return render_pdf(
        "sign_in_sheet.typ",
        {
            "lang": i18n.get_locale(),
            "title": _("Sign-in sheet"),
            "subtitle": event.title,
            "when": date_and_time(event.starts_at) + (f", {event.where}" if event.where else ""),
            "heads": [_("Name"), _("Expected"), _("Came"), _("Signature")],
            "rows": [[name, str(party)] for name, party in sorted(rows)],
            "others": _("Not registered"),
            "blank": BLANK,
            "privacy": _(
                "These details serve to know who came; only the town hall sees them, and anybody may ask to see or erase theirs."
            ),
            "author": sender_name(session.tenant, settings.get(session, Identity)),
        },
    )

"""BEN-05: somebody under eighteen helps only where the mission is open to them, while a guardian consents."""

from civique.core.consents.operations import is_minor
from civique.core.consents.queries import consented
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.volunteering.models import Mission
from tenants.session import TenantSession

CONSENT = "participation"


def check_minor(session: TenantSession, person: Person | None, mission: Mission) -> None:
    """Refuse a minor where they may not help.

    Raises:
        Refused: ``BEN-05``.
    """
    if person is None or not is_minor(person):
        return
    if not mission.minors:
        raise Refused(_("This mission is for adults: choose one that is open to minors."), rule="BEN-05")
    if not consented(session, person.id, CONSENT):
        raise Refused(_("A guardian must first consent, in their account or at the town hall."), rule="BEN-05")

"""Work outside requests: the reminder of the day before a shift."""

from civique.core.messages.queries import written_at
from civique.modules.volunteering.messages import shift_tomorrow
from civique.modules.volunteering.queries import places_tomorrow
from tenants.session import TenantSession


def remind(session: TenantSession) -> None:
    """Write to those who come to a shift tomorrow; once each."""
    for place in places_tomorrow(session):
        person = place.volunteer.applicant
        if person is not None and written_at(session, "volunteering.shift_tomorrow", place) is None:
            shift_tomorrow(session, person, place)

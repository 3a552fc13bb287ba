"""What the module knows of a person: exported, erased, left without a name once they have stopped."""

from typing import Any

from sqlalchemy import delete, select, update

from civique.core import settings
from civique.core.cases.privacy import forget_old, personal_cases
from civique.core.held import plain
from civique.core.i18n import _l
from civique.core.manifest import PersonalData
from civique.core.people.models import Person
from civique.core.personalised.operations import forget_documents_of
from civique.modules.volunteering.models import Hours, HoursState, Interview, Volunteer
from civique.modules.volunteering.settings import VolunteeringSettings
from civique.modules.volunteering.workflow import MATCHES, MISSIONS, VOLUNTEERS
from tenants.session import TenantSession

WISHES = ("wishes", "constraints")
HOURS_WORDS = {
    HoursState.DECLARED: _l("To be validated"),
    HoursState.VALIDATED: _l("Validated (hours)"),
    HoursState.REFUSED: _l("Not validated"),
}


def kept_months(session: TenantSession) -> int:
    """How long somebody who stopped is named."""
    return settings.get(session, VolunteeringSettings).kept_months


def forget(session: TenantSession) -> None:
    """Take the names out of what is over since long, and what mediators noted of who left."""
    months = kept_months(session)
    forget_old(session, VOLUNTEERS, WISHES, months)
    forget_old(session, MISSIONS, (), months)
    forget_old(session, MATCHES, (), months)
    nobody = select(Volunteer.id).where(Volunteer.applicant_id.is_(None))
    session.execute(delete(Interview).where(Interview.volunteer_id.in_(nobody)))


def export_interviews(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What mediators noted of somebody."""
    query = select(Interview).join(Volunteer).where(Volunteer.applicant_id == person.id).order_by(Interview.met_on)
    return [{"date": plain(row.met_on), "notes": row.notes} for row in session.scalars(query)]


def erase_interviews(session: TenantSession, person: Person) -> None:
    """They go with the person; those that the person wrote of others stay, without their name."""
    of = select(Volunteer.id).where(Volunteer.applicant_id == person.id)
    session.execute(delete(Interview).where(Interview.volunteer_id.in_(of)))
    session.execute(update(Interview).where(Interview.written_by == person.id).values(written_by=None))


def export_hours(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Hours that somebody gave."""
    query = select(Hours).join(Volunteer).where(Volunteer.applicant_id == person.id).order_by(Hours.done_on)
    return [
        {
            "date": plain(row.done_on),
            "activity": row.activity,
            "organisation": row.organisation.name if row.organisation else "",
            "minutes": row.minutes,
            "state": row.state,
        }
        for row in session.scalars(query)
    ]


def erase_hours(session: TenantSession, person: Person) -> None:
    """They stay for the accounts of the organisations, of nobody; who validated them goes, and so do the certificates."""
    own = select(Hours.id).join(Volunteer).where(Volunteer.applicant_id == person.id)
    forget_documents_of(session, session.scalars(own).all())
    session.execute(update(Hours).where(Hours.decided_by == person.id).values(decided_by=None))


VOLUNTEER_DATA = personal_cases(
    VOLUNTEERS, "volunteering_volunteers", _l("You as a volunteer"), words=WISHES, months=kept_months
)
MISSION_DATA = personal_cases(
    MISSIONS, "volunteering_missions", _l("Missions that you proposed"), words=(), months=kept_months
)
MATCH_DATA = personal_cases(
    MATCHES, "volunteering_matches", _l("Missions for which you offered to help"), words=(), months=kept_months
)
INTERVIEWS = PersonalData(
    "volunteering_interviews",
    _l("What the volunteer desk noted of your conversations"),
    _l("To find a mission that suits you"),
    _l("Public-interest task"),
    _l("As long as you are a volunteer; they go with your name"),
    export_interviews,
    erase_interviews,
    labels={"notes": _l("Notes")},
)
HOURS = PersonalData(
    "volunteering_hours",
    _l("Hours that you gave"),
    _l("To make your certificate, and for the accounts of the organisations"),
    _l("Public-interest task"),
    _l("Ten years, as accounting records, without your name once you have left"),
    export_hours,
    erase_hours,
    labels={"activity": _l("Activity"), "organisation": _l("Organisation"), "minutes": _l("Minutes")},
    words={"state": HOURS_WORDS},
)

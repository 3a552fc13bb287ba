"""Matches: proposed, agreed by both sides, first steps, commitment; the words to have afterwards."""

from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from civique.core import audit, clock
from civique.core.cases.operations import enter
from civique.core.events import tell
from civique.core.i18n import gettext as _
from civique.core.interests import Joined
from civique.core.references import next_reference
from civique.core.refused import Refused
from civique.modules.volunteering import messages
from civique.modules.volunteering.models import (
    FollowUp,
    Match,
    MatchState,
    Mission,
    MissionState,
    Volunteer,
    VolunteerState,
)
from civique.modules.volunteering.operations.minors import check_minor
from civique.modules.volunteering.operations.missions import keep_count, leave_shifts
from civique.modules.volunteering.queries import places_taken
from tenants.session import TenantSession

KIND = "volunteering"
"""What these matches are, in the events of ``civique.core.interests``."""
VOLUNTEER, MISSION = "volunteer", "mission"
"""The two sides of a match."""
FOLLOW_UPS = {"weeks": 14, "months": 60}
"""Days after the first steps on which somebody of the desk has a word with the volunteer (BEN-07)."""


def propose(session: TenantSession, volunteer: Volunteer, mission: Mission, *, by: str = "") -> Match:
    """Bring a volunteer and a mission together. Neither has the other's contact details (BEN-02).

    Args:
        by: the side that asks, which has agreed by asking; nobody when the desk proposes, and then both are told.

    Raises:
        Refused: ``unpublished``, ``away``, ``BEN-05``, ``tried``.
    """
    if mission.state != MissionState.PUBLISHED or mission.is_over(clock.today()):
        raise Refused(_("This mission looks for nobody at the moment."), rule="unpublished")
    if not volunteer.here:
        raise Refused(_("This volunteer is not available at the moment."), rule="away")
    check_minor(session, volunteer.applicant, mission)
    match = Match(mission_id=mission.id, volunteer_id=volunteer.id, channel=volunteer.channel, mission=mission)
    match.applicant_id, match.territory_id = volunteer.applicant_id, mission.territory_id
    match.reference, match.state = next_reference(session, "REL"), MatchState.PROPOSED
    if by == VOLUNTEER:
        match.volunteer_agreed_at, match.channel = clock.now(), "web"
    try:
        with session.begin_nested():
            session.add(match)
            session.flush()
            enter(session, match, MatchState.PROPOSED)
    except IntegrityError as error:
        raise Refused(_("It is proposed already: its page says where it is."), rule="tried") from error
    session.refresh(match)
    messages.offered(session, match)
    if by != VOLUNTEER:
        messages.proposed(session, match)
    return match


def lock_mission(session: TenantSession, match: Match) -> None:
    """Take the mission before the match: two people on its last place come one after the other."""
    session.refresh(match.mission, with_for_update={"of": Mission})


def agree(session: TenantSession, match: Match, *, side: str, **_facts: Any) -> str:
    """Effect: a side says yes. With both, contact details are open, and a place of the mission is taken.

    Raises:
        Refused: ``full``, ``BEN-05``.
    """
    if side == VOLUNTEER:
        match.volunteer_agreed_at = match.volunteer_agreed_at or clock.now()
    else:
        match.mission_agreed_at = match.mission_agreed_at or clock.now()
    if match.volunteer_agreed_at is None or match.mission_agreed_at is None:
        return MatchState.PROPOSED
    check_minor(session, match.applicant, match.mission)
    mission = match.mission
    if mission.places is not None and places_taken(session, mission) >= mission.places:
        raise Refused(_("There are enough people for this mission. The desk can add a place."), rule="full")
    return MatchState.ACCEPTED


def told(session: TenantSession, match: Match, **_facts: Any) -> None:
    """Once both sides agreed: each learns how to reach the other."""
    if match.state == MatchState.ACCEPTED:
        messages.opened(session, match)
        messages.introduced(session, match)
        keep_count(session, match.mission)


def begin(session: TenantSession, match: Match, *, mentor: str = "", **_facts: Any) -> None:
    """Effect: first steps, with who welcomes them; a word is due after two weeks and after two months (BEN-07)."""
    match.mentor = mentor
    due = {kind: clock.today() + timedelta(days=days) for kind, days in FOLLOW_UPS.items()}
    match.followups = [FollowUp(kind=kind, due_on=day) for kind, day in due.items()]
    volunteer = match.volunteer
    if volunteer.state in {VolunteerState.DECLARED, VolunteerState.MET}:
        volunteer.contacted_at = volunteer.contacted_at or clock.now()
        enter(session, volunteer, VolunteerState.ACTIVE)


def engage(session: TenantSession, match: Match, **_facts: Any) -> None:
    """Effect: it goes well; the modules that care hear who committed."""
    if match.applicant_id is not None:
        tell(session, Joined(match.applicant_id, KIND, match.__tablename__, match.id, clock.today()))


def stop(session: TenantSession, match: Match, **_facts: Any) -> None:
    """Effect: what was due afterwards is due no more."""
    match.followups = [each for each in match.followups if each.done_at is not None]


def freed(session: TenantSession, match: Match, **_facts: Any) -> None:
    """Once a match ended: its place is free again, and the volunteer is expected at no shift of the mission."""
    leave_shifts(session, match.mission_id, match.volunteer_id)
    keep_count(session, match.mission)


def declined(session: TenantSession, match: Match, **facts: Any) -> None:
    """Once a match is declined: its place is free again, and the volunteer has an answer."""
    freed(session, match)
    messages.declined(session, match, **facts)


def note_follow_up(session: TenantSession, match: Match, followup: FollowUp, said: str) -> None:
    """Note the word that somebody of the desk had with a volunteer; the first one stays."""
    if followup.done_at is None:
        followup.done_at, followup.said = clock.now(), said
        session.flush()
        audit.record(session, "volunteering.followed_up", match, kind=followup.kind)

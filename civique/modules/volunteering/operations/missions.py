"""Missions: proposed, gone through with whoever proposes them, published, filled; their shifts."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from civique.core import audit, clock, search, settings
from civique.core.cases import messages as case_messages
from civique.core.cases.operations import enter
from civique.core.cases.receiving import receive
from civique.core.i18n import gettext as _
from civique.core.organisations.queries import speaks_for
from civique.core.people.models import Person
from civique.core.refused import Refused, refuse_all
from civique.modules.volunteering.models import SHOWN, Mission, MissionState, Shift, ShiftPlace, Volunteer, words
from civique.modules.volunteering.operations.minors import check_minor
from civique.modules.volunteering.queries import SEARCH, places_taken
from civique.modules.volunteering.settings import VolunteeringSettings
from tenants.session import TenantSession

MOST_WEEKS = 26


def propose_mission(
    session: TenantSession,
    applicant: Person | None,
    *,
    channel: str = "web",
    message: Any = case_messages.received,
    **facts: Any,
) -> Mission:
    """Take a mission, as a draft. On the site, whoever proposes it speaks for its organisation.

    Args:
        message: the receipt; None when nobody is told.
        facts: the other columns.

    Raises:
        Refused: ``not_theirs``, ``days``.
    """
    chosen = settings.get(session, VolunteeringSettings)
    organisation_id = facts.get("organisation_id")
    if channel == "web" and (applicant is None or not speaks_for(session, applicant, organisation_id)):
        raise Refused(
            _("Choose an organisation in whose name you act. None is listed? Declare it in your account first."),
            "organisation_id",
            rule="not_theirs",
        )
    mission = Mission(channel=channel, **facts)
    _check_days(mission)
    mission.applicant_id = applicant.id if applicant else None
    receive(session, mission, module="volunteering", prefix="MIS", days=chosen.mission_days, message=message)
    return mission


def change_mission(session: TenantSession, mission: Mission, **facts: Any) -> None:
    """Change what a mission says, once gone through with who proposes it.

    Raises:
        Refused: ``BEN-01`` when a published one would no longer say what it must; ``days``.
    """
    for name, value in facts.items():
        setattr(mission, name, value)
    _check_days(mission)
    if mission.state in SHOWN:
        check_stated(session, mission)
    session.flush()
    _index(session, mission)
    audit.record(session, "volunteering.mission_changed", mission, fields=" ".join(sorted(facts)))


def _check_days(mission: Mission) -> None:
    if mission.starts_on and mission.ends_on and mission.ends_on < mission.starts_on:
        raise Refused(_("The last day comes before the first one."), "ends_on", rule="days")


def check_stated(session: TenantSession, mission: Mission, **_facts: Any) -> None:
    """BEN-01: a mission is not published before its moments, duration, conditions and number of people are stated.

    Raises:
        Refused: ``BEN-01``, everything that is missing at once.
    """
    refuse_all(unstated(mission))


def unstated(mission: Mission) -> list[Refused]:
    """What a mission must still say before everybody reads it, each with its field (BEN-01)."""
    past = _("This day has passed: write the one on which people are expected.")
    asked = (
        (
            mission.rhythm == words.ONCE and mission.starts_on is None,
            "starts_on",
            _("Say which day: this mission happens once."),
        ),
        (mission.is_over(clock.today()), "ends_on" if mission.ends_on else "starts_on", past),
        (
            mission.rhythm in words.REGULAR and not mission.slots,
            "slots",
            _("Tick at least one moment, or choose « To be agreed with the volunteer »."),
        ),
        (not mission.minutes, "minutes", _("Say how long it takes each time.")),
        (not mission.places, "places", _("Say how many people are wanted.")),
        (
            not mission.conditions.strip(),
            "conditions",
            _("Say the conditions: who welcomes, what is provided, expenses, insurance."),
        ),
    )
    return [Refused(sentence, field, rule="BEN-01") for missing, field, sentence in asked if missing]


def publish(session: TenantSession, mission: Mission, **_facts: Any) -> None:
    """Effect: everybody reads it and may offer to help."""
    mission.published_at = mission.published_at or clock.now()
    search.index(session, SEARCH, mission)


def withdraw(session: TenantSession, mission: Mission, **_facts: Any) -> None:
    """Effect: nobody finds it any more; nobody is expected at the shifts to come."""
    search.remove(session, mission)
    session.execute(delete(Shift).where(Shift.mission_id == mission.id, Shift.starts_at > clock.now()))


def _index(session: TenantSession, mission: Mission) -> None:
    if mission.state == MissionState.PUBLISHED:
        search.index(session, SEARCH, mission)


def keep_count(session: TenantSession, mission: Mission) -> None:
    """A published mission whose places are all taken is filled; one of which a place is free again looks for somebody."""
    full = mission.places is not None and places_taken(session, mission) >= mission.places
    if full and mission.state == MissionState.PUBLISHED:
        enter(session, mission, MissionState.FILLED)
        search.remove(session, mission)
    elif not full and mission.state == MissionState.FILLED:
        enter(session, mission, MissionState.PUBLISHED)
        search.index(session, SEARCH, mission)


def add_shifts(
    session: TenantSession, mission: Mission, starts_at: datetime, *, minutes: int, wanted: int, weeks: int = 1
) -> int:
    """Add a shift, or one a week at the same hour of the commune. Those that are there already stay as they are.

    Args:
        weeks: how many.

    Returns:
        How many were added.

    Raises:
        Refused: ``too_many``, ``unpublished``, ``past``.
    """
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(_("From 1 to %(most)s weeks.", most=MOST_WEEKS), "weeks", rule="too_many")
    if mission.state not in SHOWN:
        raise Refused(_("Publish the mission first: its shifts are for those who read it."), rule="unpublished")
    if starts_at < clock.now():
        raise Refused(_("This moment has passed."), "starts_at", rule="past")
    local, added = clock.local(starts_at), 0
    for week in range(weeks):
        begins = datetime.combine(local.date() + timedelta(weeks=week), time(local.hour, local.minute), clock.zone())
        ends = begins.astimezone(UTC) + timedelta(minutes=minutes)  # hours that pass, the night of the clocks too
        shift = Shift(mission_id=mission.id, starts_at=begins, ends_at=ends, wanted=wanted)
        values = {name: getattr(shift, name) for name in ("mission_id", "starts_at", "ends_at", "wanted")}
        query = insert(Shift).values(**values).on_conflict_do_nothing().returning(Shift.id)
        added += session.execute(query).scalar_one_or_none() is not None
    audit.record(session, "volunteering.shifts_added", mission, number=added)
    return added


def remove_shift(session: TenantSession, shift: Shift) -> None:
    """Take away a shift to which nobody comes.

    Raises:
        Refused: ``expected``.
    """
    if session.scalar(select(func.count()).where(ShiftPlace.shift_id == shift.id).select_from(ShiftPlace)):
        raise Refused(_("Somebody comes to this shift: tell them first, then take their name away."), rule="expected")
    session.delete(shift)
    session.flush()


def take_shift(session: TenantSession, shift_id: UUID, volunteer: Volunteer) -> None:
    """Come to a shift; twice is once. The last place is given once, also to two people at the same moment.

    Raises:
        Refused: ``full``, ``past``, ``BEN-05``.
    """
    shift = session.get(Shift, shift_id, with_for_update={"of": Shift})
    if shift is None or shift.starts_at <= clock.now():
        raise Refused(_("This moment has passed."), rule="past")
    check_minor(session, volunteer.applicant, shift.mission)
    coming = set(session.scalars(select(ShiftPlace.volunteer_id).where(ShiftPlace.shift_id == shift.id)))
    if volunteer.id in coming:
        return
    if len(coming) >= shift.wanted:
        raise Refused(_("There are enough people at that moment: choose another one."), rule="full")
    session.add(ShiftPlace(shift_id=shift.id, volunteer_id=volunteer.id))
    session.flush()
    audit.record(session, "volunteering.shift_taken", shift)


def leave_shift(session: TenantSession, shift_id: UUID, volunteer_id: UUID) -> None:
    """Not come to a shift after all; twice is once."""
    session.execute(delete(ShiftPlace).where(ShiftPlace.shift_id == shift_id, ShiftPlace.volunteer_id == volunteer_id))


def leave_shifts(session: TenantSession, mission_id: UUID, volunteer_id: UUID) -> None:
    """Be expected at no shift of a mission that is still to come."""
    to_come = select(Shift.id).where(Shift.mission_id == mission_id, Shift.starts_at > clock.now())
    session.execute(delete(ShiftPlace).where(ShiftPlace.volunteer_id == volunteer_id, ShiftPlace.shift_id.in_(to_come)))

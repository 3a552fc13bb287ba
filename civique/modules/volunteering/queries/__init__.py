"""Reads."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from civique.core import clock
from civique.core.cases import queries as cases
from civique.core.folding import each_word, folded
from civique.core.i18n import _l
from civique.core.loading import among
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.search import Described, SearchKind
from civique.modules.volunteering.models import (
    OPENED,
    SHOWN,
    FollowUp,
    Hours,
    HoursState,
    Match,
    MatchState,
    Mission,
    MissionState,
    Rate,
    Shift,
    ShiftPlace,
    Volunteer,
    VolunteerState,
    words,
)
from tenants.session import TenantSession

MOST_SHOWN = 50


def _organisation(applicant: Any) -> ColumnElement[str]:
    """Name of the organisation of a mission; who proposed it when it is the mairie's."""
    name = select(Organisation.name).where(Organisation.id == Mission.organisation_id).scalar_subquery()
    return func.coalesce(name, cases.full_name(applicant))


_applicant = aliased(Person)
_name = select(cases.full_name(_applicant)).where(_applicant.id == Volunteer.applicant_id).scalar_subquery()
_mission_title = select(Mission.title).where(Mission.id == Match.mission_id).scalar_subquery()
VOLUNTEER_LINES = cases.lines(
    Volunteer,
    func.coalesce(_name, Volunteer.reference),
    Volunteer.created_at,
    whom=lambda _person: Volunteer.wishes,
)
MISSION_LINES = cases.lines(Mission, Mission.title, Mission.created_at, Mission.places, whom=_organisation)
MATCH_LINES = cases.lines(Match, _mission_title, Match.created_at, Match.volunteer_agreed_at, Match.mission_agreed_at)
SEARCHED_VOLUNTEERS = cases.said_in(Volunteer, Volunteer.wishes, Volunteer.constraints)
SEARCHED_MISSIONS = cases.said_in(Mission, Mission.title, Mission.purpose, Mission.tasks)


def searched_matches(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search among matches: each word is in the mission's title or the volunteer's name."""

    def says(word: str) -> ColumnElement[bool]:
        people = select(Person.id).where(Person.folded.contains(word))
        missions = select(Mission.id).where(folded(Mission.title).contains(word))
        return Match.applicant_id.in_(people) | Match.mission_id.in_(missions)

    return each_word(text, says)


NEVER_CONTACTED = and_(Volunteer.contacted_at.is_(None), Volunteer.state == VolunteerState.DECLARED)
WITHOUT_MATCH = and_(
    among(Volunteer.state, (VolunteerState.MET, VolunteerState.ACTIVE)),
    ~exists().where(Match.volunteer_id == Volunteer.id, among(Match.state, (MatchState.PROPOSED, *OPENED))),
)
UNMET = and_(
    Mission.state == MissionState.PUBLISHED,
    ~exists().where(Match.mission_id == Mission.id, among(Match.state, (MatchState.PROPOSED, *OPENED))),
)
_late = exists().where(FollowUp.match_id == Match.id, FollowUp.done_at.is_(None), FollowUp.due_on <= clock.TODAY)
TO_FOLLOW_UP = and_(among(Match.state, (MatchState.FIRST_STEPS, MatchState.COMMITTED)), _late)
HOURS_OF_THE_COMMUNE = (
    select(func.count()).select_from(Hours).where(Hours.state == HoursState.DECLARED, Hours.organisation_id.is_(None))
)


def volunteer_of(session: TenantSession, person_id: UUID) -> Volunteer | None:
    """The volunteer that a person is today; None for somebody who never was, or who left."""
    query = select(Volunteer).where(Volunteer.applicant_id == person_id, Volunteer.state != VolunteerState.LEFT)
    return session.scalars(query).unique().one_or_none()


def last_volunteer_of(session: TenantSession, person_id: UUID) -> Volunteer | None:
    """The volunteer that a person is, or was last: their hours and certificates stay theirs."""
    query = select(Volunteer).where(Volunteer.applicant_id == person_id)
    query = query.order_by((Volunteer.state == VolunteerState.LEFT), Volunteer.created_at.desc())
    return session.scalars(query.limit(1)).unique().first()


def adult_since() -> date:
    """Day of birth of whoever becomes eighteen today."""
    today = clock.today()
    return today.replace(year=today.year - 18) if (today.month, today.day) != (2, 29) else date(today.year - 18, 2, 28)


_last_day = func.coalesce(Mission.ends_on, case((Mission.rhythm == words.ONCE, Mission.starts_on)))
LOOKS_FOR_SOMEBODY = and_(Mission.state == MissionState.PUBLISHED, or_(_last_day.is_(None), _last_day >= clock.TODAY))
"""A published mission whose last day has not passed, or that has none."""


def shown_missions() -> Select[Mission]:
    """Query of the missions that look for somebody, with their organisations and villages."""
    query = select(Mission).options(joinedload(Mission.organisation), joinedload(Mission.territory))
    return query.where(LOOKS_FOR_SOMEBODY)


def published(session: TenantSession) -> Sequence[Mission]:
    """Missions that look for somebody, the last published first, for the feed of API Engagement."""
    return session.scalars(shown_missions().order_by(Mission.published_at.desc()).limit(500)).unique().all()


def places_taken(session: TenantSession, mission: Mission) -> int:
    """How many places of a mission are taken: by those with whom both sides agreed."""
    query = select(func.count()).where(Match.mission_id == mission.id, among(Match.state, OPENED))
    return session.scalar(query.select_from(Match)) or 0


def matches_of(
    session: TenantSession, *, volunteer_id: UUID | None = None, mission_ids: Collection[UUID] = ()
) -> Sequence[Match]:
    """Matches of a volunteer, or of missions, newest first, with who they bring together."""
    volunteer = joinedload(Match.volunteer).joinedload(Volunteer.applicant)
    query = select(Match).options(joinedload(Match.mission).joinedload(Mission.organisation), volunteer)
    of = Match.volunteer_id == volunteer_id if volunteer_id else Match.mission_id.in_(mission_ids)
    return session.scalars(query.where(of).order_by(Match.created_at.desc()).limit(200)).unique().all()


def missions_of_organisation(session: TenantSession, organisation_id: UUID) -> Sequence[Mission]:
    """Missions of an organisation, newest first."""
    query = select(Mission).where(Mission.organisation_id == organisation_id).order_by(Mission.created_at.desc())
    return session.scalars(query.limit(MOST_SHOWN)).unique().all()


def current_missions(session: TenantSession, volunteer_id: UUID) -> Sequence[Mission]:
    """Missions that a volunteer has begun or agreed to, by title."""
    query = (
        select(Mission)
        .join(Match, Match.mission_id == Mission.id)
        .options(joinedload(Mission.organisation))
        .where(Match.volunteer_id == volunteer_id, among(Match.state, OPENED))
        .order_by(Mission.title)
    )
    return session.scalars(query).unique().all()


def hours_of(session: TenantSession, volunteer: Volunteer, year: int | None = None) -> Sequence[Hours]:
    """Hours of a volunteer, last first, those of before they left and came back included; those of a year."""
    same = Volunteer.id == volunteer.id
    if volunteer.applicant_id is not None:
        same = Volunteer.applicant_id == volunteer.applicant_id
    query = (
        select(Hours)
        .options(joinedload(Hours.organisation))
        .where(Hours.volunteer_id.in_(select(Volunteer.id).where(same)))
    )
    if year is not None:
        query = query.where(Hours.done_on.between(date(year, 1, 1), date(year, 12, 31)))
    return session.scalars(query.order_by(Hours.done_on.desc(), Hours.id)).all()


def all_hours() -> Select[Hours]:
    """Query of the hours of everybody, with who gave them and to whom."""
    volunteer = joinedload(Hours.volunteer).joinedload(Volunteer.applicant)
    return select(Hours).options(volunteer, joinedload(Hours.organisation))


def chosen_hours(session: TenantSession, ids: Collection[UUID]) -> Sequence[Hours]:
    """Those of these hours that are still there and whose volunteer is named, by name."""
    query = all_hours().join(Volunteer).join(Person, Person.id == Volunteer.applicant_id).where(Hours.id.in_(ids))
    return session.scalars(query.order_by(Person.folded, Hours.id)).unique().all()


def validated_beside(session: TenantSession, chosen: Collection[Hours]) -> dict[UUID, list[Hours]]:
    """For each of these hours, by its id: the validated ones that the same person gave in its year, to its organisation when
    it has one; last first, in one statement."""
    people = {row.volunteer.applicant_id for row in chosen if row.volunteer.applicant_id is not None}
    query = all_hours().join(Volunteer).where(Volunteer.applicant_id.in_(people), Hours.state == HoursState.VALIDATED)
    by_year: dict[tuple[UUID | None, int], list[Hours]] = {}
    for row in session.scalars(query.order_by(Hours.done_on.desc(), Hours.id)).unique():
        by_year.setdefault((row.volunteer.applicant_id, row.done_on.year), []).append(row)
    return {
        row.id: [
            each
            for each in by_year.get((row.volunteer.applicant_id, row.done_on.year), ())
            if row.organisation_id in (None, each.organisation_id)
        ]
        for row in chosen
    }


def with_hours(session: TenantSession) -> dict[str, str]:
    """Organisations to which hours were given, id and name, by name."""
    given = exists().where(Hours.organisation_id == Organisation.id)
    query = select(Organisation.id, Organisation.name).where(given).order_by(Organisation.folded, Organisation.id)
    return {str(row.id): row.name for row in session.execute(query)}


def one_of_each(session: TenantSession, organisation_id: UUID | None, year: int) -> Sequence[UUID]:
    """Validated hours of a year given to an organisation, or to the commune: one a volunteer, by whom it is named."""
    of = Hours.organisation_id.is_(None) if organisation_id is None else Hours.organisation_id == organisation_id
    query = select(func.min(cast(Hours.id, Text)).cast(Hours.id.type)).join(Volunteer)
    query = query.where(of, Hours.state == HoursState.VALIDATED, Volunteer.applicant_id.is_not(None))
    query = query.where(Hours.done_on.between(date(year, 1, 1), date(year, 12, 31)))
    return session.scalars(query.group_by(Volunteer.applicant_id)).all()


def hours_to_decide(session: TenantSession, organisation_id: UUID) -> Sequence[Hours]:
    """Hours that an organisation has not answered, eldest first."""
    query = select(Hours).options(joinedload(Hours.volunteer).joinedload(Volunteer.applicant))
    query = query.where(Hours.organisation_id == organisation_id, Hours.state == HoursState.DECLARED)
    return session.scalars(query.order_by(Hours.done_on, Hours.id).limit(200)).unique().all()


def valued_hours(session: TenantSession, organisation_id: UUID) -> Sequence[Any]:
    """Hours that an organisation validated, by year and activity, with its own rate of the year and what it comes to, in
    cents; both None in a year for which it set no rate (BEN-04)."""
    year = func.extract("year", Hours.done_on).cast(Rate.year.type)
    of_rate = and_(Rate.organisation_id == Hours.organisation_id, Rate.year == year)
    minutes = func.sum(Hours.minutes)
    query = (
        select(
            year.label("year"),
            Hours.activity,
            minutes.label("minutes"),
            func.count(Hours.volunteer_id.distinct()).label("people"),
            Rate.cents,
            Rate.source,
            func.round(minutes * Rate.cents / 60.0).label("value"),
        )
        .outerjoin(Rate, of_rate)
        .where(Hours.organisation_id == organisation_id, Hours.state == HoursState.VALIDATED)
        .group_by(year, Hours.activity, Rate.cents, Rate.source)
        .order_by(year.desc(), Hours.activity)
    )
    return session.execute(query).all()


def rates_of(session: TenantSession, organisation_id: UUID) -> Sequence[Rate]:
    """Rates of an organisation, last year first."""
    query = select(Rate).where(Rate.organisation_id == organisation_id).order_by(Rate.year.desc())
    return session.scalars(query).all()


def shifts_of(session: TenantSession, *mission_ids: UUID) -> list[tuple[Shift, int]]:
    """Shifts of missions that are not over, with how many come to each."""
    taken = select(func.count()).where(ShiftPlace.shift_id == Shift.id).scalar_subquery()
    query = select(Shift, taken).where(Shift.mission_id.in_(mission_ids), Shift.ends_at >= clock.now())
    return [(row[0], row[1]) for row in session.execute(query.order_by(Shift.starts_at).limit(60 * len(mission_ids)))]


def shift_ids_of(session: TenantSession, volunteer_id: UUID) -> set[UUID]:
    """Shifts to which a volunteer comes."""
    return set(session.scalars(select(ShiftPlace.shift_id).where(ShiftPlace.volunteer_id == volunteer_id)))


def places_tomorrow(session: TenantSession) -> Sequence[ShiftPlace]:
    """Who comes to a shift tomorrow; locked, so that each is reminded once."""
    tomorrow = clock.today() + timedelta(days=1)
    begins, ends = (datetime.combine(day, time.min, clock.zone()) for day in (tomorrow, tomorrow + timedelta(days=1)))
    query = (
        select(ShiftPlace)
        .join(Shift)
        .join(Mission, Mission.id == Shift.mission_id)
        .where(Shift.starts_at >= begins, Shift.starts_at < ends, Mission.state.in_(SHOWN))
        .order_by(ShiftPlace.id)
        .with_for_update(of=ShiftPlace, skip_locked=True)
    )
    return session.scalars(query).unique().all()


def _described(mission: Mission) -> Described:
    return Described(mission.title, f"{mission.purpose}\n{mission.tasks}", f"/benevolat/missions/{mission.id}")


SEARCH = SearchKind("volunteering.mission", _l("Volunteer mission"), published, _described)

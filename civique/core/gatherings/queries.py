"""Reading gatherings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.agenda.queries import is_over
from civique.core.gatherings.models import Attendee, Gathering, Opening, Registration, RegistrationState
from tenants.session import TenantSession

PLANNED = (Gathering.held_at.is_(None), Event.state != "cancelled")
"""Conditions of a gathering that was neither held nor cancelled, on a query that joins its event."""


def gatherings(origin_id: UUID | None = None) -> Select[Gathering]:
    """Query of the gatherings with their events and attendees, newest first.

    Args:
        origin_id: of what holds them; those of all without it.
    """
    query = select(Gathering).join(Gathering.event).options(contains_eager(Gathering.event))
    query = query.options(selectinload(Gathering.attendees)).order_by(Event.starts_at.desc(), Gathering.id)
    return query.where(Gathering.origin_id == origin_id) if origin_id else query


def is_closed(now: datetime) -> ColumnElement[bool]:
    """Condition: a gathering is over. One that was held without being closed is still to be held; one that was cancelled is
    over once its day has passed."""
    return or_(Gathering.held_at.is_not(None), (Event.state == "cancelled") & is_over(now))


def planned_gatherings(session: TenantSession, origin_id: UUID) -> Sequence[Gathering]:
    """Gatherings of an origin that were neither held nor cancelled."""
    return session.scalars(gatherings(origin_id).where(*PLANNED)).all()


# Registrations --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Headcount:
    """A gathering in numbers: people who are registered (``adults`` and ``children``), who wait, and presences. Presences
    are no people: somebody who came to two gatherings counts twice when they are added up."""

    registered: int
    waiting: int
    came: int
    adults: int
    children: int


@dataclass(frozen=True)
class SeriesCount:
    """A series in numbers: gatherings that were ``offered`` (not cancelled), presences, and known people who came at least
    once."""

    offered: int
    presences: int
    people: int


def is_open(gathering: Gathering, opening: Opening | None) -> bool:
    """Whether one may register now."""
    if opening is None or gathering.state != "planned" or opening.closed_at is not None:
        return False
    return clock.now() < (opening.closes_at or gathering.event.starts_at)


def open_gatherings(audience: str = "") -> Select[Gathering]:
    """Query of the gatherings to which one may register now, the soonest first; with an audience, those for it that the
    agenda shows to everybody."""
    now = clock.now()
    query = (
        select(Gathering)
        .join(Gathering.event)
        .join(Opening, Opening.gathering_id == Gathering.id)
        .options(contains_eager(Gathering.event))
        .where(*PLANNED, Opening.closed_at.is_(None), func.coalesce(Opening.closes_at, Event.starts_at) > now)
        .order_by(Event.starts_at, Gathering.id)
    )
    return query.where(Opening.audience == audience, Event.public) if audience else query


def gathering_of(session: TenantSession, event: Event) -> Gathering | None:
    """The gathering whose event it is."""
    return session.scalars(select(Gathering).where(Gathering.event_id == event.id)).one_or_none()


def registrations(gathering_id: UUID) -> Select[Registration]:
    """Query of the registrations of a gathering, with the people, by name."""
    query = select(Registration).where(Registration.gathering_id == gathering_id)
    return query.options(selectinload(Registration.person)).order_by(Registration.name, Registration.id)


def registration_of(session: TenantSession, gathering_id: UUID, person_id: UUID) -> Registration | None:
    """The registration of a person to a gathering, in whatever state."""
    query = select(Registration).where(Registration.gathering_id == gathering_id, Registration.person_id == person_id)
    return session.scalars(query).one_or_none()


def registrations_of(session: TenantSession, person_id: UUID) -> Sequence[Registration]:
    """Registrations of a person, the latest gathering first."""
    query = select(Registration).join(Registration.gathering).join(Gathering.event)
    query = query.options(contains_eager(Registration.gathering).contains_eager(Gathering.event))
    return session.scalars(query.where(Registration.person_id == person_id).order_by(Event.starts_at.desc())).all()


def in_wait(gathering_id: UUID) -> Select[Registration]:
    """Query of those who wait for a seat, in their order."""
    waits = Registration.gathering_id == gathering_id, Registration.state == RegistrationState.WAITING
    return select(Registration).where(*waits).order_by(Registration.waiting_since, Registration.id)


def seats_taken(session: TenantSession, gathering_id: UUID) -> int:
    """How many people are registered."""
    query = select(func.coalesce(func.sum(Registration.adults + Registration.children), 0)).where(
        Registration.gathering_id == gathering_id, Registration.state == RegistrationState.REGISTERED
    )
    return int(session.execute(query).scalar_one())


def headcount(session: TenantSession, gathering: Gathering) -> Headcount:
    """A gathering in numbers: see :func:`headcounts`."""
    return headcounts(session, (gathering.id,))[gathering.id]


def headcounts(session: TenantSession, ids: Collection[UUID]) -> dict[UUID, Headcount]:
    """Gatherings in numbers, by their ids. Who is noted present without being checked in at the door counts among those who
    came."""
    people = func.sum(Registration.adults + Registration.children)
    registered = Registration.state == RegistrationState.REGISTERED
    query = select(
        Registration.gathering_id,
        people.filter(registered),
        people.filter(Registration.state == RegistrationState.WAITING),
        func.sum(Registration.came),
        func.sum(Registration.adults).filter(registered),
        func.sum(Registration.children).filter(registered),
    ).where(Registration.gathering_id.in_(ids))
    counted = {row[0]: row[1:] for row in session.execute(query.group_by(Registration.gathering_id))}
    present = select(Attendee.gathering_id, func.count()).where(
        Attendee.gathering_id.in_(ids), Attendee.present.is_(True), ~_checked_in()
    )
    beside = {row[0]: int(row[1]) for row in session.execute(present.group_by(Attendee.gathering_id))}
    found = {}
    for key in ids:
        taken, waiting, came, adults, children = (int(value or 0) for value in counted.get(key, (0,) * 5))
        found[key] = Headcount(taken, waiting, came + beside.get(key, 0), adults, children)
    return found


def series_count(session: TenantSession, series: str) -> SeriesCount:
    """A series in numbers."""
    of_series = select(Gathering.id).join(Gathering.event).where(Gathering.series == series, Event.state != "cancelled")
    offered = session.execute(select(func.count()).select_from(of_series.subquery())).scalar_one()
    checked = Registration.gathering_id.in_(of_series), Registration.came > 0
    present = Attendee.gathering_id.in_(of_series), Attendee.present.is_(True)
    presences = session.execute(select(func.sum(Registration.came)).where(*checked)).scalar_one() or 0
    beside = session.execute(select(func.count()).where(*present, ~_checked_in())).scalar_one()
    guests = select(Registration.person_id).where(*checked, Registration.person_id.is_not(None))
    known = set(session.scalars(guests)) | set(session.scalars(select(Attendee.person_id).where(*present)))
    return SeriesCount(offered, presences + beside, len(known))


def series_names(session: TenantSession) -> Sequence[str]:
    """Names of the series, for whoever plans another gathering of one."""
    query = select(Gathering.series).where(Gathering.series != "").group_by(Gathering.series)
    return session.scalars(query.order_by(Gathering.series)).all()


def _checked_in() -> ColumnElement[bool]:
    """Condition, of an attendee: they were checked in at the door too."""
    own = Registration.gathering_id == Attendee.gathering_id, Registration.person_id == Attendee.person_id
    return select(Registration.id).where(*own, Registration.came > 0).exists()

"""Reading committees."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import selectinload

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.committees.events import ItemSource, ItemsSought
from civique.core.committees.models import AgendaItem, Committee, CommitteeMember
from civique.core.events import tell
from civique.core.gatherings.models import Attendee, Gathering
from civique.core.gatherings.queries import PLANNED
from civique.core.organisations.models import Representative
from tenants.session import TenantSession


def committees(session: TenantSession) -> Sequence[Committee]:
    """Committees that still meet, by name."""
    return session.scalars(live_committees().order_by(Committee.name)).all()


def live_committees() -> Select[Committee]:
    """Query of the committees that still meet, with their members."""
    return select(Committee).where(Committee.ended_on.is_(None)).options(selectinload(Committee.members))


def committee_of(session: TenantSession, gathering: Gathering) -> Committee | None:
    """The committee whose meeting a gathering is, if it is one's."""
    if gathering.origin_type != Committee.__tablename__:
        return None
    return session.get(Committee, gathering.origin_id)


def members_on(session: TenantSession, committee_id: UUID, day: date | None = None) -> Sequence[CommitteeMember]:
    """Who sits in a committee on a day (today without it)."""
    day = day or clock.today()
    query = select(CommitteeMember).where(
        CommitteeMember.committee_id == committee_id,
        CommitteeMember.since <= day,
        or_(CommitteeMember.until.is_(None), CommitteeMember.until >= day),
    )
    return session.scalars(query.order_by(CommitteeMember.college, CommitteeMember.since)).all()


def roll(session: TenantSession, gathering: Gathering) -> list[tuple[Attendee, CommitteeMember | None]]:
    """Who is convened or came, each with their seat: members of the committee first, then the others by name."""
    seats: dict[UUID, tuple[int, CommitteeMember]] = {}
    if gathering.origin_type == Committee.__tablename__ and gathering.origin_id is not None:
        members = members_on(session, gathering.origin_id, gathering.day)
        seats = {member.person_id: (rank, member) for rank, member in enumerate(members)}
    last = (len(seats), None)
    rows = [(attendee, *seats.get(attendee.person_id, last)) for attendee in gathering.attendees]
    return [(a, member) for a, _rank, member in sorted(rows, key=lambda row: (row[1], row[0].person.name))]


def planned_meetings(session: TenantSession, first: UUID | None = None) -> Sequence[Row[UUID, datetime, str]]:
    """Meetings of committees to come, the soonest first: id, moment, name of the committee.

    Args:
        first: committee whose meetings come before the others'.
    """
    query = (
        select(Gathering.id, Event.starts_at, Committee.name)
        .join(Gathering.event)
        .join(Committee, Committee.id == Gathering.origin_id)
        .where(*PLANNED)
        .order_by((Committee.id == first).desc(), Event.starts_at)
    )
    return session.execute(query).all()


def items_of(session: TenantSession, gathering: Gathering) -> Sequence[AgendaItem]:
    """The order of the day of a meeting."""
    query = select(AgendaItem).where(AgendaItem.gathering_id == gathering.id).options(selectinload(AgendaItem.recusals))
    return session.scalars(query.order_by(AgendaItem.position)).all()


def item_counts(session: TenantSession, gatherings: Collection[UUID]) -> dict[UUID, int]:
    """How many items are on the order of the day of each of these gatherings; those without any are left out."""
    query = select(AgendaItem.gathering_id, func.count()).where(AgendaItem.gathering_id.in_(gatherings))
    rows = session.execute(query.group_by(AgendaItem.gathering_id))
    return {row[0]: row[1] for row in rows}


def item_sources(session: TenantSession, ids: Collection[UUID] | None = None, limit: int = 100) -> Sequence[ItemSource]:
    """What modules propose for an order of the day; or, with ``ids``, what they say of these objects."""
    sought = ItemsSought(None if ids is None else frozenset(ids), limit)
    if ids is None or ids:
        tell(session, sought)
    return sought.found


def opinions_on(session: TenantSession, about: Any) -> Sequence[AgendaItem]:
    """Items with the opinions given on an object, oldest first."""
    query = select(AgendaItem).where(AgendaItem.object_id == about.id, AgendaItem.verdict.is_not(None))
    return session.scalars(query.options(selectinload(AgendaItem.recusals)).order_by(AgendaItem.given_at)).all()


def waiting_item(session: TenantSession, about: Any) -> AgendaItem | None:
    """The item of a planned meeting on which an object waits for an opinion."""
    query = (
        select(AgendaItem)
        .join(Gathering, Gathering.id == AgendaItem.gathering_id)
        .join(Event, Event.id == Gathering.event_id)
        .where(AgendaItem.object_id == about.id, AgendaItem.verdict.is_(None), *PLANNED)
    )
    return session.scalars(query.order_by(Event.starts_at)).first()


def concerned(session: TenantSession, committee_id: UUID, source: ItemSource | None) -> Sequence[CommitteeMember]:
    """Members tied to what an item is about: they ask themselves, or speak for an organisation that asks or is named
    (FON-07)."""
    if source is None or not (source.people or source.organisations):
        return []
    speaks = select(Representative.person_id).where(
        Representative.organisation_id.in_(source.organisations), Representative.ended_at.is_(None)
    )
    query = select(CommitteeMember).where(
        CommitteeMember.committee_id == committee_id,
        or_(CommitteeMember.person_id.in_(source.people), CommitteeMember.person_id.in_(speaks)),
    )
    return session.scalars(query).all()


def present_members(session: TenantSession, item: AgendaItem) -> Sequence[CommitteeMember]:
    """Members of the committee who came to the meeting of an item."""
    came = select(Attendee.person_id).where(Attendee.gathering_id == item.gathering_id, Attendee.present.is_(True))
    people = set(session.scalars(came))
    members = members_on(session, item.committee_id, item.gathering.day)
    return [member for member in members if member.person_id in people]

"""Committees at work."""

from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.committees.events import ItemAdded, ItemSource, OpinionRecorded
from civique.core.committees.models import AgendaItem, Committee, CommitteeMember, Recusal
from civique.core.committees.queries import (
    committee_of,
    concerned,
    item_sources,
    live_committees,
    members_on,
    present_members,
)
from civique.core.events import tell
from civique.core.folding import fold
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.queries import planned_gatherings
from civique.core.i18n import gettext as _
from civique.core.people.events import PeopleMerged
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession


def create_committee(session: TenantSession, name: str, about: str = "", origin: str = "") -> Committee:
    """Start a committee.

    Raises:
        Refused: one that still meets has this name, accents and case aside.
    """
    if any(fold(other.name) == fold(name) for other in session.scalars(live_committees())):
        raise Refused(_("There is one with this name already."), "name", rule="name_taken")
    committee = Committee(name=name, about=about, origin=origin)
    session.add(committee)
    session.flush()
    audit.record(session, "committee.created", committee)
    return committee


def add_member(
    session: TenantSession,
    committee: Committee,
    person: Person,
    college: str,
    function: str = "",
    since: date | None = None,
) -> CommitteeMember:
    """Give somebody a seat, and convene them to the meetings to come; who sits already keeps the seat they have, also
    when several clicks come at once."""
    session.execute(select(Committee.id).where(Committee.id == committee.id).with_for_update())
    seats = select(CommitteeMember).where(
        CommitteeMember.committee_id == committee.id,
        CommitteeMember.person_id == person.id,
        CommitteeMember.until.is_(None),
    )
    known = session.scalars(seats).one_or_none()
    if known is not None:
        return known
    member = CommitteeMember(person_id=person.id, college=college, function=function, since=since or clock.today())
    committee.members.append(member)
    session.flush()
    session.refresh(member)
    for gathering in planned_gatherings(session, committee.id):
        if gathering.day >= member.since:
            gatherings.convene(session, gathering, [person.id])
    audit.record(session, "committee.member_added", committee, member=member.id)
    return member


def end_membership(session: TenantSession, member: CommitteeMember, until: date | None = None) -> None:
    """A seat ends; what the member took part in stays, later meetings are held without them."""
    member.until = max(until or clock.today(), member.since)
    session.flush()
    for gathering in planned_gatherings(session, member.committee_id):
        if gathering.day > member.until:
            gatherings.withdraw_convocation(session, gathering, member.person_id)
    audit.record(session, "committee.membership_ended", member.committee, member=member.id)


def join_memberships(session: TenantSession, merged: PeopleMerged) -> None:
    """Two records of one person had each a seat in the same committee: one is left, with the recusals of both."""
    seats = select(CommitteeMember).where(CommitteeMember.until.is_(None)).with_for_update(of=CommitteeMember)
    kept = {one.committee_id: one for one in session.scalars(seats.where(CommitteeMember.person_id == merged.kept_id))}
    for double in session.scalars(seats.where(CommitteeMember.person_id == merged.double_id)).all():
        own = kept.get(double.committee_id)
        if own is None:
            continue
        own.since = min(own.since, double.since)
        there = select(Recusal.item_id).where(Recusal.member_id == own.id)
        moved = update(Recusal).where(Recusal.member_id == double.id, Recusal.item_id.not_in(there))
        session.execute(moved.values(member_id=own.id))
        session.flush()
        session.delete(double)
        session.flush()
        session.expire(own.committee, ["members"])
        audit.record(session, "committee.memberships_joined", own.committee, member=own.id, double=double.id)


def plan_meeting(session: TenantSession, committee: Committee, starts_at: datetime, place: str = "") -> Gathering:
    """Plan a meeting of a committee, to which its members of that day are convened."""
    members = members_on(session, committee.id, clock.local(starts_at).date())
    people = [member.person_id for member in members]
    return gatherings.plan_gathering(session, committee.name, starts_at, place=place, origin=committee, convened=people)


def add_item(session: TenantSession, gathering: Gathering, source: ItemSource) -> AgendaItem:
    """Put something on the order of the day of a committee's meeting; an object put twice is there once.

    Raises:
        Refused: ``not_planned``, the meeting was held or cancelled; what the module that keeps the object refuses.
    """
    session.refresh(gathering, with_for_update={"of": Gathering})
    gatherings.refuse_unplanned(gathering)
    committee = committee_of(session, gathering)
    assert committee is not None, "only a committee's meeting has an order of the day"
    here = select(AgendaItem).where(AgendaItem.gathering_id == gathering.id)
    if source.object_id is not None:
        known = session.scalars(here.where(AgendaItem.object_id == source.object_id)).one_or_none()
        if known is not None:
            return known
    last = session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.gathering_id == gathering.id))
    item = AgendaItem(
        gathering=gathering,
        committee=committee,
        object_type=source.object_type,
        object_id=source.object_id,
        title=source.title[:200],
        path=source.path,
        position=(last or 0) + 1,
    )
    session.add(item)
    session.flush()
    audit.record(session, "committee.item_added", item, object=source.object_id)
    tell(session, ItemAdded(item))
    return item


def remove_item(session: TenantSession, item: AgendaItem) -> None:
    """Take an item off the order of the day, before an opinion was given.

    Raises:
        Refused: ``opinion_given``.
    """
    if item.verdict is not None:
        raise Refused(_("The opinion is given already: the item stays on the order of the day."), rule="opinion_given")
    audit.record(session, "committee.item_removed", item, object=item.object_id)
    session.delete(item)
    session.flush()


def recuse_member(
    session: TenantSession, item: AgendaItem, member: CommitteeMember, reason: str, imposed: bool = False
) -> None:
    """A member takes no part in an item; said twice, it is once.

    Raises:
        Refused: ``opinion_given``.
    """
    if item.verdict is not None and not imposed:
        raise Refused(_("The opinion is given already: a recusal comes before it."), rule="opinion_given")
    if any(known.member_id == member.id for known in item.recusals):
        return
    item.recusals.append(Recusal(member_id=member.id, reason=reason, imposed=imposed))
    session.flush()
    audit.record(session, "committee.member_recused", item, member=member.id)


def record_opinion(
    session: TenantSession,
    item: AgendaItem,
    verdict: str,
    opinion: str,
    revision: int,
    amount_cents: int | None = None,
) -> None:
    """Record the opinion on an item. Members tied to its object, as its module says, are recused by themselves (FON-07).

    Args:
        amount_cents: what the committee proposes, in cents.

    Raises:
        StaleDataError: a colleague recorded another.
        Refused: ``motive`` without words for anything but a favourable opinion; ``nobody_present`` when no member who
            may take part was there; ``not_planned`` for a cancelled meeting; what the object's module refuses.
    """
    session.refresh(item, with_for_update={"of": AgendaItem})
    if item.revision != revision:
        raise StaleDataError
    if item.gathering.state == "cancelled":
        gatherings.refuse_unplanned(item.gathering)
    if verdict != "favourable" and not opinion.strip():
        raise Refused(_("Write a few words: an opinion that is not favourable says why."), "opinion", rule="motive")
    source = next(iter(item_sources(session, [item.object_id] if item.object_id else [])), None)
    for member in concerned(session, item.committee_id, source):
        recuse_member(session, item, member, "", imposed=True)
    away = {recusal.member_id for recusal in item.recusals}
    if not [member for member in present_members(session, item) if member.id not in away]:
        raise Refused(_("No member who may take part was there. Note who was present first."), rule="nobody_present")
    item.verdict, item.opinion, item.amount_cents, item.given_at = verdict, opinion, amount_cents, clock.now()
    session.flush()
    audit.record(session, "committee.opinion_recorded", item, verdict=verdict)
    tell(session, OpinionRecorded(item))

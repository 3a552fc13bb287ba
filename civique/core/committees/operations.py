"""Committees at work."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.committees.models import Attendance, Committee, CommitteeMeeting, CommitteeMember, Matter, Recusal
from civique.core.committees.queries import concerned, present
from civique.core.i18n import gettext as _
from civique.core.people.events import PeopleMerged
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession


def found_committee(session: TenantSession, name: str, about: str = "", origin: str = "") -> Committee:
    """Start a committee."""
    committee = Committee(name=name, about=about, origin=origin)
    session.add(committee)
    session.flush()
    audit.record(session, "committee.founded", committee)
    return committee


def seat(
    session: TenantSession,
    committee: Committee,
    person: Person,
    college: str,
    function: str = "",
    since: date | None = None,
) -> CommitteeMember:
    """Give somebody a seat; who sits already keeps the one they have, also when several clicks come at once."""
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
    audit.record(session, "committee.seated", committee, member=member.id)
    return member


def unseat(session: TenantSession, member: CommitteeMember, until: date | None = None) -> None:
    """A seat ends; what the member took part in stays."""
    member.until = max(until or clock.today(), member.since)
    session.flush()
    audit.record(session, "committee.unseated", member.committee, member=member.id)


def join_seats(session: TenantSession, merged: PeopleMerged) -> None:
    """Two records of one person had each a seat in the same committee: one is left, with what both took part in."""
    seats = select(CommitteeMember).where(CommitteeMember.until.is_(None)).with_for_update(of=CommitteeMember)
    kept = {one.committee_id: one for one in session.scalars(seats.where(CommitteeMember.person_id == merged.kept_id))}
    for double in session.scalars(seats.where(CommitteeMember.person_id == merged.double_id)).all():
        own = kept.get(double.committee_id)
        if own is None:
            continue
        own.since = min(own.since, double.since)
        for table, place in ((Attendance, Attendance.meeting_id), (Recusal, Recusal.matter_id)):
            there = select(place).where(table.member_id == own.id)
            session.execute(
                update(table).where(table.member_id == double.id, place.not_in(there)).values(member_id=own.id)
            )
        session.flush()
        session.delete(double)
        session.flush()
        session.expire(own.committee, ["members"])
        audit.record(session, "committee.seats_joined", own.committee, member=own.id, double=double.id)


def convene(session: TenantSession, committee: Committee, at: datetime, place: str = "") -> CommitteeMeeting:
    """Plan a meeting."""
    meeting = CommitteeMeeting(committee_id=committee.id, at=at, place=place)
    session.add(meeting)
    session.flush()
    session.refresh(meeting)
    audit.record(session, "committee.convened", meeting)
    return meeting


def put_to(session: TenantSession, meeting: CommitteeMeeting, about: Any, title: str, path: str) -> Matter:
    """Put an object on the order of the day; twice is once.

    Raises:
        Refused: ``not_planned``, the meeting was held or cancelled.
    """
    if meeting.state != "planned":
        raise Refused(_("This meeting was held or cancelled. Choose one that is still to come."), rule="not_planned")
    known = next((matter for matter in meeting.matters if matter.object_id == about.id), None)
    if known is not None:
        return known
    matter = Matter(
        object_type=about.__tablename__,
        object_id=about.id,
        title=title[:200],
        path=path,
        position=len(meeting.matters) + 1,
    )
    meeting.matters.append(matter)
    session.flush()
    audit.record(session, "committee.matter_put", meeting, object=about.id)
    return matter


def take_off(session: TenantSession, matter: Matter) -> None:
    """Take an object off the order of the day, before an opinion was given."""
    if matter.verdict is None:
        audit.record(session, "committee.matter_removed", matter.meeting, object=matter.object_id)
        matter.meeting.matters.remove(matter)
        session.flush()


def note_attendance(session: TenantSession, meeting: CommitteeMeeting, members: Sequence[CommitteeMember]) -> None:
    """Note who was there, in place of what was noted before."""
    session.execute(delete(Attendance).where(Attendance.meeting_id == meeting.id))
    session.add_all([Attendance(meeting_id=meeting.id, member_id=member.id) for member in members])
    session.flush()
    session.expire(meeting, ["attendances"])
    audit.record(session, "committee.attendance_noted", meeting, present=len(members))


def recuse(session: TenantSession, matter: Matter, member: CommitteeMember, reason: str, imposed: bool = False) -> None:
    """A member takes no part in a matter; said twice, it is once."""
    if any(known.member_id == member.id for known in matter.recusals):
        return
    matter.recusals.append(Recusal(member_id=member.id, reason=reason, imposed=imposed))
    session.flush()
    audit.record(session, "committee.recused", matter, member=member.id)


def give_opinion(
    session: TenantSession,
    matter: Matter,
    verdict: str,
    opinion: str,
    revision: int,
    *,
    people: Sequence[UUID] = (),
    organisations: Sequence[UUID] = (),
    amount_cents: int | None = None,
) -> None:
    """Record the opinion on a matter. Members tied to it (``people``, ``organisations``) are recused by themselves.

    Raises:
        StaleDataError: a colleague recorded another.
        Refused: ``motive`` without words for anything but a favourable opinion; ``nobody_present`` when no member who
            may take part was there; ``not_planned`` for a cancelled meeting.
    """
    session.refresh(matter, with_for_update={"of": Matter})
    if matter.revision != revision:
        raise StaleDataError
    if matter.meeting.state == "cancelled":
        raise Refused(_("This meeting was held or cancelled. Choose one that is still to come."), rule="not_planned")
    if verdict != "favourable" and not opinion.strip():
        raise Refused(_("Write a few words: an opinion that is not favourable says why."), "opinion", rule="motive")
    for member in concerned(session, matter.meeting, people, organisations):
        recuse(session, matter, member, "", imposed=True)
    away = {recusal.member_id for recusal in matter.recusals}
    if not [member for member in present(session, matter.meeting) if member.id not in away]:
        raise Refused(_("No member who may take part was there. Note who was present first."), rule="nobody_present")
    matter.verdict, matter.opinion, matter.amount_cents, matter.given_at = verdict, opinion, amount_cents, clock.now()
    session.flush()
    audit.record(session, "committee.opinion_given", matter, verdict=verdict)


def hold(session: TenantSession, meeting: CommitteeMeeting, minutes: str) -> None:
    """The meeting is over; matters without opinion go to the next one."""
    meeting.state, meeting.minutes = "held", minutes
    session.flush()
    audit.record(session, "committee.held", meeting)


def call_off(session: TenantSession, meeting: CommitteeMeeting) -> None:
    """The meeting does not take place."""
    meeting.state = "cancelled"
    session.flush()
    audit.record(session, "committee.called_off", meeting)

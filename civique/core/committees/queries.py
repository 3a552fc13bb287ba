"""Reading committees."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from civique.core import clock
from civique.core.committees.models import Attendance, Committee, CommitteeMeeting, CommitteeMember, Matter
from civique.core.organisations.models import Representative
from tenants.session import TenantSession


def committees(session: TenantSession) -> Sequence[Committee]:
    """Committees that still meet, by name."""
    query = select(Committee).where(Committee.ended_on.is_(None)).options(selectinload(Committee.members))
    return session.scalars(query.order_by(Committee.name)).all()


def members_on(session: TenantSession, committee: Committee, day: date | None = None) -> Sequence[CommitteeMember]:
    """Who sits in a committee on a day."""
    day = day or clock.today()
    query = select(CommitteeMember).where(
        CommitteeMember.committee_id == committee.id,
        CommitteeMember.since <= day,
        or_(CommitteeMember.until.is_(None), CommitteeMember.until >= day),
    )
    return session.scalars(query.order_by(CommitteeMember.college, CommitteeMember.since)).all()


def meetings(committee_id: UUID | None = None) -> Select[CommitteeMeeting]:
    """Query of the meetings, newest first."""
    query = select(CommitteeMeeting).options(
        selectinload(CommitteeMeeting.matters).selectinload(Matter.recusals), selectinload(CommitteeMeeting.attendances)
    )
    query = query.order_by(CommitteeMeeting.at.desc(), CommitteeMeeting.id)
    return query.where(CommitteeMeeting.committee_id == committee_id) if committee_id else query


def opinions_on(session: TenantSession, about: Any) -> Sequence[Matter]:
    """Opinions given on an object, oldest first."""
    query = select(Matter).where(Matter.object_id == about.id, Matter.verdict.is_not(None))
    return session.scalars(query.options(selectinload(Matter.recusals)).order_by(Matter.given_at)).all()


def waiting_matter(session: TenantSession, about: Any) -> Matter | None:
    """The matter of a planned meeting that an object waits for."""
    query = (
        select(Matter)
        .join(CommitteeMeeting)
        .where(Matter.object_id == about.id, Matter.verdict.is_(None), CommitteeMeeting.state == "planned")
    )
    return session.scalars(query.order_by(CommitteeMeeting.at)).first()


def concerned(
    session: TenantSession, meeting: CommitteeMeeting, people: Sequence[UUID], organisations: Sequence[UUID]
) -> Sequence[CommitteeMember]:
    """Members tied to a matter: they ask themselves, or speak for an organisation that asks or is named (FON-07)."""
    speaks = select(Representative.person_id).where(
        Representative.organisation_id.in_(organisations), Representative.ended_at.is_(None)
    )
    query = select(CommitteeMember).where(
        CommitteeMember.committee_id == meeting.committee_id,
        or_(CommitteeMember.person_id.in_(people), CommitteeMember.person_id.in_(speaks)),
    )
    return session.scalars(query).all()


def present(session: TenantSession, meeting: CommitteeMeeting) -> Sequence[CommitteeMember]:
    """Members who were there."""
    query = select(Attendance).where(Attendance.meeting_id == meeting.id)
    return [attendance.member for attendance in session.scalars(query)]

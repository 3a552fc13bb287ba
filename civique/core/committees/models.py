"""Committees, their members, meetings, the matters put to them, opinions and recusals."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.people.models import Person

COLLEGES = ("elected", "agent", "citizen", "partner")
MEETING_STATES = ("planned", "held", "cancelled")
VERDICTS = ("favourable", "reserved", "unfavourable", "adjourned")


class Committee(Versioned, Base):
    """A group that gives opinions. ``origin`` names the module that keeps it in step with a body of its own, if any."""

    __tablename__ = "committee"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(160))
    about: Mapped[str] = mapped_column(String(1000), default="")
    origin: Mapped[str] = mapped_column(String(40), default="")
    ended_on: Mapped[date | None]
    created_at: Mapped[Created]

    members: Mapped[list["CommitteeMember"]] = relationship(
        back_populates="committee", order_by="CommitteeMember.since", cascade="all, delete-orphan"
    )


class CommitteeMember(Base):
    """A seat: who, in which college, from when to when."""

    __tablename__ = "committee_member"
    __table_args__ = (
        CheckConstraint(one_of("college", COLLEGES), name="college"),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        Index("ix_committee_member_committee_id", "committee_id"),
        Index(
            "uq_committee_member_seat", "committee_id", "person_id", unique=True, postgresql_where=text("until IS NULL")
        ),
    )
    shown_on_pages = False

    id: Mapped[Id]
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committee.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    college: Mapped[str] = mapped_column(String(8))
    function: Mapped[str] = mapped_column(String(80), default="")
    since: Mapped[date]
    until: Mapped[date | None]

    committee: Mapped[Committee] = relationship(back_populates="members")
    person: Mapped[Person] = relationship(lazy="joined")


class CommitteeMeeting(Versioned, Base):
    """A meeting with its order of the day; ``minutes`` are what was said beside the opinions."""

    __tablename__ = "committee_meeting"
    __table_args__ = (
        CheckConstraint(one_of("state", MEETING_STATES), name="state"),
        Index("ix_committee_meeting_committee_id", "committee_id", "at"),
    )

    id: Mapped[Id]
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committee.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(160), default="")
    state: Mapped[str] = mapped_column(String(9), default="planned")
    minutes: Mapped[str] = mapped_column(String(10_000), default="")
    created_at: Mapped[Created]

    committee: Mapped[Committee] = relationship(lazy="joined")
    attendances: Mapped[list["Attendance"]] = relationship(cascade="all, delete-orphan")
    matters: Mapped[list["Matter"]] = relationship(
        back_populates="meeting", order_by="Matter.position", cascade="all, delete-orphan"
    )


class Attendance(Base):
    """A member was there."""

    __tablename__ = "committee_attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "member_id", name="uq_committee_attendance"),)
    shown_on_pages = False

    id: Mapped[Id]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("committee_meeting.id", ondelete="CASCADE"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("committee_member.id", ondelete="CASCADE"), index=True)

    member: Mapped[CommitteeMember] = relationship(lazy="joined")


class Matter(Versioned, Base):
    """Something put to a meeting, and the opinion that came out of it."""

    __tablename__ = "committee_matter"
    __table_args__ = (
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', VERDICTS)}", name="verdict"),
        CheckConstraint("verdict IS NULL OR verdict = 'favourable' OR opinion <> ''", name="opinion"),
        UniqueConstraint("meeting_id", "object_id", name="uq_committee_matter"),
        Index("ix_committee_matter_object_id", "object_id"),
    )

    id: Mapped[Id]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("committee_meeting.id", ondelete="CASCADE"))
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    verdict: Mapped[str | None] = mapped_column(String(12))
    opinion: Mapped[str] = mapped_column(String(2000), default="")
    amount_cents: Mapped[int | None]
    given_at: Mapped[datetime | None]

    meeting: Mapped[CommitteeMeeting] = relationship(back_populates="matters", lazy="joined")
    recusals: Mapped[list["Recusal"]] = relationship(back_populates="matter", cascade="all, delete-orphan")


class Recusal(Base):
    """A member who leaves the room for a matter, and why (FON-07)."""

    __tablename__ = "committee_recusal"
    __table_args__ = (UniqueConstraint("matter_id", "member_id", name="uq_committee_recusal"),)
    shown_on_pages = False

    id: Mapped[Id]
    matter_id: Mapped[UUID] = mapped_column(ForeignKey("committee_matter.id", ondelete="CASCADE"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("committee_member.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    imposed: Mapped[bool] = mapped_column(default=False)

    matter: Mapped[Matter] = relationship(back_populates="recusals")
    member: Mapped[CommitteeMember] = relationship(lazy="joined")

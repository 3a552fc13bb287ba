"""Committees, their members, the agenda items (points de l'ordre du jour) of their meetings, opinions and recusals."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.gatherings.models import Gathering
from civique.core.i18n import _l
from civique.core.people.models import Person

COLLEGES = {
    "citizen": _l("Residents"),
    "elected": _l("Elected members"),
    "agent": _l("Town-hall staff"),
    "partner": _l("Partners"),
}
VERDICTS = {
    "favourable": _l("Favourable"),
    "reserved": _l("Favourable with reservations"),
    "unfavourable": _l("Unfavourable"),
    "adjourned": _l("Put off to another meeting"),
}


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
        CheckConstraint(one_of("college", tuple(COLLEGES)), name="college"),
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


class AgendaItem(Versioned, Base):
    """A point of the order of the day of a committee's meeting, and the opinion that came out of it.

    ``object_*`` and ``path`` are what it is about, when a module keeps that; otherwise only a title.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint(f"verdict IS NULL OR {one_of('verdict', tuple(VERDICTS))}", name="verdict"),
        CheckConstraint("verdict IS NULL OR verdict = 'favourable' OR opinion <> ''", name="opinion"),
        UniqueConstraint("gathering_id", "object_id", name="uq_agenda_item"),
        Index("ix_agenda_item_object_id", "object_id"),
    )

    id: Mapped[Id]
    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"))
    committee_id: Mapped[UUID] = mapped_column(ForeignKey("committee.id", ondelete="CASCADE"), index=True)
    object_type: Mapped[str | None] = mapped_column(String(60))
    object_id: Mapped[UUID | None]
    title: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int]
    verdict: Mapped[str | None] = mapped_column(String(12))
    opinion: Mapped[str] = mapped_column(String(2000), default="")
    amount_cents: Mapped[int | None]
    given_at: Mapped[datetime | None]

    gathering: Mapped[Gathering] = relationship(lazy="joined", innerjoin=True)
    committee: Mapped[Committee] = relationship(lazy="joined", innerjoin=True)
    recusals: Mapped[list["Recusal"]] = relationship(back_populates="item", cascade="all, delete-orphan")


class Recusal(Base):
    """A member who leaves the room for an agenda item, and why (FON-07)."""

    __tablename__ = "agenda_item_recusal"
    __table_args__ = (UniqueConstraint("item_id", "member_id", name="uq_agenda_item_recusal"),)
    shown_on_pages = False

    id: Mapped[Id]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("agenda_item.id", ondelete="CASCADE"))
    member_id: Mapped[UUID] = mapped_column(ForeignKey("committee_member.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    imposed: Mapped[bool] = mapped_column(default=False)

    item: Mapped[AgendaItem] = relationship(back_populates="recusals")
    member: Mapped[CommitteeMember] = relationship(lazy="joined")

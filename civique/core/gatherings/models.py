"""Gatherings, who is convened to them, who registered and who came, their documents."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.channels import CHANNELS
from civique.core.documents.models import Document
from civique.core.people.models import Person

AUDIENCES = ("public", "invited")


class RegistrationState:
    """Where a registration stands. Only ``registered`` ones take seats."""

    INVITED = "invited"
    REGISTERED = "registered"
    WAITING = "waiting"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ALL = (INVITED, REGISTERED, WAITING, DECLINED, CANCELLED)


class Gathering(Versioned, Base):
    """What people come to. Its title, moment, place and cancellation are those of its event in the agenda (AGE-01).

    ``kind`` is the code of a ``GatheringKind`` (``meeting``); ``origin_*`` point to what holds it: a committee, for instance.
    Those that bear the same ``series`` (a training that is offered several times) are counted together.
    """

    __tablename__ = "gathering"
    __table_args__ = (
        Index("ix_gathering_origin_id", "origin_id"),
        Index("ix_gathering_series", "series", postgresql_where=text("series <> ''")),
    )

    id: Mapped[Id]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    origin_type: Mapped[str | None] = mapped_column(String(60))
    origin_id: Mapped[UUID | None]
    series: Mapped[str] = mapped_column(String(80), default="")
    held_at: Mapped[datetime | None]
    minutes: Mapped[str] = mapped_column(String(10_000), default="")
    created_at: Mapped[Created]

    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)
    attendees: Mapped[list["Attendee"]] = relationship(cascade="all, delete-orphan")
    opening: Mapped["Opening | None"] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    documents: Mapped[list[Document]] = relationship(secondary="gathering_document", order_by=Document.created_at)

    @property
    def day(self) -> date:
        """Its day in the commune."""
        return clock.local(self.event.starts_at).date()

    @property
    def state(self) -> str:
        """``planned``, ``held`` or ``cancelled``."""
        if self.held_at is not None:
            return "held"
        return "cancelled" if self.event.state == "cancelled" else "planned"


class Attendee(Base):
    """Somebody convened to a gathering, or who came to it. ``present`` is None until attendance is recorded."""

    __tablename__ = "gathering_attendee"
    __table_args__ = (UniqueConstraint("gathering_id", "person_id", name="uq_gathering_attendee"),)
    shown_on_pages = False

    id: Mapped[Id]
    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    convened: Mapped[bool] = mapped_column(default=False)
    present: Mapped[bool | None]

    person: Mapped[Person] = relationship(lazy="joined")


class Opening(Versioned, Base):
    """Registration to a gathering: for whom, how many seats, what is asked. One a gathering.

    ``companions`` is the most that one may bring along, children included; ``needs`` are codes of
    ``civique.core.gatherings.declarations.NEEDS``; ``closes_at`` None stands for the beginning of the gathering.
    """

    __tablename__ = "gathering_opening"
    __table_args__ = (
        CheckConstraint(one_of("audience", AUDIENCES), name="audience"),
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("companions >= 0", name="companions"),
    )

    id: Mapped[Id]
    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"), unique=True)
    audience: Mapped[str] = mapped_column(String(10), default="public")
    seats: Mapped[int | None]
    companions: Mapped[int] = mapped_column(default=0)
    children: Mapped[bool] = mapped_column(default=False)
    needs: Mapped[list[str]] = mapped_column(default=list)
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class Registration(Versioned, Base):
    """Somebody who is invited to a gathering, registered to it, waits for a seat, or came without a word.

    ``adults`` counts whoever registers; ``needs`` holds words by code, erased soon after the gathering. ``came`` is how many
    came (None until they are checked in), ``came_key`` the number of that check-in, ``came_by_id`` who made it. ``key`` is the
    number of the form, the tablet or the telephone: what is sent again takes effect once.
    """

    __tablename__ = "gathering_registration"
    __table_args__ = (
        CheckConstraint(one_of("state", RegistrationState.ALL), name="state"),
        CheckConstraint(one_of("channel", tuple(CHANNELS)), name="channel"),
        CheckConstraint("adults >= 0 AND children >= 0 AND adults + children > 0", name="people"),
        CheckConstraint("came >= 0", name="came"),
        CheckConstraint("(state = 'waiting') = (waiting_since IS NOT NULL)", name="waiting"),
        UniqueConstraint("gathering_id", "person_id", name="uq_gathering_registration_person"),
        Index("ix_gathering_registration_state", "gathering_id", "state"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(170))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    locale: Mapped[str] = mapped_column(String(2), default="fr")
    channel: Mapped[str] = mapped_column(String(10), default="web")
    adults: Mapped[int] = mapped_column(default=1)
    children: Mapped[int] = mapped_column(default=0)
    needs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=RegistrationState.REGISTERED)
    waiting_since: Mapped[datetime | None]
    key: Mapped[UUID] = mapped_column(unique=True)
    came: Mapped[int | None]
    came_at: Mapped[datetime | None]
    came_key: Mapped[UUID | None]
    came_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[Created]

    gathering: Mapped[Gathering] = relationship(lazy="joined", innerjoin=True)
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    came_by: Mapped[Person | None] = relationship(foreign_keys=[came_by_id])

    @property
    def party(self) -> int:
        """How many people it is for."""
        return self.adults + self.children


class GatheringDocument(Base):
    """A document of the commune that goes with a gathering."""

    __tablename__ = "gathering_document"
    shown_on_pages = False

    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, index=True
    )

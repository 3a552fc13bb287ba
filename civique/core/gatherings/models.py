"""Gatherings, who is convened to them and who came, their documents."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.base import Base, Created, Id, Versioned
from civique.core.documents.models import Document
from civique.core.people.models import Person


class Gathering(Versioned, Base):
    """What people come to. Its title, moment, place and cancellation are those of its event in the agenda (AGE-01).

    ``kind`` is the word of whoever plans it (``meeting``); ``origin_*`` point to what holds it: a committee, for instance.
    """

    __tablename__ = "gathering"
    __table_args__ = (Index("ix_gathering_origin_id", "origin_id"),)

    id: Mapped[Id]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    origin_type: Mapped[str | None] = mapped_column(String(60))
    origin_id: Mapped[UUID | None]
    held_at: Mapped[datetime | None]
    minutes: Mapped[str] = mapped_column(String(10_000), default="")
    created_at: Mapped[Created]

    event: Mapped[Event] = relationship(lazy="joined", innerjoin=True)
    attendees: Mapped[list["Attendee"]] = relationship(cascade="all, delete-orphan")
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


class GatheringDocument(Base):
    """A document of the commune that goes with a gathering."""

    __tablename__ = "gathering_document"
    shown_on_pages = False

    gathering_id: Mapped[UUID] = mapped_column(ForeignKey("gathering.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(
        ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, index=True
    )

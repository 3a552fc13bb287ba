"""Answers due."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core import channels
from civique.core.base import Base, Created, Id, one_of
from civique.core.people.models import Person

STATES = ("due", "preparing", "answered", "dropped")
CHANNELS = tuple(channels.CHANNELS)


class AnswerDue(Base):
    """An obligation opened by a question, an idea, a request. Late is not a state: it is a date that has passed; reminded
    is a date too (``reminded_at``).

    ``paused_on``: since when it waits for who asked, and not for the mairie; ``pauses``: the spans when it did, both ends
    included, as ISO 8601 intervals (``2026-06-02/2026-06-04``).
    """

    __tablename__ = "answer_due"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        Index("uq_answer_due_object", "object_type", "object_id", unique=True),
        Index("ix_answer_due_open", "due_on", postgresql_where=text("state IN ('due', 'preparing')")),
    )
    shown_on_pages = False

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    module: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    whom: Mapped[str] = mapped_column(String(170), default="")
    path: Mapped[str] = mapped_column(String(200))
    channel: Mapped[str] = mapped_column(String(10), default="web")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="due")
    opened_at: Mapped[Created]
    due_on: Mapped[date]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    paused_on: Mapped[date | None]
    pauses: Mapped[list[str]] = mapped_column(default=list, server_default=text("'[]'"))
    collective: Mapped[bool] = mapped_column(default=False)

    owner: Mapped[Person | None] = relationship()


def spans(pauses: Sequence[str]) -> list[tuple[date, date]]:
    """Days of ISO intervals, first and last."""
    return [(date.fromisoformat(pause[:10]), date.fromisoformat(pause[11:])) for pause in pauses]

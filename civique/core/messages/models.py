"""Messages, their content and what became of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, one_of
from civique.core.people.models import Person

STATES = ("queued", "sent", "failed", "to_print", "printed", "cancelled")


class Message(Base):
    """One message to one person (or to an address that is nobody yet). The content is kept, so that it can be re-read and
    printed; a message that carries a code or a link loses its content once sent."""

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        Index("ix_message_person_id", "person_id"),
        Index("ix_message_object", "object_type", "object_id"),
        Index("ix_message_waiting", "state", postgresql_where=text("state IN ('queued', 'to_print', 'failed')")),
    )
    shown_on_pages = False

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    address: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(2), default="fr")
    content: Mapped[dict[str, Any]]
    secret: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="queued")
    error: Mapped[str | None] = mapped_column(String(500))
    object_type: Mapped[str | None] = mapped_column(String(60))
    object_id: Mapped[UUID | None]
    created_at: Mapped[Created]
    sent_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()

    @property
    def subject(self) -> str:
        """First line, as the reader sees it."""
        return str(self.content.get("subject", ""))


class BatchLetter(Base):
    """A letter of a batch that a long work puts in one PDF: « c’est imprimé » is said of exactly these letters."""

    __tablename__ = "batch_letter"
    __table_args__ = (Index("ix_batch_letter_message_id", "message_id"), {"info": {"export": False}})
    shown_on_pages = False

    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id", ondelete="CASCADE"), primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)

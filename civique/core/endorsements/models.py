"""Who supports what, and what they say of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.channels import CHANNELS
from civique.core.people.models import Person

COMMENT_STATES = ("waiting", "published", "refused")


class Endorsement(Base):
    """A resident supports an object. It is no vote: a module counts endorsements, no rule decides by them."""

    __tablename__ = "endorsement"
    __table_args__ = (
        CheckConstraint(one_of("channel", tuple(CHANNELS)), name="channel"),
        UniqueConstraint("object_id", "person_id"),
    )

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    object_title: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(10), default="web")
    created_at: Mapped[Created]

    person: Mapped[Person | None] = relationship()


class Comment(Versioned, Base):
    """What a resident says of an object: it waits for the mairie, is published, or was refused with its reason."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint(one_of("state", COMMENT_STATES), name="state"),
        CheckConstraint(one_of("channel", tuple(CHANNELS)), name="channel"),
        CheckConstraint("state <> 'refused' OR reason <> ''", name="reason"),
        CheckConstraint("text <> ''", name="text"),
        UniqueConstraint("object_id", "person_id"),
        Index("ix_comment_waiting", "written_at", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    object_title: Mapped[str] = mapped_column(String(200), default="")
    object_path: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    written_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(9), default="waiting")
    reason: Mapped[str] = mapped_column(String(600), default="")
    channel: Mapped[str] = mapped_column(String(10), default="web")
    created_at: Mapped[Created]

    person: Mapped[Person | None] = relationship()

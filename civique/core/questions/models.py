"""Questions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.answers.models import CHANNELS
from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.people.models import Person
from civique.core.territory.models import Territory


class Question(Versioned, Base):
    """What somebody asked, and what the mairie answered."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint(one_of("state", ("open", "answered", "dropped")), name="state"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        Index("ix_question_state_created_at", "state", "created_at"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    address: Mapped[str | None] = mapped_column(String(400))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(String(4000))
    channel: Mapped[str] = mapped_column(String(10), default="web")
    state: Mapped[str] = mapped_column(String(8), default="open")
    answer: Mapped[str | None] = mapped_column(String(4000))
    answered_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    person: Mapped[Person | None] = relationship()
    territory: Mapped[Territory | None] = relationship()

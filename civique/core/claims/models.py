"""Claims of what was left on paper."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.people.models import Person

STATES = ("waiting", "accepted", "refused")


class PaperClaim(Versioned, Base):
    """« C’est moi qui ai déposé ce papier. » One object has at most one claim that waits or was accepted."""

    __tablename__ = "paper_claim"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        Index("ix_paper_claim_state", "state", "created_at"),
        Index("ix_paper_claim_person_id", "person_id"),
        Index(
            "uq_paper_claim_object",
            "object_type",
            "object_id",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
    )
    shown_on_pages = False

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    reference: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(170))
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    reason: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[Created]
    answered_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()

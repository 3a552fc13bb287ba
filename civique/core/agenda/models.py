"""Events."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.territory.models import Place, Territory

STATES = ("option", "planned", "cancelled")


class Event(Versioned, Base):
    """Something that happens at a time. ``origin_*`` point to the object of a module that made it, if any."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="order"),
        Index("ix_event_starts_at", "starts_at"),
        Index("uq_event_origin", "origin_type", "origin_id", unique=True),
    )

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(2000), default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    all_day: Mapped[bool] = mapped_column(default=False)
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id", ondelete="SET NULL"), index=True)
    place_text: Mapped[str] = mapped_column(String(200), default="")
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    organiser: Mapped[str] = mapped_column(String(160), default="")
    state: Mapped[str] = mapped_column(String(10), default="planned")
    public: Mapped[bool] = mapped_column(default=True)
    origin_type: Mapped[str | None] = mapped_column(String(60))
    origin_id: Mapped[UUID | None]
    created_at: Mapped[Created]
    changed_at: Mapped[Created]

    place: Mapped[Place | None] = relationship(lazy="joined")
    territory: Mapped[Territory | None] = relationship(lazy="joined")

    @property
    def path(self) -> str:
        """Its public page."""
        return f"/agenda/{self.id}"

    @property
    def where(self) -> str:
        """Place as people say it."""
        return self.place_text or (self.place.name if self.place else "")

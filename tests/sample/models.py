"""Tables of the sample module."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Created, Id


class Pickup(Base):
    """A collection asked by somebody for a day."""

    __tablename__ = "sample_pickup"

    id: Mapped[Id]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    what: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    reminded: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]

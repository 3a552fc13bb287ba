"""What was received from a tablet or a sheet."""

from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Created, Id


class StallEntry(Base):
    """A reference given away from the server, and what it became. Its ``digest`` tells a second sending from another text."""

    __tablename__ = "stall_entry"
    __table_args__ = (Index("ix_stall_entry_object", "object_type", "object_id"),)
    shown_on_pages = False

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    digest: Mapped[str] = mapped_column(String(64), default="")
    answered: Mapped[str] = mapped_column(String(20), default="")
    """The mairie's own reference of what it became."""
    path: Mapped[str] = mapped_column(String(200), default="")
    object_type: Mapped[str | None] = mapped_column(String(60))
    object_id: Mapped[UUID | None]
    created_at: Mapped[Created]

"""Passes: what a link, or a code beside a reference, opens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Code, Created, Id


class AccessPass(Base):
    """What lets whoever holds its link, or its code, do one thing with one object until a moment.

    ``purpose`` is the word of whoever issued it (``rsvp``); another purpose never opens it. ``reference`` is typed beside
    the code. The link and the code are kept nowhere, only what checks them; ``pin_hash`` is None without a code.
    """

    __tablename__ = "access_pass"
    __table_args__ = (
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_access_pass_object_id", "object_id"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    purpose: Mapped[Code]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    pin_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[Created]

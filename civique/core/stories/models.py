"""Stories, their photos, the days of work."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.documents.models import StoredFile
from civique.core.territory.models import Territory

SIDES = ("applicant", "commune")
LONGEST = 8000
"""Characters of a story."""


class Story(Versioned, Base):
    """What is told of an object, from its first day of work or its first photo on. Everybody reads it once it is published;
    no name of a person is in it but what the mairie wrote."""

    __tablename__ = "story"
    __table_args__ = (
        CheckConstraint("published_at IS NULL OR text <> ''", name="published"),
        UniqueConstraint("object_id"),
        Index("ix_story_published_at", "published_at"),
    )

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    applicant_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    organisation: Mapped[str] = mapped_column(String(160), default="")
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(400), default="")
    text: Mapped[str] = mapped_column(String(LONGEST), default="")
    published_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    territory: Mapped[Territory | None] = relationship(lazy="joined")
    log: Mapped[list["WorkLogEntry"]] = relationship(order_by="WorkLogEntry.day", cascade="all, delete-orphan")
    pictures: Mapped[list["StoryPicture"]] = relationship(
        order_by="StoryPicture.created_at", cascade="all, delete-orphan"
    )

    @property
    def state(self) -> str:
        """``to_write``, ``draft`` or ``published``."""
        return "published" if self.published_at else "draft" if self.text else "to_write"

    @property
    def shown(self) -> list["StoryPicture"]:
        """The photos that everybody sees with it."""
        return [picture for picture in self.pictures if picture.shown]

    def hours_of(self, side: str) -> Decimal:
        """Hours that one side gave."""
        return sum((entry.hours or Decimal(0) for entry in self.log if entry.side == side), Decimal(0))


class StoryPicture(Base):
    """A photo; whoever carries out the object and the mairie see it, everybody when a published story shows it."""

    __tablename__ = "story_picture"
    __table_args__ = (Index("ix_story_picture_story_id", "story_id"), Index("ix_story_picture_file_id", "file_id"))

    id: Mapped[Id]
    story_id: Mapped[UUID] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id", ondelete="CASCADE"))
    shown: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]

    file: Mapped[StoredFile] = relationship(lazy="joined")


class WorkLogEntry(Base):
    """A day of work: what was done, hours given by one side (LO-1: hours of both sides)."""

    __tablename__ = "work_log_entry"
    __table_args__ = (
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint("hours >= 0", name="hours"),
        Index("ix_work_log_entry_story_id", "story_id"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    story_id: Mapped[UUID] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"))
    day: Mapped[date]
    side: Mapped[str] = mapped_column(String(9), default="applicant")
    text: Mapped[str] = mapped_column(String(1000))
    hours: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    created_at: Mapped[Created]

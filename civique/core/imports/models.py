"""A list that waits for its yes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Created, Id, one_of


class ListImport(Base):
    """A list that somebody brought, read but not taken yet.

    ``content`` is ``columns`` (names), ``lines`` (number in the file, then a text a column) and ``ignored`` (headings);
    it is emptied as soon as the list is taken, and the row goes with time.
    """

    __tablename__ = "list_import"
    __table_args__ = (
        CheckConstraint(one_of("state", ("waiting", "running", "done")), name="state"),
        Index("ix_list_import_person_id", "person_id"),
        {"info": {"export": False}},
    )
    shown_on_pages = False

    id: Mapped[Id]
    importer: Mapped[str] = mapped_column(String(60))
    about_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    task_id: Mapped[UUID | None]
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]
    done_at: Mapped[datetime | None]

    @property
    def lines(self) -> list[list[Any]]:
        """Its lines: number in the file, then a text a column."""
        return self.content.get("lines", [])  # type: ignore[no-any-return]

"""Articles: dated news and standing pages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.documents.models import StoredFile


class Article(Versioned, Base):
    """A short news item or a page, written in Markdown by the mairie."""

    __tablename__ = "article"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("news", "page")), name="kind"),
        CheckConstraint(one_of("state", ("draft", "published", "withdrawn")), name="state"),
        Index("uq_article_slug", "slug", unique=True),
        Index("ix_article_kind_published_at", "kind", "published_at"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(4), default="news")
    slug: Mapped[str] = mapped_column(String(90))
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(String(400), default="")
    body: Mapped[str] = mapped_column(String(40_000), default="")
    picture_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    position: Mapped[int] = mapped_column(default=0)
    published_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    picture: Mapped[StoredFile | None] = relationship(lazy="joined")

"""Stored files, and documents that have versions."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, one_of

KINDS = ("deliberation", "order", "minutes", "charter", "rules", "convention", "form", "report", "attachment", "other")
SIZES = {"petite": 480, "moyenne": 960}
"""Of a picture, beside the whole one: its name in the address, pixels of its width. « Petite » is for lists."""
VISIBILITIES = ("public", "staff", "private")


class StoredFile(Base):
    """A file of the commune: content under its SHA-256 in the file store, facts here.

    ``permission`` is the code of the permission that reading a « staff » file asks; empty, whoever works for the mairie
    reads it. Who sent it reads it always.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        Index("ix_stored_file_sha256", "sha256"),
    )

    id: Mapped[Id]
    sha256: Mapped[str] = mapped_column(String(64), info={"file": True})
    size: Mapped[int]
    mime: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    alternative: Mapped[str] = mapped_column(String(300), default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    thumbnail_sha256: Mapped[str | None] = mapped_column(String(64), info={"file": True})
    medium_sha256: Mapped[str | None] = mapped_column(String(64), info={"file": True})
    visibility: Mapped[str] = mapped_column(String(8), default="staff")
    permission: Mapped[str] = mapped_column(String(60), default="")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[Created]

    @property
    def digests(self) -> set[str]:
        """Of all that is kept of it in the file store."""
        return {digest for digest in (self.sha256, self.medium_sha256, self.thumbnail_sha256) if digest}

    @property
    def sizes(self) -> list[tuple[str, int]]:
        """Name and width of each size of a picture, the smallest first; the whole one has no name."""
        smaller = [(name, width) for name, width in SIZES.items() if self.width and width < self.width]
        return [*smaller, ("", self.width)] if self.width else []


class Document(Base):
    """A délibération, a charter, minutes… The current version is the one with the highest number."""

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        Index("ix_document_folded", "folded"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(14))
    title: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(40), default="")
    dated: Mapped[date | None]
    visibility: Mapped[str] = mapped_column(String(8), default="staff")
    created_at: Mapped[Created]

    versions: Mapped[list["DocumentVersion"]] = relationship(
        back_populates="document", order_by="DocumentVersion.number.desc()"
    )

    @property
    def current(self) -> "DocumentVersion":
        """Newest version."""
        return self.versions[0]


class DocumentVersion(Base):
    """One version of a document, never replaced."""

    __tablename__ = "document_version"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: Mapped[Id]
    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"))
    number: Mapped[int]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("stored_file.id"), index=True)
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[Created]

    document: Mapped[Document] = relationship(back_populates="versions")
    file: Mapped[StoredFile] = relationship(lazy="joined")

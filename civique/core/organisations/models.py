"""Organisations and their representatives."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.people.models import Person

INFORMAL = ("collective", "parents")
KINDS = ("association", "collective", "company", "school", "parents", "public", "other")


class Organisation(Versioned, Base):
    """A group that can ask, give or host. An informal collectif has the same standing as a declared association."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint(one_of("kind", KINDS), name="kind"), Index("ix_organisation_folded", "folded"))

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(160))
    folded: Mapped[str] = mapped_column(String(160))
    siret: Mapped[str | None] = mapped_column(String(14))
    rna: Mapped[str | None] = mapped_column(String(10))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(1000), default="")
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    listed: Mapped[bool] = mapped_column(default=False)
    validated_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    representatives: Mapped[list["Representative"]] = relationship(back_populates="organisation")

    @property
    def is_informal(self) -> bool:
        """Whether it is a group without legal form (collectif): it signs nothing and has no account of its own."""
        return self.kind in INFORMAL


class Representative(Base):
    """Somebody who acts in the name of an organisation, once the mairie or another representative accepted."""

    __tablename__ = "representative"
    __table_args__ = (UniqueConstraint("organisation_id", "person_id"),)
    shown_on_pages = False

    id: Mapped[Id]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    function: Mapped[str] = mapped_column(String(80), default="")
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    organisation: Mapped[Organisation] = relationship(back_populates="representatives")
    person: Mapped[Person] = relationship()

"""Territories and places of a commune. A commune without communes déléguées simply has no row of that kind."""

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, one_of

TERRITORY_KINDS = ("delegated", "quarter")
PLACE_KINDS = ("school", "town_hall", "hall", "library", "shop", "outdoors", "other")


class Territory(Base):
    """A commune déléguée, or a quarter (bassin de vie): a free shape, or a list of places, that may overlap others."""

    __tablename__ = "territory"
    __table_args__ = (
        CheckConstraint(one_of("kind", TERRITORY_KINDS), name="kind"),
        Index("uq_territory_kind_folded", "kind", "folded", unique=True),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120))
    insee: Mapped[str | None] = mapped_column(String(5))
    description: Mapped[str] = mapped_column(String(2000), default="")
    shape: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """Outline, as a GeoJSON geometry; read only where it is drawn, since it may weigh 300 kB."""
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]


class Place(Base):
    """A place with an address: school, hall, town hall of a commune déléguée."""

    __tablename__ = "place"
    __table_args__ = (CheckConstraint(one_of("kind", PLACE_KINDS), name="kind"), Index("ix_place_folded", "folded"))

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(200), default="")
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"), index=True)
    latitude: Mapped[float | None] = mapped_column(Numeric(9, 6, asdecimal=False))
    longitude: Mapped[float | None] = mapped_column(Numeric(9, 6, asdecimal=False))
    level: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[Created]

    territory: Mapped[Territory | None] = relationship()

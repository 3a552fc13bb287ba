"""Élus and services shown to the public."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.documents.models import StoredFile
from civique.core.folding import fold
from civique.core.territory.models import Territory
from civique.services.communes import articles_of, name_with_de


class Official(Versioned, Base):
    """An élu or a service: name, function, how to reach."""

    __tablename__ = "official"
    __table_args__ = (CheckConstraint(one_of("kind", ("elected", "service")), name="kind"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(120))
    function: Mapped[str] = mapped_column(String(160), default="")
    about: Mapped[str] = mapped_column(String(600), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    picture_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    picture: Mapped[StoredFile | None] = relationship(lazy="joined")
    territory: Mapped[Territory | None] = relationship(lazy="joined")

    @property
    def title(self) -> str:
        """What they are and where: « Maire déléguée d’Andard », « Adjoint · Corné »; as it was written when it names the
        place already."""
        place = self.territory.name if self.territory else ""
        if not place or fold(place) in fold(self.function):
            return self.function
        if fold(self.function).endswith(("delegue", "deleguee")):
            return f"{self.function} {name_with_de(place, articles_of(place)[0])}"
        return " · ".join(part for part in (self.function, place) if part)

"""Consents, with who gave each and until when."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core import clock
from civique.core.base import Base, Code, Created, Id, one_of
from civique.core.documents.models import StoredFile
from civique.core.i18n import _l
from civique.core.people.models import Person

KINDS = {"image": _l("Use of images"), "participation": _l("Participation of a minor")}
MEDIA = {
    "site": _l("on the site of the commune"),
    "bulletin": _l("in the municipal bulletin"),
    "press": _l("in the local press"),
    "networks": _l("on the social networks of the commune"),
    "exhibition": _l("in an exhibition of the commune"),
}
"""Where images may be shown: agreeing to one says nothing of the others."""


class Consent(Base):
    """A yes of a person, or of who has authority over a minor, to one use, until a day. Giving it again replaces it;
    withdrawing it ends it at once and keeps the row as proof.

    Without a ``medium`` it is about no particular one: it does not answer for those that have a name. ``given_by`` is the
    name of who gave it, ``guardian_id`` their record when they have one.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(KINDS)), name="kind"),
        CheckConstraint("until >= given_on", name="until"),
        Index(
            "uq_consent_live", "person_id", "kind", "medium", unique=True, postgresql_where=text("withdrawn_at IS NULL")
        ),
    )
    shown_on_pages = False

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(13))
    medium: Mapped[Code] = mapped_column(default="")
    given_by: Mapped[str] = mapped_column(String(170))
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    given_on: Mapped[date]
    until: Mapped[date]
    withdrawn_at: Mapped[datetime | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[Created]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    file: Mapped[StoredFile | None] = relationship()

    @property
    def state(self) -> str:
        """``given``, ``ended`` (its last day is past) or ``withdrawn``."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "given" if self.until >= clock.today() else "ended"

    @property
    def label(self) -> str:
        """What it is about: kind and medium, in words."""
        medium = MEDIA.get(self.medium, self.medium)
        return f"{KINDS[self.kind]}, {medium}" if medium else str(KINDS[self.kind])

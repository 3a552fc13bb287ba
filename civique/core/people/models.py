"""People, their e-mail addresses, who acts for whom."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of

TRUST = ("declared", "confirmed", "verified")
CHANNELS = ("email", "letter", "phone", "none")


class Person(Versioned, Base):
    """Somebody the commune knows: a resident, an agent, an élu; with or without e-mail; possibly a minor.

    ``trust``: declared (nothing checked), confirmed (a contact answered), verified (by the mairie).
    A merged person points to the record that stays; an erased one keeps an id and nothing else.
    """

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint(one_of("trust", TRUST), name="trust"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        Index("ix_person_folded", "folded"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(170))
    birth_date: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(20))
    street: Mapped[str | None] = mapped_column(String(200))
    postal_code: Mapped[str | None] = mapped_column(String(5))
    city: Mapped[str | None] = mapped_column(String(120))
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    locale: Mapped[str] = mapped_column(String(2), default="fr")
    channel: Mapped[str] = mapped_column(String(8), default="email")
    trust: Mapped[str] = mapped_column(String(10), default="declared")
    created_at: Mapped[Created]
    seen_at: Mapped[datetime | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("person.id", deferrable=True, initially="DEFERRED"), index=True
    )
    erased_at: Mapped[datetime | None]

    emails: Mapped[list["EmailAddress"]] = relationship(back_populates="person", order_by="EmailAddress.created_at")

    @property
    def name(self) -> str:
        """Given and family names, as written on a letter."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def postal_lines(self) -> list[str]:
        """Name and address, line by line, as on an envelope."""
        lines = [self.name, self.street or "", f"{self.postal_code or ''} {self.city or ''}".strip()]
        return [line for line in lines if line]

    @property
    def email(self) -> "EmailAddress | None":
        """First confirmed address, where messages go."""
        return next((address for address in self.emails if address.confirmed_at and not address.bounced_at), None)

    @property
    def reached_by(self) -> str:
        """How what is written to this person arrives: ``email``, ``letter``, or nothing when neither is known."""
        if self.channel == "email" and self.email is not None:
            return "email"
        return "letter" if self.postal_lines[1:] else ""

    @property
    def active(self) -> bool:
        """Neither merged into another record nor erased."""
        return self.merged_into_id is None and self.erased_at is None


class EmailAddress(Base):
    """An address of a person. A couple or a town hall may share one: it is unique for a person, not for the commune."""

    __tablename__ = "email_address"
    __table_args__ = (UniqueConstraint("person_id", "address"), Index("ix_email_address_address", "address"))
    shown_on_pages = False

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254))
    confirmed_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    person: Mapped[Person] = relationship(back_populates="emails")


class Proxy(Base):
    """Somebody who acts for a relative (a parent for a child, a daughter for her mother), accepted by the mairie.

    Until then it holds the names that were typed and points to nobody: asking neither makes a record nor tells whether
    there is one.
    """

    __tablename__ = "proxy"
    __table_args__ = (
        Index("uq_proxy_live", "person_id", "for_person_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("person_id <> for_person_id", name="two_people"),
        CheckConstraint("accepted_at IS NULL OR for_person_id IS NOT NULL", name="accepted_for_somebody"),
        CheckConstraint(one_of("kind", ("guardian", "relative")), name="kind"),
        Index("ix_proxy_for_person_id", "for_person_id"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    for_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    for_person: Mapped[Person | None] = relationship(foreign_keys=[for_person_id])

    @property
    def name(self) -> str:
        """Name of the relative: of their record once the mairie accepted, as it was typed before."""
        return self.for_person.name if self.for_person else f"{self.given_name} {self.family_name}"

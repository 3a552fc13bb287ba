"""Agreements, what each side undertakes, signatures, checks of upkeep."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.documents.models import StoredFile
from civique.core.people.models import Person

STATES = ("draft", "to_sign", "signed", "broken", "ended")
SIDES = ("applicant", "commune")
MEANS = ("paper", "code")


class Agreement(Versioned, Base):
    """An agreement about an object. Its text is frozen once one side has signed; a correction makes another version."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("state <> 'broken' OR broken_because <> ''", name="reason"),
        Index("uq_agreement_in_force", "object_id", unique=True, postgresql_where=text("replaced_at IS NULL")),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(String(200))
    folded: Mapped[str] = mapped_column(String(400), default="")
    purpose: Mapped[str] = mapped_column(String(4000), default="")
    applicant_name: Mapped[str] = mapped_column(String(170), default="")
    commune_name: Mapped[str] = mapped_column(String(170), default="")
    amount_cents: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    upkeep_until: Mapped[date | None]
    act: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[str] = mapped_column(String(8), default="draft")
    broken_because: Mapped[str] = mapped_column(String(1000), default="")
    offered_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    duties: Mapped[list["Duty"]] = relationship(
        back_populates="agreement", order_by="Duty.position", cascade="all, delete-orphan"
    )
    signatures: Mapped[list["Signature"]] = relationship(
        back_populates="agreement", order_by="Signature.signed_on", cascade="all, delete-orphan"
    )
    checks: Mapped[list["UpkeepCheck"]] = relationship(
        back_populates="agreement", order_by="UpkeepCheck.due_on", cascade="all, delete-orphan"
    )

    @property
    def is_draft(self) -> bool:
        """Whether it was not offered to be signed yet."""
        return self.state == "draft"

    def duties_of(self, side: str) -> list["Duty"]:
        """What one side undertakes."""
        return [duty for duty in self.duties if duty.side == side]

    def signature_of(self, side: str) -> "Signature | None":
        """How one side signed."""
        return next((signature for signature in self.signatures if signature.side == side), None)

    def waits_for(self, side: str) -> bool:
        """Whether one side may sign this version now."""
        return self.state == "to_sign" and self.replaced_at is None and self.signature_of(side) is None


class Duty(Base):
    """Something that one side undertakes, perhaps by a date."""

    __tablename__ = "agreement_duty"
    __table_args__ = (
        CheckConstraint(one_of("side", SIDES), name="side"),
        Index("ix_agreement_duty_agreement_id", "agreement_id"),
    )

    id: Mapped[Id]
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(9))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(400))
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]

    agreement: Mapped[Agreement] = relationship(back_populates="duties")


class Signature(Base):
    """One side signed: who, in what function, when, on paper (with the scan) or with a code received by e-mail."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        CheckConstraint(one_of("side", SIDES), name="side"),
        CheckConstraint(one_of("means", MEANS), name="means"),
        Index("uq_agreement_signature_side", "agreement_id", "side", unique=True),
    )
    shown_on_pages = False

    id: Mapped[Id]
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(9))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(170))
    function: Mapped[str] = mapped_column(String(120), default="")
    means: Mapped[str] = mapped_column(String(5))
    text_sha256: Mapped[str] = mapped_column(String(64))
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    signed_on: Mapped[date]
    created_at: Mapped[Created]

    agreement: Mapped[Agreement] = relationship(back_populates="signatures")
    person: Mapped[Person | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class UpkeepCheck(Base):
    """A visit to see whether what was made is looked after (fifty-fifty, FON-10)."""

    __tablename__ = "upkeep_check"
    __table_args__ = (Index("ix_upkeep_check_agreement_id", "agreement_id", "due_on"),)

    id: Mapped[Id]
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    kept: Mapped[bool | None]
    note: Mapped[str] = mapped_column(String(1000), default="")

    agreement: Mapped[Agreement] = relationship(back_populates="checks")

"""What somebody brings to an object, and what was used of it."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person

NATURES = ("financial", "material", "human")
PROPOSAL_STATES = ("waiting", "accepted", "declined")


class Contribution(Versioned, Base):
    """Money, things or time brought to an object (a fund, a project, a place), promised then received.

    Money is ``value_cents`` (quantity and unit stay empty). Things and time have a quantity with its unit; their value in
    cents is optional and says on what basis it was counted. Only money counts against a cash cap. ``staff_time`` is time
    of employees whom their employer lends and pays (mécénat de compétences).
    """

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint(one_of("nature", NATURES), name="nature"),
        CheckConstraint("nature <> 'financial' OR (value_cents > 0 AND quantity IS NULL)", name="money"),
        CheckConstraint("nature = 'financial' OR quantity > 0", name="quantity"),
        CheckConstraint("value_cents IS NULL OR value_cents >= 0", name="value"),
        CheckConstraint("valid_until IS NULL OR pledged_on IS NULL OR valid_until >= pledged_on", name="dates"),
        CheckConstraint("NOT staff_time OR nature = 'human'", name="staff_time"),
        Index("ix_contribution_object_id", "object_id"),
    )

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    nature: Mapped[str] = mapped_column(String(9))
    description: Mapped[str] = mapped_column(String(300), default="")
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    unit: Mapped[str] = mapped_column(String(40), default="")
    value_cents: Mapped[int | None]
    value_basis: Mapped[str] = mapped_column(String(200), default="")
    staff_time: Mapped[bool] = mapped_column(default=False)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    giver_name: Mapped[str] = mapped_column(String(160), default="")
    pledged_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    received_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    thanked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[Created]

    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    person: Mapped[Person | None] = relationship()
    uses: Mapped[list["ContributionUse"]] = relationship(
        back_populates="contribution", order_by="ContributionUse.used_on", cascade="all, delete-orphan"
    )

    @property
    def giver(self) -> str:
        """Who gives, as shown; empty when the person was erased."""
        if self.organisation is not None:
            return self.organisation.name
        return self.person.name if self.person else self.giver_name

    @property
    def amount(self) -> Decimal:
        """What can be used: cents for money, the quantity for things and time."""
        return Decimal(self.value_cents or 0) if self.nature == "financial" else (self.quantity or Decimal(0))

    @property
    def used(self) -> Decimal:
        """What was used, in the same measure."""
        return sum((use.amount for use in self.uses), Decimal(0))

    @property
    def left(self) -> Decimal:
        """What remains to be used."""
        return self.amount - self.used


class ContributionUse(Base):
    """A part of a contribution that went to an object: sixty sachets of the hundred promised, to one project."""

    __tablename__ = "contribution_use"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        Index("ix_contribution_use_contribution_id", "contribution_id"),
        Index("ix_contribution_use_object_id", "object_id"),
    )

    id: Mapped[Id]
    contribution_id: Mapped[UUID] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"))
    object_type: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    used_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))

    contribution: Mapped[Contribution] = relationship(back_populates="uses")


class ContributionProposal(Versioned, Base):
    """What a company, a shop or an association offers from the site; nothing counts before the mairie accepts and makes it a
    contribution to an object. ``word`` is what the mairie answered."""

    __tablename__ = "contribution_proposal"
    __table_args__ = (
        CheckConstraint(one_of("state", PROPOSAL_STATES), name="state"),
        CheckConstraint(one_of("nature", NATURES), name="nature"),
        CheckConstraint("nature <> 'financial' OR (value_cents > 0 AND quantity IS NULL)", name="money"),
        CheckConstraint("nature = 'financial' OR quantity > 0", name="quantity"),
        CheckConstraint("NOT staff_time OR nature = 'human'", name="staff_time"),
        CheckConstraint("state <> 'declined' OR word <> ''", name="word"),
        Index("ix_contribution_proposal_state", "state", "created_at"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    nature: Mapped[str] = mapped_column(String(9))
    staff_time: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str] = mapped_column(String(300), default="")
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    unit: Mapped[str] = mapped_column(String(40), default="")
    value_cents: Mapped[int | None]
    value_basis: Mapped[str] = mapped_column(String(200), default="")
    valid_until: Mapped[date | None]
    giver_name: Mapped[str] = mapped_column(String(160))
    siren: Mapped[str] = mapped_column(String(9), default="")
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    thanked: Mapped[bool] = mapped_column(default=False)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    word: Mapped[str] = mapped_column(String(2000), default="")
    answered_at: Mapped[datetime | None]
    contribution_id: Mapped[UUID | None] = mapped_column(ForeignKey("contribution.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    person: Mapped[Person | None] = relationship()
    contribution: Mapped[Contribution | None] = relationship()

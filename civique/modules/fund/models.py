"""Tables of the fund. The database itself refuses what the rules forbid (FON-01, FON-02, amounts, dates)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.answers.models import CHANNELS
from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.territory.models import Territory

FUND_STATES = ("preparing", "open", "closed")
DECISION_MAKERS = ("council", "mayor", "committee")
STATES = (
    "draft", "submitted", "admissible", "inadmissible", "granted", "partially_granted", "refused", "withdrawn",
)  # fmt: skip
EXAMINED = ("submitted", "admissible")
HELPED = ("granted", "partially_granted")
DECISIONS = ("granted", "partially_granted", "refused")


class Fund(Versioned, Base):
    """The fund of one year: envelope, cap per project, eligible costs, who decides. Amounts in cents."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint(one_of("state", FUND_STATES), name="state"),
        CheckConstraint(f"decision_maker = '' OR {one_of('decision_maker', DECISION_MAKERS)}", name="decision_maker"),
        CheckConstraint(
            "state = 'preparing' OR (envelope_cents > 0 AND cap_cents > 0 AND eligible_costs <> '' AND decision_maker <> '')",
            name="complete_when_open",
        ),
        CheckConstraint("envelope_cents >= 0 AND cap_cents >= 0", name="amounts"),
        CheckConstraint("closes_on IS NULL OR opens_on IS NULL OR closes_on >= opens_on", name="dates"),
        Index("uq_fund_year", "year", unique=True),
    )

    id: Mapped[Id]
    year: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="preparing")
    envelope_cents: Mapped[int | None]
    cap_cents: Mapped[int | None]
    eligible_costs: Mapped[str] = mapped_column(String(4000), default="")
    introduction: Mapped[str] = mapped_column(String(2000), default="")
    decision_maker: Mapped[str] = mapped_column(String(10), default="")
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    created_at: Mapped[Created]


class FundRequest(Versioned, Base):
    """A request for help. ``project_id`` ties together the requests of one project: the cap counts them all (FON-03)."""

    __tablename__ = "fund_request"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        CheckConstraint("amount_asked_cents >= 0", name="amount_asked"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted"),
        Index("ix_fund_request_fund_state", "fund_id", "state", "submitted_at"),
        Index("ix_fund_request_project_id", "project_id"),
        Index("ix_fund_request_folded", "folded"),
    )

    id: Mapped[Id]
    reference: Mapped[str | None] = mapped_column(String(20), unique=True)
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    project_id: Mapped[UUID] = mapped_column(default=uuid4)
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(4000))
    amount_asked_cents: Mapped[int] = mapped_column(default=0)
    channel: Mapped[str] = mapped_column(String(10), default="web")
    state: Mapped[str] = mapped_column(String(20), default="draft")
    created_at: Mapped[Created]
    submitted_at: Mapped[datetime | None]

    fund: Mapped[Fund] = relationship(lazy="joined")
    holder: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    territory: Mapped[Territory | None] = relationship(lazy="joined")
    lines: Mapped[list["BudgetLine"]] = relationship(order_by="BudgetLine.position", cascade="all, delete-orphan")
    steps: Mapped[list["RequestStep"]] = relationship(order_by="RequestStep.at", cascade="all, delete-orphan")
    decisions: Mapped[list["Decision"]] = relationship(order_by="Decision.decided_at", cascade="all, delete-orphan")

    @property
    def total_cents(self) -> int:
        """Cost of the project: sum of its budget lines."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def decision(self) -> "Decision | None":
        """The decision in force; corrected ones are kept behind it."""
        return next((d for d in reversed(self.decisions) if d.replaced_at is None), None)

    @property
    def granted_cents(self) -> int:
        """What is granted today."""
        return self.decision.amount_cents if self.decision else 0


class BudgetLine(Base):
    """One cost of a project. Only running costs (charges de fonctionnement) exist here (FON-02)."""

    __tablename__ = "fund_budget_line"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("kind = 'running'", name="running_costs_only"),
        Index("ix_fund_budget_line_request_id", "request_id"),
    )

    id: Mapped[Id]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("fund_request.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12), default="running")
    amount_cents: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)


class RequestStep(Base):
    """A step of a request's course: the state it entered, when, by whom, why. Never changed."""

    __tablename__ = "fund_request_step"
    __table_args__ = (Index("ix_fund_request_step_request_id", "request_id"),)

    id: Mapped[Id]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("fund_request.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    actor_id: Mapped[UUID | None]
    motive: Mapped[str] = mapped_column(String(2000), default="")


class Decision(Base):
    """What was decided. A mistaken one is replaced by another and stays readable."""

    __tablename__ = "fund_decision"
    __table_args__ = (
        CheckConstraint(one_of("kind", DECISIONS), name="kind"),
        CheckConstraint("amount_cents >= 0 AND (amount_cents > 0) = (kind <> 'refused')", name="amount"),
        CheckConstraint("kind = 'granted' OR motive <> ''", name="motive"),
        Index("uq_fund_decision_in_force", "request_id", unique=True, postgresql_where=text("replaced_at IS NULL")),
        Index("ix_fund_decision_fund_id", "fund_id"),
    )

    id: Mapped[Id]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("fund_request.id", ondelete="CASCADE"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount_cents: Mapped[int]
    motive: Mapped[str] = mapped_column(String(2000), default="")
    decided_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    decided_by_id: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None]
    replaced_because: Mapped[str] = mapped_column(String(1000), default="")

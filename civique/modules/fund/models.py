"""Tables of the fund. The database itself refuses what the rules forbid (FON-01, FON-02, amounts, dates)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core import clock
from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.cases.models import CaseMixin, States, case_checks
from civique.core.committees.models import Committee
from civique.core.contributions.models import NATURES
from civique.core.documents.models import StoredFile
from civique.core.organisations.models import Organisation
from civique.core.territory.models import Territory

FUND_STATES = ("preparing", "open", "closed")
PRESETS = ("citizen_fund", "fifty_fifty")
RHYTHMS = ("continuous", "calls")
DECISION_MAKERS = ("council", "mayor", "committee")
VERDICTS = ("favourable", "reserved", "unfavourable")


class ApplicationState(States):
    """States of an application, in the order of its life, and the sets of them that the rules name."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TO_COMPLETE = "to_complete"
    COMPLETE = "complete"
    ADMISSIBLE = "admissible"
    INADMISSIBLE = "inadmissible"
    IN_ANALYSIS = "in_analysis"
    OPINION_GIVEN = "opinion_given"
    ADJOURNED = "adjourned"
    GRANTED = "granted"
    PARTIALLY_GRANTED = "partially_granted"
    REFUSED = "refused"
    CONVENTION = "convention"
    UNDER_WAY = "under_way"
    REPORT = "report"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


EXAMINED = (
    ApplicationState.SUBMITTED,
    ApplicationState.TO_COMPLETE,
    ApplicationState.COMPLETE,
    ApplicationState.ADMISSIBLE,
    ApplicationState.IN_ANALYSIS,
    ApplicationState.OPINION_GIVEN,
    ApplicationState.ADJOURNED,
)
"""Somebody at the mairie, or the applicant, still has to do something before the decision."""
WAITING = tuple(state for state in EXAMINED if state != ApplicationState.TO_COMPLETE)
"""The mairie has to do something."""
READABLE = tuple(state for state in WAITING if state != ApplicationState.SUBMITTED)
"""Residents may read it when the applicant agreed: what nobody at the mairie has read yet, or what the applicant still changes,
does not appear on the commune's site."""
DECIDABLE = tuple(state for state in READABLE if state != ApplicationState.COMPLETE)
ENDED = (
    ApplicationState.INADMISSIBLE,
    ApplicationState.REFUSED,
    ApplicationState.SETTLED,
    ApplicationState.WITHDRAWN,
    ApplicationState.LAPSED,
)
"""Nothing more is to come."""
GRANTED = (ApplicationState.GRANTED, ApplicationState.PARTIALLY_GRANTED)
WORKING = (*GRANTED, ApplicationState.CONVENTION, ApplicationState.UNDER_WAY, ApplicationState.REPORT)
"""Helped, and not closed yet."""
HELPED = (*WORKING, ApplicationState.SETTLED)
PAYABLE = (ApplicationState.UNDER_WAY, ApplicationState.REPORT)
TOLD = (*PAYABLE, ApplicationState.SETTLED)
"""Far enough to have a story."""
YEAR_TO_REPORT = 365
"""Days from the decision to what counts as the end of a project that said no day [D]."""
DECISIONS = (*GRANTED, ApplicationState.REFUSED, ApplicationState.ADJOURNED)


class Fund(Versioned, Base):
    """The fund of one year: envelope, cap per project, eligible costs, who decides. Amounts in cents."""

    __tablename__ = "fund"
    __table_args__ = (
        CheckConstraint(one_of("state", FUND_STATES), name="state"),
        CheckConstraint(one_of("preset", PRESETS), name="preset"),
        CheckConstraint(one_of("rhythm", RHYTHMS), name="rhythm"),
        CheckConstraint(f"decision_maker = '' OR {one_of('decision_maker', DECISION_MAKERS)}", name="decision_maker"),
        CheckConstraint(
            "state = 'preparing' OR (coalesce(envelope_cents, 0) > 0 AND coalesce(cap_cents, 0) > 0 AND eligible_costs <> '' AND decision_maker <> '')",
            name="complete_when_open",
        ),
        CheckConstraint("envelope_cents >= 0 AND cap_cents >= 0", name="amounts"),
        CheckConstraint("closes_on IS NULL OR opens_on IS NULL OR closes_on >= opens_on", name="dates"),
        Index("uq_fund_year", "year", unique=True),
    )

    id: Mapped[Id]
    year: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10), default="preparing")
    preset: Mapped[str] = mapped_column(String(12), default="citizen_fund")
    rhythm: Mapped[str] = mapped_column(String(10), default="continuous")
    envelope_cents: Mapped[int | None]
    cap_cents: Mapped[int | None]
    eligible_costs: Mapped[str] = mapped_column(String(4000), default="")
    introduction: Mapped[str] = mapped_column(String(2000), default="")
    simple_text: Mapped[str] = mapped_column(String(2000), default="")
    decision_maker: Mapped[str] = mapped_column(String(10), default="")
    committee_id: Mapped[UUID | None] = mapped_column(ForeignKey("committee.id", ondelete="SET NULL"))
    opinion_needed: Mapped[bool] = mapped_column(default=False)
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    rules_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    committee: Mapped[Committee | None] = relationship()

    calls: Mapped[list["FundCall"]] = relationship(
        back_populates="fund", order_by="FundCall.opens_on", cascade="all, delete-orphan"
    )

    @property
    def first_day(self) -> date:
        """Day from which it is the fund of today: its first day to ask, otherwise the first of its year."""
        return self.opens_on or date(self.year, 1, 1)


class FundRules(Base):
    """The rules of a fund as they stood from a day on. An application keeps the number of those it was sent under."""

    __tablename__ = "fund_rules"
    __table_args__ = (UniqueConstraint("fund_id", "version"),)

    id: Mapped[Id]
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"))
    version: Mapped[int]
    rules: Mapped[dict[str, Any]]
    because: Mapped[str] = mapped_column(String(1000), default="")
    by_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class FundCall(Base):
    """A call for projects inside a year: when one may ask, when it is decided."""

    __tablename__ = "fund_call"
    __table_args__ = (
        CheckConstraint("closes_on >= opens_on AND (decides_on IS NULL OR decides_on >= closes_on)", name="dates"),
        Index("ix_fund_call_fund_id", "fund_id", "opens_on"),
    )

    id: Mapped[Id]
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    decides_on: Mapped[date | None]

    fund: Mapped[Fund] = relationship(back_populates="calls")


class FundApplication(CaseMixin, Base):
    """An application for help. ``project_id`` ties together the applications of one project: the cap counts them all (FON-03).

    What others bring (FON-04) are contributions of the core on this row; what the applicant asks beside money are ``asks``.
    """

    __tablename__ = "fund_application"
    __table_args__ = (
        *case_checks(ApplicationState),
        CheckConstraint("amount_asked_cents >= 0", name="amount_asked"),
        CheckConstraint("(state = 'draft') = (submitted_at IS NULL)", name="submitted"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="dates"),
        Index("ix_fund_application_fund_state", "fund_id", "state", "submitted_at"),
        Index("ix_fund_application_state", "state", "submitted_at"),
        Index("ix_fund_application_project_id", "project_id"),
        Index("ix_fund_application_folded", "folded"),
    )

    audit = "fund.application_"

    id: Mapped[Id]
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("fund_call.id", ondelete="SET NULL"), index=True)
    rules_version: Mapped[int] = mapped_column(default=0)
    project_id: Mapped[UUID] = mapped_column(default=uuid4)
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(4000))
    place: Mapped[str] = mapped_column(String(160), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    amount_asked_cents: Mapped[int] = mapped_column(default=0)
    charter_accepted_at: Mapped[datetime | None]
    shown_while_examined: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    created_at: Mapped[Created]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"), onupdate=clock.now)
    submitted_at: Mapped[datetime | None]

    fund: Mapped[Fund] = relationship(lazy="joined")
    call: Mapped[FundCall | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")
    territory: Mapped[Territory | None] = relationship(lazy="joined")
    lines: Mapped[list["BudgetLine"]] = relationship(order_by="BudgetLine.position", cascade="all, delete-orphan")
    asks: Mapped[list["Ask"]] = relationship(order_by="Ask.position", cascade="all, delete-orphan")
    grades: Mapped[list["Grade"]] = relationship(order_by="Grade.position", cascade="all, delete-orphan")
    advice: Mapped[list["Advice"]] = relationship(order_by="Advice.at", cascade="all, delete-orphan")
    decisions: Mapped[list["Decision"]] = relationship(order_by="Decision.decided_at", cascade="all, delete-orphan")
    returns: Mapped[list["Return"]] = relationship(order_by="Return.at", cascade="all, delete-orphan")
    repayments: Mapped[list["Repayment"]] = relationship(
        back_populates="application", order_by="Repayment.asked_on", cascade="all, delete-orphan"
    )
    payee: Mapped["Payee | None"] = relationship(cascade="all, delete-orphan")
    payments: Mapped[list["Payment"]] = relationship(
        back_populates="application", order_by="Payment.created_at", cascade="all, delete-orphan"
    )
    report: Mapped["Report | None"] = relationship(cascade="all, delete-orphan")

    @property
    def last_day(self) -> date | None:
        """The end of the project, from which its report is counted: the last day, otherwise the first, otherwise a year after
        the decision (FON-09)."""
        known = self.ends_on or self.starts_on
        if known is not None or self.decision is None:
            return known
        return self.decision.decided_at.astimezone(UTC).date() + timedelta(days=YEAR_TO_REPORT)

    @property
    def total_cents(self) -> int:
        """Cost of the project in cash: sum of its budget lines."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def decision(self) -> "Decision | None":
        """The decision in force; corrected ones, and adjournments, are kept behind it."""
        return next((d for d in reversed(self.decisions) if d.replaced_at is None), None)

    @property
    def granted_cents(self) -> int:
        """What is granted today, before what came back (FON-11)."""
        return self.decision.amount_cents if self.decision else 0

    @property
    def returned_cents(self) -> int:
        """What came back to the envelope (FON-11)."""
        return sum(r.amount_cents for r in self.returns)

    @property
    def repaid_cents(self) -> int:
        """What was paid, then came back."""
        return sum(r.amount_cents for r in self.repayments if r.state == "received")

    @property
    def paid_cents(self) -> int:
        """What was paid, less what came back of it."""
        return sum(p.amount_cents for p in self.payments if p.state == "paid") - self.repaid_cents

    @property
    def unspent_cents(self) -> int:
        """What was paid above all that the report says was spent."""
        return max(0, self.paid_cents - sum(line.spent_cents or 0 for line in self.lines))

    @property
    def to_pay_cents(self) -> int:
        """What is granted, did not come back and is not paid yet."""
        return self.granted_cents - self.returned_cents - self.paid_cents


class BudgetLine(Base):
    """One cost of a project. Only running costs (charges de fonctionnement) exist here (FON-02)."""

    __tablename__ = "fund_budget_line"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("spent_cents >= 0", name="spent"),
        CheckConstraint("kind = 'running'", name="running_costs_only"),
        Index("ix_fund_budget_line_application_id", "application_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(12), default="running")
    amount_cents: Mapped[int]
    spent_cents: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]


class Ask(Base):
    """Something asked beside money: things (seeds, cloth) or time (a mason for a day). FON-06 keeps the natures apart."""

    __tablename__ = "fund_ask"
    __table_args__ = (
        CheckConstraint(one_of("nature", NATURES[1:]), name="nature"),
        CheckConstraint("quantity > 0 AND granted_quantity >= 0", name="quantity"),
        Index("ix_fund_ask_application_id", "application_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    nature: Mapped[str] = mapped_column(String(9))
    description: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    unit: Mapped[str] = mapped_column(String(40), default="")
    granted_quantity: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    provider: Mapped[str] = mapped_column(String(160), default="")
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]


class Grade(Base):
    """One line of the analysis grid: a criterion, 0 (not at all) to 3 (fully), and a word."""

    __tablename__ = "fund_grade"
    __table_args__ = (
        CheckConstraint("grade BETWEEN 0 AND 3", name="grade"),
        UniqueConstraint("application_id", "criterion"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    criterion: Mapped[str] = mapped_column(String(160))
    grade: Mapped[int]
    note: Mapped[str] = mapped_column(String(600), default="")
    position: Mapped[int]
    by_id: Mapped[UUID | None]


class Advice(Base):
    """Opinion of a service of the mairie (FON-07); opinions of a committee are matters of the core."""

    __tablename__ = "fund_advice"
    __table_args__ = (
        CheckConstraint(one_of("verdict", VERDICTS), name="verdict"),
        CheckConstraint("verdict = 'favourable' OR text <> ''", name="text"),
        Index("ix_fund_advice_application_id", "application_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    service: Mapped[str] = mapped_column(String(120))
    verdict: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(String(2000), default="")
    by_id: Mapped[UUID | None]
    at: Mapped[Created]


class Decision(Base):
    """What was decided. A mistaken one is replaced by another and stays readable; so does an adjournment."""

    __tablename__ = "fund_decision"
    __table_args__ = (
        CheckConstraint(one_of("kind", DECISIONS), name="kind"),
        CheckConstraint(
            "amount_cents >= 0 AND (kind IN ('granted', 'partially_granted') OR amount_cents = 0)", name="amount"
        ),
        CheckConstraint("kind = 'granted' OR motive <> ''", name="motive"),
        Index("uq_fund_decision_in_force", "application_id", unique=True, postgresql_where=text("replaced_at IS NULL")),
        Index("ix_fund_decision_fund_id", "fund_id"),
        Index("ix_fund_decision_decided_at", "decided_at", postgresql_where=text("replaced_at IS NULL")),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    kind: Mapped[str] = mapped_column(String(20))
    amount_cents: Mapped[int]
    in_kind: Mapped[str] = mapped_column(String(1000), default="")
    motive: Mapped[str] = mapped_column(String(2000), default="")
    act: Mapped[str] = mapped_column(String(80), default="")
    act_on: Mapped[date | None]
    decided_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    decided_by_id: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None]
    replaced_because: Mapped[str] = mapped_column(String(1000), default="")


class Return(Base):
    """An amount that comes back to the envelope, and why (FON-11)."""

    __tablename__ = "fund_return"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount"),
        Index("ix_fund_return_fund_id", "fund_id"),
        Index("ix_fund_return_application_id", "application_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    fund_id: Mapped[UUID] = mapped_column(ForeignKey("fund.id"))
    amount_cents: Mapped[int]
    motive: Mapped[str] = mapped_column(String(600), default="")
    by_id: Mapped[UUID | None]
    at: Mapped[Created]


class Repayment(Base):
    """Money that was paid and not spent: asked back (titre de recette), then received by the treasurer, or waived.

    Only what was received returns to the envelope (FON-11); the return is its trace there.
    """

    __tablename__ = "fund_repayment"
    __table_args__ = (
        CheckConstraint(one_of("state", ("asked", "received", "waived")), name="state"),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("(state = 'received') = (received_on IS NOT NULL)", name="received"),
        CheckConstraint("state <> 'waived' OR motive <> ''", name="motive"),
        Index("ix_fund_repayment_application_id", "application_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    amount_cents: Mapped[int]
    state: Mapped[str] = mapped_column(String(8), default="asked")
    asked_on: Mapped[date]
    received_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(60), default="")
    motive: Mapped[str] = mapped_column(String(600), default="")

    application: Mapped[FundApplication] = relationship(back_populates="repayments")


class Payee(Base):
    """Who is paid, and where. A collective without legal personality names somebody else, and why. The IBAN is sealed."""

    __tablename__ = "fund_payee"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("applicant", "organisation", "third_party", "supplier")), name="kind"),
        CheckConstraint("kind IN ('applicant', 'organisation') OR why <> ''", name="why"),
        UniqueConstraint("application_id"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(160))
    iban_sealed: Mapped[str] = mapped_column(String(300), default="")
    iban_end: Mapped[str] = mapped_column(String(4), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    why: Mapped[str] = mapped_column(String(400), default="")
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    changed_at: Mapped[Created]

    file: Mapped[StoredFile | None] = relationship()


class Payment(Base):
    """Money on its way to the payee: ordered (mandat), then paid by the treasurer. Never before the agreement (FON-09)."""

    __tablename__ = "fund_payment"
    __table_args__ = (
        CheckConstraint(one_of("state", ("ordered", "paid", "cancelled")), name="state"),
        CheckConstraint(one_of("kind", ("single", "advance", "balance")), name="kind"),
        CheckConstraint("amount_cents > 0", name="amount"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid"),
        Index("ix_fund_payment_application_id", "application_id"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(8), default="single")
    amount_cents: Mapped[int]
    payee_name: Mapped[str] = mapped_column(String(160))
    iban_end: Mapped[str] = mapped_column(String(4), default="")
    mandate: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(9), default="ordered")
    ordered_on: Mapped[date]
    paid_on: Mapped[date | None]
    created_at: Mapped[Created]

    application: Mapped[FundApplication] = relationship(back_populates="payments")


class Report(Versioned, Base):
    """What became of the project: in words, in money, in people. Spent amounts are on the budget lines."""

    __tablename__ = "fund_report"
    __table_args__ = (
        UniqueConstraint("application_id"),
        CheckConstraint("people >= 0 AND hours >= 0", name="figures"),
    )

    id: Mapped[Id]
    application_id: Mapped[UUID] = mapped_column(ForeignKey("fund_application.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(6000))
    people: Mapped[int | None]
    hours: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    may_publish: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str] = mapped_column(String(10), default="web")
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]

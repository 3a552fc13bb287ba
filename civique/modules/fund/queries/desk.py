"""What the mairie's lists read: the queue with its filters, what needs somebody, money on its way."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from civique.core import clock, settings
from civique.core.agreements.models import Agreement, UpkeepCheck
from civique.core.answers.models import AnswerDue
from civique.core.cases.models import CaseStep
from civique.core.cases.queries import full_name, lines
from civique.core.committees.models import AgendaItem
from civique.core.contributions.models import Contribution
from civique.core.i18n import _l
from civique.core.loading import Holdings, among, read_collection, read_together
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.stories.models import Story
from civique.modules.fund.models import (
    DECIDABLE,
    GRANTED,
    HELPED,
    PAYABLE,
    WAITING,
    ApplicationState,
    Decision,
    Fund,
    FundApplication,
    Payment,
    Repayment,
    Return,
)
from civique.modules.fund.queries import LAST_DAY
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession

# The queue -----------------------------------------------------------------------------------------------------------


SENT = FundApplication.state != ApplicationState.DRAFT
_GRANTED = (
    select(Decision.amount_cents)
    .where(Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None))
    .correlate(FundApplication)
    .scalar_subquery()
)
LINES = (
    lines(
        FundApplication,
        FundApplication.title,
        FundApplication.submitted_at,
        FundApplication.amount_asked_cents,
        LAST_DAY.label("last_day"),
        _GRANTED.label("granted_cents"),
        whom=lambda applicant: func.coalesce(Organisation.name, full_name(applicant)),
    )
    .outerjoin(Organisation, Organisation.id == FundApplication.organisation_id)
    .where(SENT)
)
"""The queue as lines of a page: columns only, names included (twenty objects cost twice as much)."""
FILES = (
    select(FundApplication)
    .where(SENT)
    .options(
        joinedload(FundApplication.applicant),
        joinedload(FundApplication.assignee),
        selectinload(FundApplication.decisions),
        selectinload(FundApplication.lines),
    )
)
"""The queue as objects, with all that its spreadsheet reads."""


def of_year(year: str) -> ColumnElement[bool]:
    """Applications to the fund of a year."""
    return FundApplication.fund_id == select(Fund.id).where(Fund.year == int(year)).scalar_subquery()


WAITING_FIRST = (among(FundApplication.state, WAITING).desc(), FundApplication.submitted_at, FundApplication.id)
"""Order of the queue: what waits for the mairie comes first, the eldest at the top."""
VIEW_LABELS = {
    "to_complete": _l("The applicant completes"),
    "to_agree": _l("Agreement to write"),
    "to_sign": _l("Agreement to sign"),
    "to_pay": _l("Payment to order"),
    "late_reports": _l("Report late"),
    "reports": _l("Report to read"),
    "checks": _l("Upkeep to check"),
}
"""Saved views of the queue besides those of every case, in the order of an application's life."""


# A file --------------------------------------------------------------------------------------------------------------

_FILE = (
    select(FundApplication, AnswerDue)
    .outerjoin(
        AnswerDue,
        and_(AnswerDue.object_id == FundApplication.id, AnswerDue.object_type == FundApplication.__tablename__),
    )
    .where(FundApplication.id == bindparam("id"), FundApplication.state != ApplicationState.DRAFT)
    .options(
        joinedload(FundApplication.applicant).joinedload(Person.emails),
        joinedload(FundApplication.assignee).load_only(Person.given_name, Person.family_name),
        joinedload(FundApplication.lines),
    )
)
_FEW = {"decisions", "returns", "payments", "repayments", "payee", "report"}
_SIBLING = aliased(FundApplication)
_HOLDINGS = Holdings(
    FundApplication,
    (
        "asks",
        "missing",
        "grades",
        "advice",
        "decisions",
        "returns",
        "payments",
        "repayments",
        "payee",
        "report",
    ),
    supports=exists().where(Contribution.object_id == bindparam("id"), Contribution.withdrawn_at.is_(None)),
    story=exists().where(Story.object_id == bindparam("id")),
    items=exists().where(AgendaItem.object_id == bindparam("id")),
    siblings=exists().where(_SIBLING.project_id == bindparam("project"), _SIBLING.id != bindparam("id")),
)


def file_of(session: TenantSession, application_id: UUID) -> tuple[FundApplication, AnswerDue | None] | None:
    """An application with those it names, its budget, and the answer due; None for a draft, which belongs to its
    applicant alone."""
    row = session.execute(_FILE, {"id": application_id}).unique().first()
    return (row[0], row[1]) if row else None


def held_by(session: TenantSession, application: FundApplication) -> set[str]:
    """What a file holds, in one statement: its collections, ``supports``, agenda ``items`` of committees, ``siblings``
    (other applications of its project). Its course is read in a second one; decisions, money and report, a few rows, in
    a third."""
    held = _HOLDINGS.of(session, application, project=application.project_id)
    read_collection(session, application, "steps")
    read_together(session, application, held & _FEW)
    return held


def sent(session: TenantSession, ids: Collection[UUID]) -> Sequence[FundApplication]:
    """Those of these applications that were sent, in the order of their references."""
    query = select(FundApplication).where(FundApplication.id.in_(ids), FundApplication.state != ApplicationState.DRAFT)
    query = query.options(joinedload(FundApplication.applicant)).order_by(FundApplication.reference)
    return session.scalars(query).unique().all()


# Committees ----------------------------------------------------------------------------------------------------------


def decidable(session: TenantSession, limit: int) -> Sequence[FundApplication]:
    """Applications that may be put to a committee or decided, eldest first."""
    query = (
        select(FundApplication)
        .where(among(FundApplication.state, DECIDABLE))
        .options(joinedload(FundApplication.applicant))
    )
    return session.scalars(query.order_by(FundApplication.submitted_at, FundApplication.id).limit(limit)).unique().all()


# Money ---------------------------------------------------------------------------------------------------------------


def _sum_of(column: Any, *conditions: Any) -> ColumnElement[int]:
    return func.coalesce(select(func.sum(column)).where(*conditions).correlate(FundApplication).scalar_subquery(), 0)


def left_to_order() -> ColumnElement[int]:
    """Cents of an application that are granted, did not come back and for which no order was given."""
    granted = _sum_of(
        Decision.amount_cents, Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None)
    )
    returned = _sum_of(Return.amount_cents, Return.application_id == FundApplication.id)
    ordered = _sum_of(Payment.amount_cents, Payment.application_id == FundApplication.id, Payment.state != "cancelled")
    repaid = _sum_of(
        Repayment.amount_cents, Repayment.application_id == FundApplication.id, Repayment.state == "received"
    )
    return granted - returned - ordered + repaid


_CHECK = exists().where(
    Agreement.object_id == FundApplication.id,
    Agreement.state == "signed",
    Agreement.replaced_at.is_(None),
    UpkeepCheck.agreement_id == Agreement.id,
    UpkeepCheck.done_on.is_(None),
    UpkeepCheck.due_on <= bindparam("today"),
)
VIEWS: dict[str, ColumnElement[bool]] = {
    "to_complete": FundApplication.state == ApplicationState.TO_COMPLETE,
    "to_agree": among(FundApplication.state, GRANTED),
    "to_sign": FundApplication.state == ApplicationState.CONVENTION,
    "to_pay": and_(among(FundApplication.state, PAYABLE), left_to_order() > 0),
    "late_reports": and_(  # FON-09
        FundApplication.state == ApplicationState.UNDER_WAY, bindparam("late_before") > LAST_DAY
    ),
    "reports": FundApplication.state == ApplicationState.REPORT,
    "checks": and_(among(FundApplication.state, HELPED), _CHECK),  # FON-10
}
"""What the saved views of :data:`VIEW_LABELS` hold; they compare with :func:`view_values`."""


def view_values(session: TenantSession) -> dict[str, date]:
    """What the conditions of :data:`VIEWS` compare with."""
    days = settings.get(session, FundSettings).report_days
    return {"today": clock.today(), "late_before": clock.today() - timedelta(days=days)}


def to_order() -> Select[FundApplication]:
    """Query of the applications of which something is still to be ordered, signed longest ago first."""
    return (
        select(FundApplication)
        .where(among(FundApplication.state, PAYABLE), left_to_order() > 0)
        .options(
            joinedload(FundApplication.applicant),
            joinedload(FundApplication.payee),
            selectinload(FundApplication.decisions),
            selectinload(FundApplication.returns),
            selectinload(FundApplication.payments),
            selectinload(FundApplication.repayments),
        )
        .order_by(FundApplication.submitted_at, FundApplication.id)
    )


def payments(state: str) -> Select[Payment]:
    """Query of the orders in a state: oldest order first, newest payment first."""
    order = Payment.paid_on.desc() if state == "paid" else Payment.ordered_on
    return (
        select(Payment)
        .join(FundApplication, FundApplication.id == Payment.application_id)
        .where(Payment.state == state)
        .options(
            contains_eager(Payment.application).joinedload(FundApplication.applicant),
            contains_eager(Payment.application).selectinload(FundApplication.decisions),
        )
        .order_by(order, Payment.id)
    )


def to_collect() -> Select[Repayment]:
    """Query of the amounts asked back that the treasurer has not received, asked longest ago first."""
    return (
        select(Repayment)
        .join(FundApplication, FundApplication.id == Repayment.application_id)
        .where(Repayment.state == "asked")
        .options(contains_eager(Repayment.application).joinedload(FundApplication.applicant))
        .order_by(Repayment.asked_on, Repayment.id)
    )


def money_counts(session: TenantSession) -> dict[str, tuple[int, int]]:
    """Number and cents of what is to be ordered, is ordered, was paid, is asked back."""
    left = left_to_order()
    orders = select(func.count(), func.coalesce(func.sum(left), 0)).where(
        among(FundApplication.state, PAYABLE), left > 0
    )
    found = {"to_order": session.execute(orders).one(), "ordered": (0, 0), "paid": (0, 0)}
    states = select(Payment.state, func.count(), func.sum(Payment.amount_cents)).group_by(Payment.state)
    found |= {state: (count, cents) for state, count, cents in session.execute(states)}
    back = select(func.count(), func.coalesce(func.sum(Repayment.amount_cents), 0)).where(Repayment.state == "asked")
    found["to_collect"] = session.execute(back).one()
    return {name: (int(found[name][0]), int(found[name][1])) for name in ("to_order", "ordered", "paid", "to_collect")}


# Work ----------------------------------------------------------------------------------------------------------------


def waiting_since(session: TenantSession, state: str, days: int) -> Sequence[FundApplication]:
    """Applications that entered their state more than some days ago and are still in it."""
    limit = clock.now() - timedelta(days=days)
    last = (
        select(func.max(CaseStep.at))
        .where(CaseStep.object_id == FundApplication.id, CaseStep.state == FundApplication.state)
        .correlate(FundApplication)
        .scalar_subquery()
    )
    query = select(FundApplication).where(FundApplication.state == state, last < limit)
    return session.scalars(query.order_by(FundApplication.id)).unique().all()

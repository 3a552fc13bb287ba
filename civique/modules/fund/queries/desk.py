"""What the mairie's lists read: the queue with its filters, what needs somebody, money on its way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from civique.core import clock, settings
from civique.core.agreements.models import Agreement, UpkeepCheck
from civique.core.answers.models import AnswerDue
from civique.core.cases.models import CaseStep
from civique.core.committees.models import AgendaItem
from civique.core.contributions.models import Contribution
from civique.core.loading import Holdings, among, read_collection, read_together
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.stories.models import Story
from civique.core.territory.models import Territory
from civique.modules.fund import queries
from civique.modules.fund.models import (
    DECIDABLE,
    ENDED,
    EXAMINED,
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
from civique.modules.fund.queries import Gauge
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession

GROUPS = {"waiting": WAITING, "helped": HELPED, "closed": ENDED}


@dataclass(frozen=True)
class Wanted:
    """Filters of the queue, as the address says them."""

    text: str = ""
    state: str = ""
    fund_id: UUID | None = None
    territory_id: UUID | None = None
    channel: str = ""
    assignee_id: UUID | None = None
    view: str = ""
    sort: str = "waiting"

    @property
    def counted(self) -> str | None:
        """The saved filter (or ``all``) that says how many applications these are; None when other filters are set."""
        others = (
            self.text,
            self.fund_id,
            self.territory_id,
            self.channel,
            self.state if self.view != "waiting" else "",
        )
        return None if any(others) else self.view or "all"


# The queue -----------------------------------------------------------------------------------------------------------


def _name(person: type[Person]) -> ColumnElement[str]:
    return func.concat_ws(" ", person.given_name, person.family_name)


def _lines() -> Select[*tuple[Any, ...]]:
    applicant, assignee = aliased(Person), aliased(Person)
    return (
        select(
            FundApplication.id,
            FundApplication.reference,
            FundApplication.title,
            FundApplication.state,
            FundApplication.submitted_at,
            FundApplication.amount_asked_cents,
            Decision.amount_cents.label("granted_cents"),
            Territory.name.label("village"),
            _name(assignee).label("examiner"),
            func.coalesce(Organisation.name, _name(applicant)).label("whom"),
        )
        .select_from(FundApplication)
        .outerjoin(Decision, and_(Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None)))
        .outerjoin(Organisation, Organisation.id == FundApplication.organisation_id)
        .outerjoin(Territory, Territory.id == FundApplication.territory_id)
        .outerjoin(applicant, applicant.id == FundApplication.applicant_id)
        .outerjoin(assignee, assignee.id == FundApplication.assignee_id)
    )


LINES = _lines()
"""The queue as lines of a page: columns only, names included (twenty objects cost twice as much)."""
FILES = select(FundApplication).options(
    joinedload(FundApplication.applicant),
    joinedload(FundApplication.assignee),
    selectinload(FundApplication.decisions),
    selectinload(FundApplication.lines),
)
"""The queue as objects, with all that its spreadsheet reads."""


def queue(session: TenantSession, wanted: Wanted, shown: Select[Any] = FILES) -> Select[Any]:
    """Query of the queue with its filters, a saved view and its order; ``shown`` is ``LINES`` or ``FILES``."""
    query = shown.where(FundApplication.state != ApplicationState.DRAFT, *queries.said_in(wanted.text))
    if wanted.state:
        query = query.where(among(FundApplication.state, GROUPS.get(wanted.state, (wanted.state,))))
    for column, value in (
        (FundApplication.fund_id, wanted.fund_id),
        (FundApplication.territory_id, wanted.territory_id),
        (FundApplication.channel, wanted.channel),
        (FundApplication.assignee_id, wanted.assignee_id),
    ):
        query = query.where(column == value) if value else query
    if wanted.view == "mine":
        query = query.where(among(FundApplication.state, EXAMINED))
    elif wanted.view in SAVED:
        query = query.where(views(session)[wanted.view])
    return query.order_by(*ORDERS[wanted.sort])


ORDERS: dict[str, tuple[Any, ...]] = {
    "waiting": (among(FundApplication.state, WAITING).desc(), FundApplication.submitted_at, FundApplication.id),
    "newest": (FundApplication.submitted_at.desc(), FundApplication.id),
    "amount": (FundApplication.amount_asked_cents.desc(), FundApplication.id),
    "title": (FundApplication.folded, FundApplication.id),
}
"""What waits for the mairie comes first, the eldest at the top; or another order."""


def views(session: TenantSession) -> dict[str, ColumnElement[bool]]:
    """Saved filters: what needs somebody today."""
    return _views(clock.today(), _late_before(session))


def _views(today: Any, late_before: Any) -> dict[str, ColumnElement[bool]]:
    check = exists().where(
        Agreement.object_id == FundApplication.id,
        Agreement.state == "signed",
        Agreement.replaced_at.is_(None),
        UpkeepCheck.agreement_id == Agreement.id,
        UpkeepCheck.done_on.is_(None),
        UpkeepCheck.due_on <= today,
    )
    return {
        ApplicationState.TO_COMPLETE: FundApplication.state == ApplicationState.TO_COMPLETE,
        "to_agree": among(FundApplication.state, GRANTED),
        "to_sign": FundApplication.state == ApplicationState.CONVENTION,
        "to_pay": and_(among(FundApplication.state, PAYABLE), left_to_order() > 0),
        "late_reports": and_(
            FundApplication.state == ApplicationState.UNDER_WAY, FundApplication.ends_on < late_before
        ),  # FON-09
        "reports": FundApplication.state == ApplicationState.REPORT,
        "checks": and_(among(FundApplication.state, HELPED), check),  # FON-10
    }


def _late_before(session: TenantSession) -> date:
    return clock.today() - timedelta(days=settings.get(session, FundSettings).report_days)


def counts(session: TenantSession, assignee_id: UUID | None, fund: Fund) -> tuple[dict[str, int], Gauge]:
    """How many applications there are (``all``) and behind each saved filter, and the gauge of a fund, in one query."""
    values = {
        "today": clock.today(),
        "late_before": _late_before(session),
        "examiner": assignee_id,
        "fund": fund.id,
    }
    row = session.execute(_COUNTS, values).one()
    names = len(_CONDITIONS)
    return dict(zip(_CONDITIONS, row[:names], strict=True)), queries.gauge_from(fund, row[names:])


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


_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "all": FundApplication.state != ApplicationState.DRAFT,
    "waiting": among(FundApplication.state, WAITING),
    "mine": and_(FundApplication.assignee_id == bindparam("examiner"), among(FundApplication.state, EXAMINED)),
    **_views(bindparam("today"), bindparam("late_before")),
}
_COUNTS = select(
    *(func.count().filter(condition).label(name) for name, condition in _CONDITIONS.items()), *queries.GAUGE_COLUMNS
)
SAVED = frozenset(_CONDITIONS) - {"all", "waiting", "mine"}


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
        .options(contains_eager(Payment.application).joinedload(FundApplication.applicant))
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


def in_view(session: TenantSession, view: str, limit: int) -> Sequence[FundApplication]:
    """The eldest applications behind a saved filter."""
    query = select(FundApplication).where(views(session)[view]).options(joinedload(FundApplication.applicant))
    return session.scalars(query.order_by(FundApplication.submitted_at, FundApplication.id).limit(limit)).unique().all()


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

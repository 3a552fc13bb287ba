"""What the mairie's lists read: the queue with its filters, what needs somebody, money on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from civique.core import clock, settings
from civique.core.conventions.models import Convention, Signature, UpkeepCheck
from civique.modules.fund import queries
from civique.modules.fund.models import (
    EXAMINED,
    HELPED,
    PAYABLE,
    WAITING,
    Decision,
    FundRequest,
    Payment,
    RequestStep,
    Return,
)
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession

CLOSED = ("inadmissible", "refused", "settled", "withdrawn", "lapsed")
GROUPS = {"waiting": WAITING, "helped": HELPED, "closed": CLOSED}
SORTS = ("waiting", "newest", "amount", "title")


@dataclass(frozen=True)
class Wanted:
    """Filters of the queue, as the address says them."""

    text: str = ""
    state: str = ""
    fund_id: UUID | None = None
    territory_id: UUID | None = None
    channel: str = ""
    examiner_id: UUID | None = None
    view: str = ""
    sort: str = "waiting"


def queue(session: TenantSession, wanted: Wanted) -> Select[FundRequest]:
    """Query of the queue with its filters, a saved view and its order."""
    state = wanted.state if wanted.state not in GROUPS else ""
    query = queries.find_requests(
        wanted.text, state, wanted.fund_id, territory_id=wanted.territory_id, channel=wanted.channel,
        examiner_id=wanted.examiner_id,
    )  # fmt: skip
    if wanted.state in GROUPS:
        query = query.where(FundRequest.state.in_(GROUPS[wanted.state]))
    condition = views(session).get(wanted.view)
    if condition is not None:
        query = query.where(condition)
    orders: dict[str, tuple[Any, ...]] = {
        "newest": (FundRequest.submitted_at.desc(), FundRequest.id),
        "amount": (FundRequest.amount_asked_cents.desc(), FundRequest.id),
        "title": (FundRequest.folded, FundRequest.id),
    }
    return query.order_by(None).order_by(*orders[wanted.sort]) if wanted.sort in orders else query


def views(session: TenantSession) -> dict[str, ColumnElement[bool]]:
    """Saved filters: what needs somebody today."""
    return {
        "to_complete": FundRequest.state == "to_complete",
        "to_agree": FundRequest.state.in_(("granted", "partially_granted")),
        "to_sign": FundRequest.state == "convention",
        "to_pay": and_(FundRequest.state.in_(PAYABLE), left_to_order() > 0),
        "late_reports": late_report(session),
        "reports": FundRequest.state == "report",
        "checks": _check_due(),
    }


def late_report(session: TenantSession) -> ColumnElement[bool]:
    """Projects under way whose report should be there (FON-09)."""
    limit = clock.today() - timedelta(days=settings.get(session, FundSettings).report_days)
    return and_(FundRequest.state == "under_way", FundRequest.ends_on < limit)


def _check_due() -> ColumnElement[bool]:
    """Projects of which an upkeep check should have been made (FON-10)."""
    query = exists().where(
        Convention.object_id == FundRequest.id, Convention.state == "signed", Convention.replaced_at.is_(None),
        UpkeepCheck.convention_id == Convention.id, UpkeepCheck.done_on.is_(None), UpkeepCheck.due_on <= clock.today(),
    )  # fmt: skip
    return and_(FundRequest.state.in_(HELPED), query)


def counts(session: TenantSession, examiner_id: UUID | None) -> dict[str, int]:
    """How many requests are behind each saved filter, in one query."""
    conditions: dict[str, ColumnElement[bool]] = {
        "waiting": FundRequest.state.in_(WAITING),
        "mine": and_(FundRequest.examiner_id == examiner_id, FundRequest.state.in_(EXAMINED)),
        **views(session),
    }
    row = session.execute(select(*(func.count().filter(c) for c in conditions.values())).select_from(FundRequest)).one()
    return dict(zip(conditions, row, strict=True))


# Money ---------------------------------------------------------------------------------------------------------------


def _sum_of(column: Any, *conditions: Any) -> ColumnElement[int]:
    return func.coalesce(select(func.sum(column)).where(*conditions).correlate(FundRequest).scalar_subquery(), 0)


def left_to_order() -> ColumnElement[int]:
    """Cents of a request that are granted, did not come back and for which no order was given."""
    granted = _sum_of(Decision.amount_cents, Decision.request_id == FundRequest.id, Decision.replaced_at.is_(None))
    returned = _sum_of(Return.amount_cents, Return.request_id == FundRequest.id)
    ordered = _sum_of(Payment.amount_cents, Payment.request_id == FundRequest.id, Payment.state != "cancelled")
    return granted - returned - ordered


def to_order() -> Select[FundRequest]:
    """Query of the requests of which something is still to be ordered, signed longest ago first."""
    return (
        select(FundRequest)
        .where(FundRequest.state.in_(PAYABLE), left_to_order() > 0)
        .options(
            joinedload(FundRequest.holder), joinedload(FundRequest.payee), selectinload(FundRequest.decisions),
            selectinload(FundRequest.returns), selectinload(FundRequest.payments),
        )
        .order_by(FundRequest.submitted_at, FundRequest.id)
    )  # fmt: skip


def payments(state: str) -> Select[Payment]:
    """Query of the orders in a state: oldest order first, newest payment first."""
    order = Payment.paid_on.desc() if state == "paid" else Payment.ordered_on
    return (
        select(Payment)
        .join(FundRequest, FundRequest.id == Payment.request_id)
        .where(Payment.state == state)
        .options(contains_eager(Payment.request).joinedload(FundRequest.holder))
        .order_by(order, Payment.id)
    )


def money_counts(session: TenantSession) -> dict[str, tuple[int, int]]:
    """Number and cents of what is to be ordered, is ordered, was paid."""
    left = left_to_order()
    orders = select(func.count(), func.coalesce(func.sum(left), 0)).where(FundRequest.state.in_(PAYABLE), left > 0)
    found = {"to_order": session.execute(orders).one(), "ordered": (0, 0), "paid": (0, 0)}
    states = select(Payment.state, func.count(), func.sum(Payment.amount_cents)).group_by(Payment.state)
    found |= {state: (count, cents) for state, count, cents in session.execute(states)}
    return {state: (int(found[state][0]), int(found[state][1])) for state in ("to_order", "ordered", "paid")}


# Work ----------------------------------------------------------------------------------------------------------------


def unsigned_by_commune(session: TenantSession, limit: int) -> Sequence[FundRequest]:
    """Requests whose agreement the holder has signed and the commune has not, eldest first."""
    signed = {
        side: exists().where(Signature.convention_id == Convention.id, Signature.side == side)
        for side in ("holder", "commune")
    }
    query = (
        select(FundRequest)
        .join(Convention, Convention.object_id == FundRequest.id)
        .where(
            FundRequest.state == "convention", Convention.replaced_at.is_(None), signed["holder"], ~signed["commune"]
        )
        .options(joinedload(FundRequest.holder))
        .order_by(Convention.created_at)
        .limit(limit)
    )
    return session.scalars(query).unique().all()


def in_view(session: TenantSession, view: str, limit: int) -> Sequence[FundRequest]:
    """The eldest requests behind a saved filter."""
    query = select(FundRequest).where(views(session)[view]).options(joinedload(FundRequest.holder))
    return session.scalars(query.order_by(FundRequest.submitted_at, FundRequest.id).limit(limit)).unique().all()


def checks_to_make(session: TenantSession, until: date, limit: int) -> Sequence[tuple[UpkeepCheck, FundRequest]]:
    """Visits of upkeep to make by a day, eldest first, with their request."""
    query = (
        select(UpkeepCheck, FundRequest)
        .join(Convention, Convention.id == UpkeepCheck.convention_id)
        .join(FundRequest, FundRequest.id == Convention.object_id)
        .where(
            Convention.state == "signed", Convention.replaced_at.is_(None), UpkeepCheck.done_on.is_(None),
            UpkeepCheck.due_on <= until,
        )
        .options(joinedload(FundRequest.holder))
        .order_by(UpkeepCheck.due_on)
        .limit(limit)
    )  # fmt: skip
    return [(check, request) for check, request in session.execute(query).unique()]


def waiting_since(session: TenantSession, state: str, days: int) -> Sequence[FundRequest]:
    """Requests that entered their state more than some days ago and are still in it."""
    limit = clock.now() - timedelta(days=days)
    last = (
        select(func.max(RequestStep.at))
        .where(RequestStep.request_id == FundRequest.id, RequestStep.state == FundRequest.state)
        .correlate(FundRequest)
        .scalar_subquery()
    )
    query = select(FundRequest).where(FundRequest.state == state, last < limit)
    return session.scalars(query.order_by(FundRequest.id)).unique().all()

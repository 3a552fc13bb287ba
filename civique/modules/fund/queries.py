"""Reading the fund."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from civique.core.folding import fold
from civique.core.organisations.models import Representative
from civique.core.people.models import Person
from civique.modules.fund.models import EXAMINED, HELPED, Decision, Fund, FundRequest
from tenants.session import TenantSession


@dataclass(frozen=True)
class Gauge:
    """Where the envelope stands, in cents; ``examined`` counts the requests that wait for a decision."""

    envelope: int
    granted: int
    examined: int
    helped: int

    @property
    def left(self) -> int:
        """What can still be granted."""
        return self.envelope - self.granted

    @property
    def share(self) -> int:
        """Granted part of the envelope, in percent, for the drawing."""
        return min(100, round(100 * self.granted / self.envelope)) if self.envelope else 0


def funds(session: TenantSession) -> Sequence[Fund]:
    """Every year's fund, newest first."""
    return session.scalars(select(Fund).order_by(Fund.year.desc())).all()


def current_fund(session: TenantSession) -> Fund | None:
    """The open fund, otherwise the newest closed one; one in preparation is shown to nobody."""
    query = select(Fund).where(Fund.state != "preparing").order_by((Fund.state == "open").desc(), Fund.year.desc())
    return session.scalars(query.limit(1)).first()


def granted_cents(session: TenantSession, fund: Fund) -> int:
    """Sum of the grants in force on an envelope (FON-05)."""
    return int(session.execute(_granted(fund)).scalar_one())


def _granted(fund: Fund) -> Select[int]:
    return select(func.coalesce(func.sum(Decision.amount_cents), 0)).where(
        Decision.fund_id == fund.id, Decision.replaced_at.is_(None)
    )


def project_granted_cents(session: TenantSession, request: FundRequest) -> int:
    """Sum of the grants in force to the other requests of the same project this year (FON-03)."""
    query = (
        select(func.coalesce(func.sum(Decision.amount_cents), 0))
        .join(FundRequest, FundRequest.id == Decision.request_id)
        .where(
            FundRequest.project_id == request.project_id,
            FundRequest.id != request.id,
            Decision.fund_id == request.fund_id,
            Decision.replaced_at.is_(None),
        )
    )
    return int(session.execute(query).scalar_one())


def gauge(session: TenantSession, fund: Fund) -> Gauge:
    """Envelope, grants, requests under examination and projects helped."""
    query = select(
        _granted(fund).scalar_subquery(),
        func.count().filter(FundRequest.state.in_(EXAMINED)),
        func.count().filter(FundRequest.state.in_(HELPED)),
    ).where(FundRequest.fund_id == fund.id)
    granted, examined, helped = session.execute(query).one()
    return Gauge(fund.envelope_cents or 0, int(granted), examined, helped)


def helped_projects(fund: Fund | None = None) -> Select[FundRequest]:
    """Query of the projects that received help, newest decision first. Their only loaded decision is the one in force."""
    query = (
        select(FundRequest)
        .join(Decision, Decision.request_id == FundRequest.id)
        .where(FundRequest.state.in_(HELPED), Decision.replaced_at.is_(None))
        .options(contains_eager(FundRequest.decisions))
        .order_by(Decision.decided_at.desc(), FundRequest.id)
    )
    return query.where(FundRequest.fund_id == fund.id) if fund else query


def find_requests(text: str = "", state: str = "", fund_id: UUID | None = None) -> Select[FundRequest]:
    """Query of the queue: what was sent, oldest first among what waits."""
    query = (
        select(FundRequest)
        .where(FundRequest.state != "draft")
        .options(joinedload(FundRequest.holder), selectinload(FundRequest.decisions), selectinload(FundRequest.lines))
        .order_by(FundRequest.state.in_(EXAMINED).desc(), FundRequest.submitted_at, FundRequest.id)
    )
    if state == "waiting":
        query = query.where(FundRequest.state.in_(EXAMINED))
    elif state:
        query = query.where(FundRequest.state == state)
    for word in fold(text).split():
        by_reference = func.lower(func.replace(FundRequest.reference, "-", " ")).contains(word, autoescape=True)
        query = query.where(or_(FundRequest.folded.contains(word, autoescape=True), by_reference))
    return query.where(FundRequest.fund_id == fund_id) if fund_id else query


def count_waiting(session: TenantSession) -> int:
    """How many requests wait for somebody at the mairie."""
    return session.execute(select(func.count()).where(FundRequest.state.in_(EXAMINED))).scalar_one()


def requests_of(session: TenantSession, person: Person) -> Sequence[FundRequest]:
    """Requests of a person, or of the organisations they speak for, drafts included, newest first."""
    own = select(Representative.organisation_id).where(
        Representative.person_id == person.id,
        Representative.accepted_at.is_not(None),
        Representative.ended_at.is_(None),
    )
    query = select(FundRequest).where(or_(FundRequest.holder_id == person.id, FundRequest.organisation_id.in_(own)))
    return session.scalars(query.order_by(FundRequest.created_at.desc())).unique().all()


def may_follow(session: TenantSession, request: FundRequest, person: Person | None) -> bool:
    """Whether somebody may see and complete a request: its holder, or who speaks for its organisation."""
    if person is None:
        return False
    if request.holder_id == person.id:
        return True
    query = select(Representative.id).where(
        Representative.organisation_id == request.organisation_id,
        Representative.person_id == person.id,
        Representative.accepted_at.is_not(None),
        Representative.ended_at.is_(None),
    )
    return request.organisation_id is not None and session.execute(query).first() is not None


def similar_requests(session: TenantSession, request: FundRequest, limit: int = 3) -> Sequence[FundRequest]:
    """Helped projects whose title shares a long word, for the agent who examines."""
    words = [word for word in request.folded.split() if len(word) > 4]
    if not words:
        return []
    query = (
        select(FundRequest)
        .where(FundRequest.id != request.id, FundRequest.state.in_(HELPED))
        .where(or_(*(FundRequest.folded.contains(word, autoescape=True) for word in words)))
        .options(selectinload(FundRequest.decisions))
        .limit(limit)
    )
    return session.scalars(query).unique().all()

"""Reading the fund."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, any_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import load_only

from civique.core import clock, settings
from civique.core.committees.queries import opinions_on
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import received_cents_of
from civique.core.folding import fold
from civique.core.loading import among
from civique.core.manifest import TODAY
from civique.core.organisations.models import Organisation, Representative
from civique.core.people.models import Person
from civique.core.territory.models import Territory
from civique.modules.fund.models import (
    EXAMINED,
    HELPED,
    WAITING,
    ApplicationState,
    Ask,
    BudgetLine,
    Decision,
    Evaluation,
    Fund,
    FundCall,
    FundRequest,
    FundRules,
    Payment,
    Repayment,
    Return,
)
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession


@dataclass(frozen=True)
class Gauge:
    """Where the envelope stands, in cents (LA-19). ``granted`` and ``paid`` are net of what came back (FON-11).

    ``examined`` counts the requests that wait for a decision and ``asked`` what they ask: beside, never inside.
    ``typed``: what was typed of a year before the software.
    """

    envelope: int
    partners: int
    granted: int
    paid: int
    examined: int
    asked: int
    helped: int
    typed: dict[str, Any] | None = None

    @property
    def left(self) -> int:
        """What can still be granted: envelope + cash received from partners − granted."""
        return self.envelope + self.partners - self.granted

    @property
    def to_pay(self) -> int:
        """Granted and not paid yet."""
        return self.granted - self.paid

    @property
    def share(self) -> int:
        """Granted part of what there is, in percent, for the drawing."""
        return self._percent(self.granted)

    @property
    def paid_share(self) -> int:
        """Paid part of what there is, in percent, for the drawing."""
        return self._percent(self.paid)

    def _percent(self, cents: int) -> int:
        whole = self.envelope + self.partners
        return min(100, round(100 * cents / whole)) if whole else 0


# Funds ---------------------------------------------------------------------------------------------------------------


def funds(session: TenantSession) -> Sequence[Fund]:
    """Every year's fund, newest first."""
    return session.scalars(select(Fund).order_by(Fund.year.desc())).all()


_YEARS = select(Fund).options(load_only(Fund.year, Fund.state, Fund.envelope_cents)).order_by(Fund.year.desc())


def fund_years(session: TenantSession) -> Sequence[Fund]:
    """The same with their year, state and envelope alone, for the lists that choose among them."""
    return session.scalars(_YEARS).all()


def current_fund(session: TenantSession) -> Fund | None:
    """The open fund, otherwise the newest closed one; one in preparation is shown to nobody."""
    query = select(Fund).where(Fund.state != "preparing").order_by((Fund.state == "open").desc(), Fund.year.desc())
    return session.scalars(query.limit(1)).first()


def fund_of_year(session: TenantSession, year: int) -> Fund | None:
    """The fund of a year."""
    return session.scalars(select(Fund).where(Fund.year == year)).one_or_none()


def fund_of_ask(session: TenantSession, ask: Ask) -> Fund:
    """The fund that something was asked from."""
    query = select(Fund).join(FundRequest, FundRequest.fund_id == Fund.id).where(FundRequest.id == ask.request_id)
    return session.scalars(query).one()


def open_call(session: TenantSession, fund: Fund) -> FundCall | None:
    """The call that takes requests today."""
    today = clock.today()
    query = select(FundCall).where(FundCall.fund_id == fund.id, FundCall.opens_on <= today, FundCall.closes_on >= today)
    return session.scalars(query.limit(1)).first()


_TODAYS_CALL = (
    select(FundCall.closes_on)
    .where(FundCall.fund_id == Fund.id, FundCall.opens_on <= TODAY, FundCall.closes_on >= TODAY)
    .order_by(FundCall.closes_on)
    .limit(1)
    .scalar_subquery()
)
LAST_DAY_TO_ASK = (
    select(case((Fund.rhythm == "calls", _TODAYS_CALL), else_=Fund.closes_on))
    .where(
        Fund.state == "open",
        func.coalesce(Fund.opens_on, TODAY) <= TODAY,
        func.coalesce(Fund.closes_on, TODAY) >= TODAY,
        or_(Fund.rhythm != "calls", _TODAYS_CALL.is_not(None)),
    )
    .order_by(Fund.year.desc())
    .limit(1)
)
"""No row when nobody may ask today; NULL when no day is known."""


def rules_versions(session: TenantSession, fund: Fund) -> Sequence[FundRules]:
    """Versions of the rules of a fund, newest first."""
    query = select(FundRules).where(FundRules.fund_id == fund.id)
    return session.scalars(query.order_by(FundRules.version.desc())).all()


def committed_cents(session: TenantSession, fund: Fund) -> int:
    """Grants in force on an envelope less what came back (FON-05, FON-11)."""
    granted, returned = session.execute(
        select(_granted(fund.id).scalar_subquery(), _returned(fund.id).scalar_subquery())
    ).one()
    return int(granted) - int(returned)


def _granted(fund_id: Any) -> Select[Any]:
    return select(func.coalesce(func.sum(Decision.amount_cents), 0)).where(
        Decision.fund_id == fund_id, Decision.replaced_at.is_(None)
    )


def _returned(fund_id: Any) -> Select[Any]:
    return select(func.coalesce(func.sum(Return.amount_cents), 0)).where(Return.fund_id == fund_id)


def _paid(fund_id: Any) -> Select[Any]:
    return (
        select(func.coalesce(func.sum(Payment.amount_cents), 0))
        .join(FundRequest, FundRequest.id == Payment.request_id)
        .where(FundRequest.fund_id == fund_id, Payment.state == "paid")
    )


def _repaid(fund_id: Any) -> Select[Any]:
    return (
        select(func.coalesce(func.sum(Repayment.amount_cents), 0))
        .join(FundRequest, FundRequest.id == Repayment.request_id)
        .where(FundRequest.fund_id == fund_id, Repayment.state == "received")
    )


def _back_from(request_id: Any) -> ColumnElement[int]:
    query = select(func.coalesce(func.sum(Return.amount_cents), 0)).where(Return.request_id == request_id)
    return query.correlate(FundRequest).scalar_subquery()


def most_granted_to_one(session: TenantSession, fund: Fund) -> int:
    """The largest sum that one project keeps of this year's grants: the cap cannot go under it."""
    per_project = (
        select((func.sum(Decision.amount_cents) - func.sum(_back_from(FundRequest.id))).label("cents"))
        .join(FundRequest, FundRequest.id == Decision.request_id)
        .where(Decision.fund_id == fund.id, Decision.replaced_at.is_(None))
        .group_by(FundRequest.project_id)
        .subquery()
    )
    return int(session.execute(select(func.coalesce(func.max(per_project.c.cents), 0))).scalar_one())


def project_granted_cents(session: TenantSession, request: FundRequest) -> int:
    """What the other requests of the same project keep of this year's grants (FON-03): what came back does not count."""
    query = (
        select(func.coalesce(func.sum(Decision.amount_cents) - func.sum(_back_from(FundRequest.id)), 0))
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
    """Envelope, partners' cash, grants, payments, requests under examination and projects helped, in one query.

    A year before the software has the figures that were typed; what it granted is taken as paid, unless it says how much.
    """
    return gauge_from(fund, session.execute(_GAUGE, {"fund": fund.id}).one())


def gauge_from(fund: Fund, values: Sequence[Any]) -> Gauge:
    """The gauge of a fund, from the values of :data:`GAUGE_COLUMNS`."""
    *counted, typed = values
    if typed and typed.get("by_hand"):
        granted = typed.get("granted") or 0
        paid = typed.get("paid") or granted
        return Gauge(
            fund.envelope_cents or 0,
            typed.get("partners_cash") or 0,
            granted,
            paid,
            0,
            0,
            typed.get("supported") or 0,
            typed,
        )
    partners, granted, returned, paid, examined, asked, helped = (int(value) for value in counted)
    return Gauge(fund.envelope_cents or 0, partners, granted - returned, paid, examined, asked, helped)


def typed_as_history(session: TenantSession, fund: Fund) -> bool:
    """Whether the figures of a year were typed by hand: it was before the software."""
    figures = session.execute(select(Evaluation.figures).where(Evaluation.fund_id == fund.id)).scalar()
    return bool(figures and figures.get("by_hand"))


def opinion_known(session: TenantSession, request: FundRequest) -> bool:
    """Whether somebody gave an opinion on a request: a service, or a committee that did not put it off."""
    return bool(request.advice) or any(matter.verdict != "adjourned" for matter in opinions_on(session, request))


def _gauge_columns(fund_id: Any) -> tuple[ColumnElement[Any], ...]:
    here = FundRequest.fund_id == fund_id
    examined = and_(here, among(FundRequest.state, EXAMINED))
    return (
        received_cents_of(fund_id).scalar_subquery(),
        _granted(fund_id).scalar_subquery(),
        _returned(fund_id).scalar_subquery(),
        _paid(fund_id).scalar_subquery() - _repaid(fund_id).scalar_subquery(),
        func.count().filter(examined),
        func.coalesce(func.sum(FundRequest.amount_asked_cents).filter(examined), 0),
        func.count().filter(and_(here, among(FundRequest.state, HELPED))),
        select(Evaluation.figures).where(Evaluation.fund_id == fund_id).scalar_subquery(),
    )


GAUGE_COLUMNS = _gauge_columns(bindparam("fund"))
"""What a gauge counts among requests, for the fund that comes as a parameter."""
_GAUGE = select(*GAUGE_COLUMNS).where(FundRequest.fund_id == bindparam("fund"))


# Requests ------------------------------------------------------------------------------------------------------------


_HELPED_PROJECTS: Select[*tuple[Any, ...]] = (
    select(
        FundRequest.id,
        FundRequest.title,
        FundRequest.state,
        FundRequest.story_published_at,
        Organisation.name.label("organisation"),
        Territory.name.label("territory"),
        Fund.year,
        Decision.amount_cents.label("granted_cents"),
        Decision.in_kind,
        Decision.decided_at,
    )
    .join(Decision, and_(Decision.request_id == FundRequest.id, Decision.replaced_at.is_(None)))
    .join(Fund, Fund.id == FundRequest.fund_id)
    .outerjoin(Organisation, Organisation.id == FundRequest.organisation_id)
    .outerjoin(Territory, Territory.id == FundRequest.territory_id)
    .where(among(FundRequest.state, HELPED))
    .order_by(Decision.decided_at.desc(), FundRequest.id)
)


def helped_projects(
    fund: Fund | None = None, territory_id: UUID | None = None, text: str = ""
) -> Select[*tuple[Any, ...]]:
    """Query of the projects that received help, newest decision first, as rows for a list (see the columns)."""
    query = _HELPED_PROJECTS
    query = query.where(FundRequest.fund_id == fund.id) if fund else query
    for word in _sought(text):
        query = query.where(FundRequest.folded.like(word))
    return query.where(FundRequest.territory_id == territory_id) if territory_id else query


def helped_by_territory(session: TenantSession, fund: Fund | None = None) -> dict[UUID | None, tuple[int, int]]:
    """How many projects were helped in each territory, and with how many cents, less what came back (as in the gauge and
    the evaluation); None is the whole commune."""
    query = (
        select(
            FundRequest.territory_id,
            func.count(),
            func.sum(Decision.amount_cents) - func.sum(_back_from(FundRequest.id)),
        )
        .join(Decision, and_(Decision.request_id == FundRequest.id, Decision.replaced_at.is_(None)))
        .where(among(FundRequest.state, HELPED))
        .group_by(FundRequest.territory_id)
    )
    query = query.where(FundRequest.fund_id == fund.id) if fund else query
    return {territory: (count, int(cents)) for territory, count, cents in session.execute(query)}


@dataclass(frozen=True)
class Help:
    """What a project received, as its public page tells it, amounts in cents."""

    granted: int
    returned: int
    cost: int
    act: str
    decided_at: datetime
    motive: str
    """Why only a part was granted."""


def help_of(session: TenantSession, request: FundRequest) -> Help | None:
    """The decision in force of a request, what came back and what the project costs, in one query."""
    cost = select(func.coalesce(func.sum(BudgetLine.amount_cents), 0)).where(BudgetLine.request_id == request.id)
    back = select(func.coalesce(func.sum(Return.amount_cents), 0)).where(Return.request_id == request.id)
    query = select(
        Decision.amount_cents,
        back.scalar_subquery(),
        cost.scalar_subquery(),
        Decision.act,
        Decision.decided_at,
        Decision.motive,
    ).where(Decision.request_id == request.id, Decision.replaced_at.is_(None))
    row = session.execute(query).first()
    return Help(int(row[0]), int(row[1]), int(row[2]), *row[3:]) if row else None


def brought_to(session: TenantSession, request: FundRequest) -> Sequence[Any]:
    """What is brought to a project, without a name: nature, quantity, unit, value in cents; time first, money last."""
    query = select(Contribution.nature, Contribution.quantity, Contribution.unit, Contribution.value_cents).where(
        Contribution.object_id == request.id, Contribution.cancelled_at.is_(None)
    )
    return session.execute(query.order_by(Contribution.nature.desc(), Contribution.created_at)).all()


def said_in(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search: each word is in the project's name, its reference, its holder's name or its organisation's."""
    return [
        or_(
            FundRequest.folded.like(word),
            _REFERENCE.like(word),
            FundRequest.holder_id.in_(select(Person.id).where(Person.folded.like(word))),
            FundRequest.organisation_id.in_(select(Organisation.id).where(Organisation.folded.like(word))),
        )
        for word in _sought(text)
    ]


def _sought(text: str) -> list[str]:
    # A folded word holds letters and digits only: nothing that LIKE would read as a joker.
    return [f"%{word}%" for word in fold(text).split()]


_REFERENCE = func.lower(func.replace(FundRequest.reference, "-", " "))


WAITING_REQUESTS = select(func.count()).where(among(FundRequest.state, WAITING))
"""Query of the number of requests that wait for somebody at the mairie."""


def whom(request: FundRequest) -> str:
    """Who asks, as the mairie reads it."""
    if request.organisation is not None:
        return request.organisation.name
    return request.holder.name if request.holder else ""


def requests_of(session: TenantSession, person: Person) -> Sequence[FundRequest]:
    """Requests of a person, or of the organisations they speak for, drafts included, newest first."""
    own = select(Representative.organisation_id).where(*_speaks(person))
    query = select(FundRequest).where(or_(FundRequest.holder_id == person.id, FundRequest.organisation_id.in_(own)))
    return session.scalars(query.order_by(FundRequest.created_at.desc())).unique().all()


def may_follow(session: TenantSession, request: FundRequest, person: Person | None) -> bool:
    """Whether somebody may see and complete a request: its holder, or who speaks for its organisation."""
    if person is None:
        return False
    if request.holder_id == person.id:
        return True
    if request.organisation_id is None:
        return False
    query = select(Representative.id).where(Representative.organisation_id == request.organisation_id, *_speaks(person))
    return session.execute(query).first() is not None


def _speaks(person: Person) -> tuple[Any, ...]:
    return (
        Representative.person_id == person.id,
        Representative.accepted_at.is_not(None),
        Representative.ended_at.is_(None),
    )


def late_reports(session: TenantSession, request: FundRequest) -> Sequence[FundRequest]:
    """Helped requests of the same holder whose report is late: they block a new one (FON-09)."""
    holder = (
        FundRequest.organisation_id == request.organisation_id
        if request.organisation_id
        else and_(FundRequest.holder_id == request.holder_id, FundRequest.organisation_id.is_(None))
    )
    query = late_report_requests(session).where(holder, FundRequest.id != request.id)
    return session.scalars(query).unique().all()


def late_report_requests(session: TenantSession) -> Select[FundRequest]:
    """Query of the projects under way whose report is late, the latest first."""
    days = settings.get(session, FundSettings).report_days
    limit = clock.today() - timedelta(days=days)
    return (
        select(FundRequest)
        .where(
            FundRequest.state == ApplicationState.UNDER_WAY,
            FundRequest.ends_on.is_not(None),
            FundRequest.ends_on < limit,
        )
        .order_by(FundRequest.ends_on, FundRequest.id)
    )


def report_due_on(session: TenantSession, request: FundRequest) -> date | None:
    """Day by which the report is due; None for a project without a known end."""
    if request.ends_on is None:
        return None
    return request.ends_on + timedelta(days=settings.get(session, FundSettings).report_days)


_SIMILAR = (
    select(FundRequest.id, FundRequest.title, Decision.amount_cents.label("granted_cents"))
    .join(Decision, and_(Decision.request_id == FundRequest.id, Decision.replaced_at.is_(None)))
    .where(FundRequest.project_id != bindparam("project"), among(FundRequest.state, HELPED))
    .where(FundRequest.folded.like(any_(bindparam("words", type_=ARRAY(String)))))
    .order_by(Decision.decided_at.desc())
    .limit(bindparam("limit"))
)


def similar_requests(session: TenantSession, request: FundRequest, limit: int = 3) -> Sequence[Any]:
    """Other projects that were helped and whose title shares a long word, for who examines and for who writes: id, title,
    grant in cents."""
    words = [f"%{word}%" for word in request.folded.split() if len(word) > 4]
    values = {"project": request.project_id, "words": words, "limit": limit}
    return session.execute(_SIMILAR, values).all() if words else []


def same_project(session: TenantSession, request: FundRequest) -> Sequence[Any]:
    """The other requests of a project, newest first: id, title, year, state, grant in cents."""
    query = (
        select(
            FundRequest.id,
            FundRequest.title,
            FundRequest.state,
            Fund.year,
            Decision.amount_cents.label("granted_cents"),
        )
        .join(Fund, Fund.id == FundRequest.fund_id)
        .outerjoin(Decision, and_(Decision.request_id == FundRequest.id, Decision.replaced_at.is_(None)))
        .where(
            FundRequest.project_id == request.project_id,
            FundRequest.id != request.id,
            FundRequest.state != ApplicationState.DRAFT,
        )
        .order_by(FundRequest.submitted_at.desc())
    )
    return session.execute(query).all()

"""Reading the fund."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import load_only

from civique.core import clock, settings
from civique.core.agenda.declarations import Day
from civique.core.cases.queries import followed_by
from civique.core.committees.queries import opinions_on
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import received_cents_of
from civique.core.evaluations.models import Evaluation
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.loading import among
from civique.core.manifest import TODAY
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.projects import Project
from civique.core.search import Described, SearchKind, alike
from civique.core.stories.models import Story
from civique.core.territory.models import Territory
from civique.modules.fund.models import (
    EXAMINED,
    HELPED,
    WAITING,
    YEAR_TO_REPORT,
    ApplicationState,
    BudgetLine,
    Decision,
    Fund,
    FundApplication,
    FundCall,
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

    ``examined`` counts the applications that wait for a decision and ``asked`` what they ask: beside, never inside.
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


_YEARS = (
    select(Fund)
    .options(load_only(Fund.year, Fund.state, Fund.envelope_cents, Fund.opens_on))
    .order_by(Fund.year.desc())
)


def fund_years(session: TenantSession) -> Sequence[Fund]:
    """The same with their year, state, first day and envelope alone, for the lists that choose among them."""
    return session.scalars(_YEARS).all()


def shown_year(known: Sequence[Fund], year: str) -> Fund | None:
    """Of all the funds, that of a year when it has one; otherwise the one of today, otherwise the newest."""
    return (
        next((fund for fund in known if str(fund.year) == year), None) or current_of(known) or next(iter(known), None)
    )


def current_fund(session: TenantSession) -> Fund | None:
    """The fund of today (see :func:`current_of`)."""
    return current_of(funds(session))


def current_of(known: Sequence[Fund]) -> Fund | None:
    """The newest open fund whose first day has come: another year that is opened in advance takes its place on its own day.
    Otherwise the open one that comes first, otherwise the newest closed one; one in preparation is shown to nobody."""
    opened = [fund for fund in known if fund.state == "open"]
    begun = [fund for fund in opened if fund.first_day <= clock.today()]
    if begun:
        return max(begun, key=lambda fund: fund.year)
    if opened:
        return min(opened, key=lambda fund: fund.first_day)
    return max((f for f in known if f.state == "closed"), key=lambda fund: fund.year, default=None)


def phase(fund: Fund) -> tuple[str, date | None]:
    """Where the fund stands for who would ask today: ``open`` until a day, ``soon`` from a day, or ``closed``."""
    today = clock.today()
    if fund.state != "open" or (fund.closes_on is not None and fund.closes_on < today):
        return "closed", None
    if fund.first_day > today:
        return "soon", fund.first_day
    if fund.rhythm != "calls":
        return "open", fund.closes_on
    for call in fund.calls:
        if call.opens_on <= today <= call.closes_on:
            return "open", call.closes_on
    coming = [call.opens_on for call in fund.calls if call.opens_on > today]
    return ("soon", min(coming)) if coming else ("closed", None)


def fund_of_year(session: TenantSession, year: int) -> Fund | None:
    """The fund of a year."""
    return session.scalars(select(Fund).where(Fund.year == year)).one_or_none()


def open_call(session: TenantSession, fund: Fund, today: date) -> FundCall | None:
    """The call that takes applications on a day."""
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
        func.coalesce(Fund.opens_on, func.make_date(Fund.year, 1, 1)) <= TODAY,
        func.coalesce(Fund.closes_on, TODAY) >= TODAY,
        or_(Fund.rhythm != "calls", _TODAYS_CALL.is_not(None)),
    )
    .order_by(Fund.year.desc())
    .limit(1)
)
"""No row when nobody may ask today; NULL when no day is known."""


def last_days(session: TenantSession, start: date, end: date) -> list[Day]:
    """The last day to ask of the open fund, or of each of its calls."""
    opened = select(Fund).where(Fund.state == "open", Fund.rhythm != "calls", Fund.closes_on.between(start, end))
    calls = select(FundCall).join(Fund).where(Fund.state == "open", Fund.rhythm == "calls")
    return [
        *(Day(f, _("Last day to ask"), f.closes_on, "/fonds") for f in session.scalars(opened) if f.closes_on),
        *(
            Day(call, _("Last day to ask: %(call)s", call=call.name), call.closes_on, "/fonds")
            for call in session.scalars(calls.where(FundCall.closes_on.between(start, end)))
        ),
    ]


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
        .join(FundApplication, FundApplication.id == Payment.application_id)
        .where(FundApplication.fund_id == fund_id, Payment.state == "paid")
    )


def _repaid(fund_id: Any) -> Select[Any]:
    return (
        select(func.coalesce(func.sum(Repayment.amount_cents), 0))
        .join(FundApplication, FundApplication.id == Repayment.application_id)
        .where(FundApplication.fund_id == fund_id, Repayment.state == "received")
    )


def _back_from(application_id: Any) -> ColumnElement[int]:
    query = select(func.coalesce(func.sum(Return.amount_cents), 0)).where(Return.application_id == application_id)
    return query.correlate(FundApplication).scalar_subquery()


KEPT = func.sum(Decision.amount_cents) - func.sum(_back_from(FundApplication.id))
"""Cents that some applications keep of their grants: what came back does not count."""


def most_granted_to_one(session: TenantSession, fund: Fund) -> int:
    """The largest sum that one project keeps of this year's grants: the cap cannot go under it."""
    per_project = (
        select(KEPT.label("cents"))
        .join(FundApplication, FundApplication.id == Decision.application_id)
        .where(Decision.fund_id == fund.id, Decision.replaced_at.is_(None))
        .group_by(FundApplication.project_id)
        .subquery()
    )
    return int(session.execute(select(func.coalesce(func.max(per_project.c.cents), 0))).scalar_one())


def project_granted_cents(session: TenantSession, application: FundApplication) -> int:
    """What the other applications of the same project keep of this year's grants (FON-03): what came back does not count."""
    query = (
        select(func.coalesce(KEPT, 0))
        .join(FundApplication, FundApplication.id == Decision.application_id)
        .where(
            FundApplication.project_id == application.project_id,
            FundApplication.id != application.id,
            Decision.fund_id == application.fund_id,
            Decision.replaced_at.is_(None),
        )
    )
    return int(session.execute(query).scalar_one())


def gauge(session: TenantSession, fund: Fund) -> Gauge:
    """Envelope, partners' cash, grants, payments, applications under examination and projects helped, in one query.

    A year before the software has the figures that were typed; what it granted is taken as paid, unless it says how much.
    """
    *counted, typed = session.execute(_GAUGE, {"fund": fund.id}).one()
    if typed is not None:
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
    return session.execute(_TYPED, {"fund": fund.id}).first() is not None


def opinion_known(session: TenantSession, application: FundApplication) -> bool:
    """Whether somebody gave an opinion on an application: a service, or a committee that did not put it off."""
    return bool(application.advice) or any(
        matter.verdict != "adjourned" for matter in opinions_on(session, application)
    )


def _typed(fund_id: Any) -> Select[Any]:
    """What was typed of a year before the software."""
    query = select(Evaluation.figures).join(Fund, Fund.year == Evaluation.year).correlate(None)
    return query.where(Fund.id == fund_id, Evaluation.module == "fund", Evaluation.source != "")


_TYPED = _typed(bindparam("fund"))


def _gauge_columns(fund_id: Any) -> tuple[ColumnElement[Any], ...]:
    here = FundApplication.fund_id == fund_id
    examined = and_(here, among(FundApplication.state, EXAMINED))
    return (
        received_cents_of(fund_id).scalar_subquery(),
        _granted(fund_id).scalar_subquery(),
        _returned(fund_id).scalar_subquery(),
        _paid(fund_id).scalar_subquery() - _repaid(fund_id).scalar_subquery(),
        func.count().filter(examined),
        func.coalesce(func.sum(FundApplication.amount_asked_cents).filter(examined), 0),
        func.count().filter(and_(here, among(FundApplication.state, HELPED))),
        _typed(fund_id).scalar_subquery(),
    )


_GAUGE = select(*_gauge_columns(bindparam("fund"))).where(FundApplication.fund_id == bindparam("fund"))


# Applications ------------------------------------------------------------------------------------------------------------


HELPED_PROJECTS: Select[*tuple[Any, ...]] = (
    select(
        FundApplication.id,
        FundApplication.title,
        FundApplication.state,
        Story.published_at.label("story_published_at"),
        Organisation.name.label("organisation"),
        Territory.name.label("territory"),
        Fund.year,
        Decision.amount_cents.label("granted_cents"),
        Decision.in_kind,
        Decision.decided_at,
    )
    .join(Decision, and_(Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None)))
    .outerjoin(Fund, Fund.id == FundApplication.fund_id)  # there always is one; what counts the rows then leaves it out
    .outerjoin(Organisation, Organisation.id == FundApplication.organisation_id)
    .outerjoin(Territory, Territory.id == FundApplication.territory_id)
    .outerjoin(Story, Story.object_id == FundApplication.id)
    .where(among(FundApplication.state, HELPED))
    .order_by(Decision.decided_at.desc(), FundApplication.id)
)
"""Query of the projects that received help, newest decision first, as rows for a list (see the columns)."""


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


def help_of(session: TenantSession, application: FundApplication) -> Help | None:
    """The decision in force of an application, what came back and what the project costs, in one query."""
    cost = select(func.coalesce(func.sum(BudgetLine.amount_cents), 0)).where(
        BudgetLine.application_id == application.id
    )
    back = select(func.coalesce(func.sum(Return.amount_cents), 0)).where(Return.application_id == application.id)
    query = select(
        Decision.amount_cents,
        back.scalar_subquery(),
        cost.scalar_subquery(),
        Decision.act,
        Decision.decided_at,
        Decision.motive,
    ).where(Decision.application_id == application.id, Decision.replaced_at.is_(None))
    row = session.execute(query).first()
    return Help(int(row[0]), int(row[1]), int(row[2]), *row[3:]) if row else None


def brought_to(session: TenantSession, application: FundApplication) -> Sequence[Any]:
    """What is brought to a project, without a name: nature, quantity, unit, value in cents; time first, money last."""
    query = select(Contribution.nature, Contribution.quantity, Contribution.unit, Contribution.value_cents).where(
        Contribution.object_id == application.id, Contribution.withdrawn_at.is_(None)
    )
    return session.execute(query.order_by(Contribution.nature.desc(), Contribution.created_at)).all()


WAITING_APPLICATIONS = select(func.count()).where(among(FundApplication.state, WAITING))
"""Query of the number of applications that wait for somebody at the mairie."""


def whom(application: FundApplication) -> str:
    """Who asks, as the mairie reads it."""
    if application.organisation is not None:
        return application.organisation.name
    return application.applicant.name if application.applicant else ""


def applications_of(session: TenantSession, person: Person) -> Sequence[FundApplication]:
    """Applications of a person, or of the organisations they speak for, drafts included, newest first."""
    query = select(FundApplication).where(followed_by(FundApplication, person))
    return session.scalars(query.order_by(FundApplication.created_at.desc())).unique().all()


_DECIDED_AT = (
    select(Decision.decided_at)
    .where(Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None))
    .correlate(FundApplication)
    .scalar_subquery()
)
LAST_DAY = func.coalesce(
    FundApplication.ends_on,
    FundApplication.starts_on,
    cast(func.timezone("UTC", _DECIDED_AT), Date) + YEAR_TO_REPORT,
)
"""``FundApplication.last_day`` in SQL."""


def late_reports(session: TenantSession, application: FundApplication) -> Sequence[FundApplication]:
    """Helped applications of the same applicant whose report is late: they block a new one (FON-09)."""
    applicant = (
        FundApplication.organisation_id == application.organisation_id
        if application.organisation_id
        else and_(FundApplication.applicant_id == application.applicant_id, FundApplication.organisation_id.is_(None))
    )
    query = late_report_applications(session).where(applicant, FundApplication.id != application.id)
    return session.scalars(query).unique().all()


def late_report_applications(session: TenantSession) -> Select[FundApplication]:
    """Query of the projects under way whose report is late, the latest first."""
    days = settings.get(session, FundSettings).report_days
    limit = clock.today() - timedelta(days=days)
    return (
        select(FundApplication)
        .where(
            FundApplication.state == ApplicationState.UNDER_WAY,
            limit > LAST_DAY,
        )
        .order_by(LAST_DAY, FundApplication.id)
    )


def report_due_on(session: TenantSession, application: FundApplication) -> date | None:
    """Day by which the report is due; None for a project that is not helped and has no day."""
    last = application.last_day
    return None if last is None else last + timedelta(days=settings.get(session, FundSettings).report_days)


_SIMILAR = (
    select(FundApplication.id, FundApplication.title, Decision.amount_cents.label("granted_cents"))
    .join(Decision, and_(Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None)))
    .where(FundApplication.project_id != bindparam("project"), among(FundApplication.state, HELPED))
    .order_by(Decision.decided_at.desc())
    .limit(bindparam("limit"))
)


def similar_applications(session: TenantSession, application: FundApplication, limit: int = 3) -> Sequence[Any]:
    """Other projects that were helped and whose title shares the stem of a word, for who examines and for who writes: id,
    title, grant in cents."""
    values = {"project": application.project_id, "limit": limit}
    return session.execute(_SIMILAR.where(alike(FundApplication.folded, application.folded)), values).all()


def same_project(session: TenantSession, application: FundApplication) -> Sequence[Any]:
    """The other applications of a project, newest first: id, title, year, state, grant in cents."""
    query = (
        select(
            FundApplication.id,
            FundApplication.title,
            FundApplication.state,
            Fund.year,
            Decision.amount_cents.label("granted_cents"),
        )
        .join(Fund, Fund.id == FundApplication.fund_id)
        .outerjoin(Decision, and_(Decision.application_id == FundApplication.id, Decision.replaced_at.is_(None)))
        .where(
            FundApplication.project_id == application.project_id,
            FundApplication.id != application.id,
            FundApplication.state != ApplicationState.DRAFT,
        )
        .order_by(FundApplication.submitted_at.desc())
    )
    return session.execute(query).all()


def project_path(application: FundApplication) -> str:
    """The public page of a helped project."""
    return f"/fonds/projets/{application.id}"


def helped_project(application: FundApplication) -> Project:
    """A helped project, as other modules hear of it."""
    row = FundApplication.__tablename__, application.id
    return Project(*row, application.title, project_path(application), application.territory_id)


def _found(session: TenantSession) -> Sequence[FundApplication]:
    """Helped projects, but those whose applicant left and took their words along."""
    told = or_(FundApplication.applicant_id.is_not(None), FundApplication.organisation_id.is_not(None))
    return session.scalars(select(FundApplication).where(among(FundApplication.state, HELPED), told)).unique().all()


SEARCH = SearchKind(
    "fund_project", _l("Helped project"), _found, lambda a: Described(a.title, a.purpose, project_path(a))
)

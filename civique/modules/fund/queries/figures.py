"""The figures of a year (LA-19, FON-12): counted from dated rows, never typed, and the same for the evaluation, the
indicators and the pages."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from civique.core.cases.delays import Delays
from civique.core.contributions.models import NATURES, Contribution
from civique.core.contributions.queries import Natures, brought_to_each
from civique.core.indicators.formulas import median, percent, percentile
from civique.core.organisations.models import Organisation
from civique.core.stories.queries import hours_given
from civique.core.territory.models import Territory
from civique.modules.fund.models import (
    EXAMINED,
    GRANTED,
    HELPED,
    ApplicationState,
    BudgetLine,
    Decision,
    Fund,
    FundApplication,
    Report,
    Return,
)
from civique.modules.fund.queries import gauge
from tenants.session import TenantSession

ANSWERED = (*GRANTED, ApplicationState.REFUSED, ApplicationState.INADMISSIBLE)
DELAYS = Delays(FundApplication, ANSWERED, (ApplicationState.TO_COMPLETE,))


@dataclass(frozen=True)
class Part:
    """A village's or a channel's share: applications received, projects supported, cents granted less what came back; and the
    same ratios as those of the year (§1.9)."""

    received: int = 0
    supported: int = 0
    granted: int = 0
    acceptance: float | None = None
    mean_grant: int | None = None
    leverage: float | None = None
    cash_leverage: float | None = None


@dataclass(frozen=True)
class YearFigures:
    """What a year of the fund did. Amounts in cents, delays in working days, shares in percent.

    ``leverage`` is (other cash + valued things + valued time) ÷ fund cash, ``cash_leverage`` other cash ÷ fund cash
    (§5.3). Both are counted on the supported projects: fund cash is their grants less what came back, other cash what
    each cost beyond its own. ``cost`` is what they spent once their report is accepted, what they plan before.
    ``granted`` is the commune's whole engagement, with what a project given up has not paid back. ``acceptance`` counts
    decisions: a project that was accepted, then given up, was accepted. None is « n. d. », never 0: a year typed by hand
    knows only what was typed.
    """

    envelope: int = 0
    partners_cash: int | None = None
    received: int = 0
    supported: int = 0
    declined: int | None = None
    given_up: int | None = None
    waiting: int | None = None
    asked: int | None = None
    granted: int = 0
    paid: int | None = None
    returned: int | None = None
    cost: int | None = None
    mean_grant: int | None = None
    acceptance: float | None = None
    leverage: float | None = None
    cash_leverage: float | None = None
    delay_median: float | None = None
    delay_p90: float | None = None
    in_kind: dict[str, int] = field(default_factory=dict)
    partners: int | None = None
    pledges: dict[str, list[int]] = field(default_factory=dict)
    """Nature → how many pledges, value in cents."""
    partner_kinds: dict[str, int] = field(default_factory=dict)
    people: int | None = None
    hours: dict[str, float] = field(default_factory=dict)
    territories: dict[str, Part] = field(default_factory=dict)
    channels: dict[str, Part] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One application, as the figures need it. ``decided``: kind of the decision in force; ``granted``: cents it grants;
    ``returned``: cents of it that came back; ``cost``: cents of its budget, spent when its report is accepted; ``brought``: value of
    what was given to it."""

    id: UUID
    state: str
    asked: int
    channel: str
    territory: str
    decided: str
    granted: int
    returned: int
    cost: int
    brought: Natures

    @property
    def supported(self) -> bool:
        """Whether the fund helps it."""
        return self.state in HELPED

    @property
    def declined(self) -> bool:
        """Whether it was refused, or outside the rules."""
        return self.state in {ApplicationState.REFUSED, ApplicationState.INADMISSIBLE}

    @property
    def net(self) -> int:
        """What the fund keeps granted to it."""
        return self.granted - self.returned


def year_figures(session: TenantSession, fund: Fund) -> YearFigures:
    """Count a year, or give what was typed for a year before the software. Nine queries whatever the number of applications."""
    money = gauge(session, fund)
    if money.typed is not None:
        return YearFigures(**money.typed)
    rows = _rows(session, fund)
    supported = [row for row in rows if row.supported]
    by_channel = DELAYS.by_channel(session, select(FundApplication.id).where(FundApplication.fund_id == fund.id))
    delays = [delay for some in by_channel.values() for delay in some]
    pledges, partners, kinds = _partners(session, fund)
    return YearFigures(
        envelope=money.envelope,
        partners_cash=money.partners,
        received=len(rows),
        supported=len(supported),
        declined=sum(row.declined for row in rows),
        waiting=sum(row.state in EXAMINED for row in rows),
        given_up=sum(row.state in {ApplicationState.WITHDRAWN, ApplicationState.LAPSED} for row in rows),
        asked=sum(row.asked for row in rows),
        granted=money.granted,
        paid=money.paid,
        returned=sum(row.returned for row in rows),
        cost=sum(row.cost for row in supported),
        **_ratios(rows),
        delay_median=_float(median(delays).value),
        delay_p90=_float(percentile(delays).value),
        in_kind={name: sum(getattr(row.brought, name) for row in supported) for name in ("material", "human")},
        partners=partners,
        pledges=pledges,
        partner_kinds=kinds,
        people=_people(session, fund),
        hours=hours_given(session, select(FundApplication.id).where(FundApplication.fund_id == fund.id)),
        territories=_parts(rows, lambda row: row.territory),
        channels=_parts(rows, lambda row: row.channel),
    )


def _rows(session: TenantSession, fund: Fund) -> list[Row]:
    real = case(
        (Report.accepted_at.is_not(None), func.coalesce(BudgetLine.spent_cents, 0)), else_=BudgetLine.amount_cents
    )
    costs = (
        select(BudgetLine.application_id, func.sum(real).label("cents"))
        .join(FundApplication, FundApplication.id == BudgetLine.application_id)
        .outerjoin(Report, Report.application_id == BudgetLine.application_id)
        .where(FundApplication.fund_id == fund.id)
        .group_by(BudgetLine.application_id)
        .subquery()
    )
    returns = (
        select(Return.application_id, func.sum(Return.amount_cents).label("cents"))
        .where(Return.fund_id == fund.id)
        .group_by(Return.application_id)
        .subquery()
    )
    query = (
        select(
            FundApplication.id,
            FundApplication.state,
            FundApplication.amount_asked_cents,
            FundApplication.channel,
            func.coalesce(Territory.name, ""),
            func.coalesce(Decision.kind, ""),
            func.coalesce(Decision.amount_cents, 0),
            func.coalesce(returns.c.cents, 0),
            func.coalesce(costs.c.cents, 0),
        )
        .outerjoin(Decision, (Decision.application_id == FundApplication.id) & Decision.replaced_at.is_(None))
        .outerjoin(Territory, Territory.id == FundApplication.territory_id)
        .outerjoin(returns, returns.c.application_id == FundApplication.id)
        .outerjoin(costs, costs.c.application_id == FundApplication.id)
        .where(FundApplication.fund_id == fund.id, FundApplication.state != ApplicationState.DRAFT)
    )
    brought = brought_to_each(session, select(FundApplication.id).where(FundApplication.fund_id == fund.id))
    rows = []
    for row in session.execute(query):
        facts = [*row[:6], *(int(cents) for cents in row[6:]), brought.get(row[0], Natures())]
        rows.append(Row(*facts))
    return rows


def _parts(rows: Sequence[Row], key: Any) -> dict[str, Part]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {
        name: Part(len(group), sum(r.supported for r in group), sum(r.net for r in group), **_ratios(group))
        for name, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def _ratios(rows: Sequence[Row]) -> dict[str, Any]:
    supported = [row for row in rows if row.supported]
    accepted, declined = sum(row.decided in GRANTED for row in rows), sum(row.declined for row in rows)
    grants = [row.granted for row in supported if row.granted]
    fund_cash = sum(row.net for row in supported)
    other_cash = sum(max(0, row.cost - row.net) for row in supported)
    in_kind = sum(row.brought.in_kind for row in supported)
    return {
        "acceptance": _float(percent(accepted, accepted + declined).value),
        "mean_grant": round(sum(grants) / len(grants)) if grants else None,
        "leverage": round((other_cash + in_kind) / fund_cash, 2) if fund_cash > 0 else None,
        "cash_leverage": round(other_cash / fund_cash, 2) if fund_cash > 0 else None,
    }


def _partners(session: TenantSession, fund: Fund) -> tuple[dict[str, list[int]], int, dict[str, int]]:
    query = (
        select(
            Contribution.nature,
            Contribution.value_cents,
            Contribution.organisation_id,
            Contribution.person_id,
            Contribution.giver_name,
            func.coalesce(Organisation.kind, "other"),
        )
        .outerjoin(Organisation, Organisation.id == Contribution.organisation_id)
        .where(Contribution.object_id == fund.id, Contribution.withdrawn_at.is_(None))
    )
    pledges = {nature: [0, 0] for nature in NATURES}
    givers: dict[Any, str] = {}
    for nature, cents, organisation, person, name, kind in session.execute(query):
        pledges[nature][0] += 1
        pledges[nature][1] += cents or 0
        givers[organisation or person or name] = kind
    kinds: dict[str, int] = defaultdict(int)
    for kind in givers.values():
        kinds[kind] += 1
    return pledges, len(givers), dict(kinds)


def _people(session: TenantSession, fund: Fund) -> int | None:
    """People who took part, as the reports say: attendances, not distinct people (§1.2); None when no report says it."""
    query = (
        select(func.sum(Report.people))
        .join(FundApplication, FundApplication.id == Report.application_id)
        .where(FundApplication.fund_id == fund.id, Report.accepted_at.is_not(None))
    )
    found = session.execute(query).scalar_one()
    return int(found) if found is not None else None


def _float(value: Decimal | None) -> float | None:
    return float(value) if value is not None else None

"""Indicators of LA-19: applications, partners and natures of what they give, projects supported; and those worked out from
them (acceptance, mean grant, leverage, time to decision)."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from civique.core.cases.indicators import counted, received
from civique.core.contributions.models import NATURES
from civique.core.i18n import _l
from civique.core.indicators.declarations import Counted, IndicatorDeclaration
from civique.core.indicators.figures import UNKNOWN, Figure, exact
from civique.core.indicators.formulas import median, percentile
from civique.core.indicators.periods import Period
from civique.modules.fund.models import HELPED, FundApplication
from civique.modules.fund.queries import fund_of_year
from civique.modules.fund.queries.figures import DELAYS, Part, YearFigures, year_figures
from tenants.session import TenantSession

NATURE_WORDS = {"financial": _l("money"), "material": _l("things"), "human": _l("time")}


def supported(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Projects supported, by village and by channel: counted the day of the answer (LA-19 n°3)."""
    answered = FundApplication.id.in_(DELAYS.answered_in(period))
    return counted(session, FundApplication, answered, FundApplication.state.in_(HELPED))


def resources(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Pledges of partners by nature (LA-19 n°2): a typology, the natures are never added up in money (FON-06)."""
    fund = fund_of_year(session, period.start.year)
    pledges = year_figures(session, fund).pledges if fund else {}
    return [Counted(exact(pledges[nature][0]) if nature in pledges else UNKNOWN, category=nature) for nature in NATURES]


def of_the_year(read: Callable[[YearFigures | Part], float | int | None]) -> Callable[..., Sequence[Counted]]:
    """A figure of the year's fund, in all and by channel; unknown for a year without any."""

    def compute(session: TenantSession, period: Period) -> Sequence[Counted]:
        fund = fund_of_year(session, period.start.year)
        if fund is None:
            return [Counted(UNKNOWN)]
        figures = year_figures(session, fund)
        parts = [Counted(_figure(read(part)), channel=channel) for channel, part in figures.channels.items()]
        return [Counted(_figure(read(figures))), *parts]

    return compute


def _figure(value: float | int | None) -> Figure:
    return exact(Decimal(str(value))) if value is not None else UNKNOWN


INDICATORS = (
    IndicatorDeclaration(
        "fund.applications",
        _l("Requests to the citizen initiative fund, received in the year"),
        "count",
        received(FundApplication, FundApplication.submitted_at),
        unit=_l("requests"),
        by_territory=True,
        people=False,
    ),
    IndicatorDeclaration(
        "fund.resources",
        _l("Pledges of the fund’s partners"),
        "typology",
        resources,
        unit=_l("pledges"),
        people=False,
        dated=False,
        categories=NATURE_WORDS,
    ),
    IndicatorDeclaration(
        "fund.projects",
        _l("Projects supported by the fund, answered in the year"),
        "count",
        supported,
        unit=_l("projects"),
        by_territory=True,
        people=False,
    ),
    IndicatorDeclaration(
        "fund.acceptance",
        _l("Requests accepted, among those decided"),
        "percentage",
        of_the_year(lambda figures: figures.acceptance),
        unit="%",
        polarity="none",
        people=False,
        dated=False,
    ),
    IndicatorDeclaration(
        "fund.mean_grant",
        _l("Mean grant"),
        "amount",
        of_the_year(lambda figures: round(figures.mean_grant / 100, 2) if figures.mean_grant is not None else None),
        unit="€",
        polarity="none",
        people=False,
        dated=False,
    ),
    IndicatorDeclaration(
        "fund.leverage",
        _l("Other resources for one euro of the fund"),
        "count",
        of_the_year(lambda figures: figures.leverage),
        unit="€",
        people=False,
        dated=False,
    ),
    IndicatorDeclaration(
        "fund.cash_leverage",
        _l("Other cash for one euro of the fund"),
        "count",
        of_the_year(lambda figures: figures.cash_leverage),
        unit="€",
        people=False,
        dated=False,
    ),
    IndicatorDeclaration(
        "fund.delay",
        _l("Time to the answer of the fund, median"),
        "count",
        DELAYS.measured(median),
        unit=_l("working days"),
        polarity="down",
        people=False,
    ),
    IndicatorDeclaration(
        "fund.delay_p90",
        _l("Time to the answer of the fund, nine requests out of ten"),
        "count",
        DELAYS.measured(percentile),
        unit=_l("working days"),
        polarity="down",
        people=False,
    ),
)

"""The figures of a year in words, for its evaluation (FON-12)."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from civique.core import settings
from civique.core.evaluations.declarations import Evaluated, Figures, Listed, Row
from civique.core.i18n import _l, money
from civique.modules.fund import queries
from civique.modules.fund.models import Fund
from civique.modules.fund.operations.funds import keep_past_year
from civique.modules.fund.queries.figures import year_figures
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession


def years(session: TenantSession) -> Collection[int]:
    """Those that have a fund."""
    return [fund.year for fund in queries.funds(session)]


def count(session: TenantSession, year: int) -> Figures:
    """The figures of the fund of a year."""
    fund = queries.fund_of_year(session, year)
    return asdict(year_figures(session, fund)) if fund is not None else {}


def helped(session: TenantSession, year: int) -> Sequence[Listed]:
    """The projects that the fund of a year helped, with what they received."""
    shown = settings.get(session, FundSettings).show_amounts
    found = queries.HELPED_PROJECTS.where(Fund.year == year)
    rows = session.execute(found).all()
    return [
        Listed(
            row.title,
            f"/fonds/projets/{row.id}",
            " · ".join(filter(None, (money(row.granted_cents) if shown and row.granted_cents else "", row.in_kind))),
        )
        for row in rows
    ]


NATURES = {"financial": _l("money"), "material": _l("things"), "human": _l("time")}
ROWS = (
    Row("received", _l("Requests received"), main=True, typed="required"),
    Row("supported", _l("Projects supported"), main=True, typed="required"),
    Row("declined", _l("Requests declined")),
    Row("given_up", _l("Withdrawn or lapsed")),
    Row("waiting", _l("Still examined")),
    Row("acceptance", _l("Requests accepted, among those decided"), "percent"),
    Row("envelope", _l("Envelope of the commune"), "money", typed="required"),
    Row("partners_cash", _l("Cash received from partners"), "money"),
    Row("asked", _l("Asked in all"), "money"),
    Row("granted", _l("Granted in all"), "money", main=True, typed="required"),
    Row("paid", _l("Paid"), "money"),
    Row("returned", _l("Came back to the envelope"), "money"),
    Row("mean_grant", _l("Mean grant"), "money"),
    Row("leverage", _l("Other resources for one euro of the fund"), "for_one_euro"),
    Row("cash_leverage", _l("Other cash for one euro of the fund"), "for_one_euro"),
    Row("delay_median", _l("Time to the answer, median"), "days"),
    Row("delay_p90", _l("Time to the answer, nine requests out of ten"), "days"),
    Row("partners", _l("Partners"), typed="if_known"),
    Row("people", _l("Attendances according to the reports")),
    *(
        Row(f"pledges.{code}", _l("Pledges of partners: %(nature)s", nature=label), "gifts", optional=True)
        for code, label in NATURES.items()
    ),
)
COLUMNS = (
    Row("received", _l("Requests")),
    Row("supported", _l("Projects")),
    Row("granted", _l("Granted"), "money"),
    Row("acceptance", _l("Acceptance"), "percent"),
    Row("mean_grant", _l("Mean grant"), "money"),
    Row("leverage", _l("Other resources for one euro"), "for_one_euro"),
)
_COUNTED = _l(
    "These figures are of the requests to the fund of the year, whenever they were answered. The indicators count what was received or answered during the year."
)
EVALUATED = Evaluated(
    "fonds",
    "fund.read",
    "fund.manage",
    years,
    count,
    ROWS,
    COLUMNS,
    _COUNTED,
    helped,
    _l("The projects helped"),
    keep_past_year,
)

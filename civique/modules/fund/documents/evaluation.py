"""The figures of a year in words, for its evaluation (FON-12)."""

from collections.abc import Collection
from dataclasses import asdict

from civique.core.evaluations.declarations import Evaluated, Figures, Row
from civique.core.i18n import _l
from civique.modules.fund import queries
from civique.modules.fund.operations.funds import keep_past_year
from civique.modules.fund.queries.figures import year_figures
from tenants.session import TenantSession


def years(session: TenantSession) -> Collection[int]:
    """Those that have a fund."""
    return [fund.year for fund in queries.funds(session)]


def count(session: TenantSession, year: int) -> Figures:
    """The figures of the fund of a year."""
    fund = queries.fund_of_year(session, year)
    return asdict(year_figures(session, fund)) if fund is not None else {}


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
    Row("people", _l("Attendances told by the reports")),
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
EVALUATED = Evaluated("fonds", "fund.read", "fund.manage", years, count, ROWS, COLUMNS, keep_past_year)

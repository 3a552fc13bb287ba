"""Indicators on pages: the back office, the public site and every module show the same sheet, in words and drawn."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from civique.core import clock
from civique.core.channels import CHANNELS
from civique.core.i18n import _l
from civique.core.indicators import computing, queries
from civique.core.indicators.declarations import IndicatorDeclaration
from civique.core.indicators.figures import UNKNOWN
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.sheet_parts import Sheet
from civique.core.indicators.sheets import sheet
from civique.core.registry import modules
from tenants.db import db
from tenants.session import current_tenant

STATES = {
    "frozen": _l("Validated"),
    "to_date": _l("To date"),
    "expected": _l("Expected"),
    "": _l("Unknown figure"),
}


def modules_on() -> dict[str, Any]:
    """Modules of this commune whose indicators are shown, with their names."""
    return {manifest.name: manifest.label for manifest in modules().of(current_tenant())}


def declaration_of(indicator: Indicator) -> IndicatorDeclaration | None:
    """How the software counts an indicator, when it does."""
    return modules().indicators.get(indicator.code) if indicator.source == "computed" else None


def make_sheet(
    indicator: Indicator,
    measures: Iterable[Measure],
    *,
    protect: bool,
    published: bool = False,
    to_the_day: bool = False,
) -> Sheet:
    """The sheet of an indicator.

    Args:
        protect: hide small numbers of people.
        published: leave out what nobody validated.
        to_the_day: also count N to the same day as today.
    """
    declaration, today, same_day = declaration_of(indicator), clock.today(), UNKNOWN
    if to_the_day and declaration is not None and indicator.first_period is not None:
        same_day = computing.to_the_day(db.session, indicator, declaration, indicator.first_period)
    names = {"channel": CHANNELS, "category": {**modules_on(), **(declaration.categories if declaration else {})}}
    return sheet(indicator, measures, today, protect=protect, published=published, names=names, same_day=same_day)


def sheets_of(rows: Sequence[Indicator], *, protect: bool, published: bool = False) -> dict[UUID, Sheet]:
    """Sheets of a list, in one query."""
    measures = queries.in_force(db.session, [row.id for row in rows])
    return {row.id: make_sheet(row, measures[row.id], protect=protect, published=published) for row in rows}


def sheet_of(indicator: Indicator, *, protect: bool, published: bool = False) -> Sheet:
    """Sheet of one indicator, with N counted to the day when it can be."""
    measures = queries.in_force(db.session, [indicator.id])[indicator.id]
    return make_sheet(indicator, measures, protect=protect, published=published, to_the_day=True)

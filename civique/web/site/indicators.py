"""Public figures of the commune: what is validated or counted by the software, small numbers of people protected."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, abort, current_app
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import _l
from civique.core.indicators import queries, words
from civique.core.indicators.figures import Figure
from civique.core.indicators.models import Indicator
from civique.web.access import PUBLIC, allow
from civique.web.figures import STATES, modules_on, sheet_of, sheets_of
from civique.web.lists import paginate
from civique.web.pages import page
from civique.web.tables import Column, download
from tenants.db import db

blueprint = Blueprint("indicators", __name__)


@dataclass(frozen=True)
class OpenFigure:
    """A line of the open data: one figure of one period, as everybody may read it."""

    indicator: Indicator
    period: str
    axis: str
    part: str
    figure: Figure
    state: str


COLUMNS = (
    Column(_l("Code"), lambda f: f.indicator.code),
    Column(_l("Indicator"), lambda f: f.indicator.label or words.to_define()),
    Column(_l("Unit"), lambda f: f.indicator.unit),
    Column(_l("Period"), lambda f: f.period),
    Column(_l("Split"), lambda f: f.axis),
    Column(_l("Part"), lambda f: f.part),
    Column(_l("Figure"), lambda f: words.figure_text(f.figure, f.indicator.nature or "count")),
    Column(_l("Value"), lambda f: _number(f.figure.value)),
    Column(_l("Qualifier"), lambda f: str(f.figure.qualifier)),
    Column(_l("Lower bound"), lambda f: _number(f.figure.lower)),
    Column(_l("Upper bound"), lambda f: _number(f.figure.upper)),
    Column(_l("State"), lambda f: str(STATES[f.state])),
)


@blueprint.get("/indicateurs")
@allow(PUBLIC)
def listing() -> Response:
    """Every public indicator with its last figure; those to define are there too."""
    found = paginate(queries.public_indicators(modules_on()))
    sheets = sheets_of(found.rows, protect=True, published=True)
    return page("site/indicators/list.html", listing=found, sheets=sheets, modules=modules_on())


@blueprint.get("/indicateurs/<code>")
@allow(PUBLIC)
def indicator(code: str) -> Response:
    """One indicator: its table, its comparisons, its chart."""
    row = queries.by_code(db.session, code)
    if row is None or not row.public or row.module not in modules_on():
        abort(404)
    sheet = sheet_of(row, protect=True, published=True)
    return page("site/indicators/indicator.html", indicator=row, sheet=sheet, states=STATES)


@blueprint.get("/indicateurs.csv")
@allow(PUBLIC)
def as_csv() -> Response:
    """Open data for a spreadsheet."""
    return download("csv", f"indicateurs-{clock.today().isoformat()}", COLUMNS, _figures())


@blueprint.get("/indicateurs.json")
@allow(PUBLIC)
def as_json() -> Response:
    """Open data for programs."""
    rows = [
        {
            "code": one.indicator.code,
            "label": one.indicator.label,
            "to_define": one.indicator.blank,
            "nature": one.indicator.nature,
            "unit": one.indicator.unit,
            "horizon": one.indicator.horizon,
            "period": one.period,
            "split": one.axis,
            "part": one.part,
            "value": _number(one.figure.value),
            "qualifier": str(one.figure.qualifier),
            "lower": _number(one.figure.lower),
            "upper": _number(one.figure.upper),
            "state": one.state,
        }
        for one in _figures()
    ]
    return current_app.response_class(json.dumps({"figures": rows}, ensure_ascii=False), mimetype="application/json")


def _figures() -> Iterator[OpenFigure]:
    rows = list(db.session.scalars(queries.public_indicators(modules_on())))
    sheets = sheets_of(rows, protect=True, published=True)
    for row in rows:
        if row.blank:
            yield OpenFigure(row, "", "", "", Figure(), "")
        for period, axis, part, figure, state in sheets[row.id].open_data():
            yield OpenFigure(row, words.period_text(period), axis, part, figure, state)


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)

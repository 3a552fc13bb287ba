"""Indicators: the list, one indicator, its definition. Figures are in ``indicator_figures``."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.channels import CHANNELS
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.indicators import operations, queries, words
from civique.core.indicators.figures import NATURES as NATURE_CODES
from civique.core.indicators.imports import takes_figures
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period
from civique.core.people.queries import names_of
from civique.web.access import allow, visitor
from civique.web.desk.indicator_forms import NATURES, PERIOD_KINDS, POLARITIES, IndicatorForm
from civique.web.desk_list import DeskList, Filter, Order, anywhere
from civique.web.figures import STATES, modules_on, sheet_of, sheets_of
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import submit
from civique.web.tables import Column, list_file
from tenants.db import db

blueprint = Blueprint("desk_indicators", __name__, url_prefix="/mairie/indicateurs")
READ, MANAGE = "indicators.read", "indicators.manage"
STATES_ASKED = {
    "a-definir": ("to_define", _l("To define")),
    "a-completer": ("to_complete", _l("Target missing")),
    "a-valider": ("to_validate", _l("Figures to validate")),
    "publics": ("public", _l("On the public site")),
}
STATUSES = {"to_date": _l("To date"), "frozen": _l("Validated"), "superseded": _l("Replaced")}
SOURCES = {
    "computed": _l("Counted by the site"),
    "manual": _l("Entered by hand"),
    "history": _l("From before the site"),
}
assert set(NATURES) == set(NATURE_CODES)


def protected() -> bool:
    """Whether small numbers are hidden: from who reads, not from who keeps the figures."""
    return not visitor().can(MANAGE)


def _columns(rows: Sequence[Indicator]) -> tuple[Column, ...]:
    sheets = sheets_of(rows, protect=protected())

    def last(row: Indicator, what: str) -> str:
        line = sheets[row.id].last
        return getattr(line, what) if line else ""

    on = modules_on()
    return (
        Column(_l("Code"), lambda i: i.code),
        Column(_l("Module"), lambda i: str(on.get(i.module, i.module))),
        Column(_l("Action or subject that it follows"), lambda i: i.action),
        Column(_l("Indicator"), lambda i: i.label or words.to_define()),
        Column(_l("What is measured"), lambda i: str(NATURES[i.nature]) if i.nature else ""),
        Column(_l("Unit"), lambda i: i.unit),
        Column("N", lambda i: i.first_period),
        Column(_l("Compared with"), lambda i: f"N+{i.horizon}"),
        Column(_l("Last period"), lambda i: last(i, "label")),
        Column(_l("Figure"), lambda i: last(i, "text")),
        Column(_l("Comparison"), lambda i: change.text if (change := sheets[i.id].change) else ""),
        Column(_l("On the public site"), lambda i: _("yes") if i.public else _("no")),
        Column(_l("Meeting that decided it"), lambda i: i.meeting),
        Column(_l("Date of this meeting"), lambda i: i.defined_on),
    )


LIST = DeskList(
    name="indicateurs",
    title=_l("Indicators"),
    select=lambda: queries.find_indicators(modules_on()),
    columns=_columns,
    template="desk/indicators/list.html",
    orders=(
        Order("module", _l("Module"), queries.IN_ORDER),
        Order("nom", _l("Name"), (Indicator.folded, Indicator.code)),
    ),
    filters=(
        Filter("module", _l("Module"), modules_on, Indicator.module),
        Filter(
            "etat",
            _l("State"),
            {code: label for code, (_state, label) in STATES_ASKED.items()},
            lambda code: queries.is_in(STATES_ASKED[code][0], clock.today()),
        ),
    ),
    words=anywhere(Indicator.folded),
    words_label=_l("Words of the name"),
    beside=lambda rows: {"sheets": sheets_of(rows, protect=protected())},
)


@blueprint.get("")
@allow(READ)
def listing() -> Response:
    """Every indicator, blanks included."""
    counts = queries.count_states(db.session, modules_on(), clock.today())
    return LIST.respond(counts=counts, modules=modules_on(), manages=visitor().can(MANAGE))


@blueprint.get("/<uuid:indicator_id>")
@allow(READ)
def card(indicator_id: UUID) -> Response:
    """One indicator: table, chart, splits, comparisons; every version for who keeps the figures."""
    indicator = found(indicator_id)
    versions = queries.versions(db.session, indicator) if not protected() else ()
    names = names_of(db.session, _people(indicator, versions))
    if not protected():
        name, title = indicator.code.replace(".", "-"), indicator.label or words.to_define()
        file = list_file(name, title, _version_columns(indicator, names), versions)
        if file:
            return file
    return _page(
        "card",
        indicator=indicator,
        sheet=sheet_of(indicator, protect=protected()),
        versions=versions,
        names=names,
        protected=protected(),
        waiting=_to_validate(indicator),
        takes_list=takes_figures(indicator),
    )


def _to_validate(indicator: Indicator) -> list[Period]:
    measures = queries.in_force(db.session, [indicator.id])[indicator.id]
    years = sorted({m.period for m in measures if m.status == "to_date"})
    return [p for p in (Period(indicator.period_kind, year) for year in years) if p.is_over(clock.today())]


def _people(indicator: Indicator, versions: Any) -> set[UUID]:
    ids = {indicator.defined_by_id, *(m.author_id for m in versions), *(m.frozen_by_id for m in versions)}
    return {one for one in ids if one}


def _version_columns(indicator: Indicator, names: dict[UUID, str]) -> tuple[Column, ...]:
    return (
        Column(_l("Period"), lambda m: period_label(indicator, m)),
        Column(_l("Part"), part_label),
        Column(_l("Figure"), lambda m: figure_label(indicator, m)),
        Column(_l("Version"), lambda m: m.version),
        Column(_l("State"), lambda m: str(STATUSES[m.status])),
        Column(_l("Source"), lambda m: str(SOURCES[m.source])),
        Column(_l("Where does it come from?"), lambda m: m.note),
        Column(_l("Why is it corrected?"), lambda m: m.reason),
        Column(_l("Entered by"), lambda m: names.get(m.author_id, "")),
        Column(_l("Entered on"), lambda m: m.at),
    )


def period_label(indicator: Indicator, measure: Measure) -> str:
    """Its period in words."""
    return words.period_text(Period(indicator.period_kind, measure.period))


def part_label(measure: Measure) -> str:
    """« Corné · Téléphone », or nothing for the whole."""
    channel = str(CHANNELS.get(measure.channel, "")) if measure.channel else ""
    return " · ".join(part for part in (measure.territory_name, channel, measure.category) if part)


def figure_label(indicator: Indicator, measure: Measure) -> str:
    """Its figure in words, or its words."""
    return measure.words or words.figure_text(measure.figure, indicator.nature or "count")


@blueprint.route("/ajouter", methods=["GET", "POST"])
@allow(MANAGE)
def new() -> Response:
    """Add an indicator that people fill in, or a blank."""
    form = IndicatorForm(people=True, qualifier="unknown")
    form.prepare()

    def do() -> Indicator:
        facts = form.facts()
        if not facts["label"]:
            facts |= {"meeting": "", "defined_on": None}
        if facts["defined_on"]:
            facts["defined_by_id"] = db.session.actor_id
        indicator = operations.add_indicator(db.session, **facts)
        operations.set_target(indicator, form.target)
        return indicator

    return submit(
        form,
        do,
        again=lambda: _page("edit", form=form, indicator=None),
        to=lambda indicator: _address(indicator.id),
        said=_("The indicator is added."),
        check=lambda: form.complete(blank_allowed=True, first_period=None),
    )


@blueprint.route("/<uuid:indicator_id>/definir", methods=["GET", "POST"])
@allow(MANAGE)
def edit(indicator_id: UUID) -> Response:
    """Define a blank, or change what an indicator is, unless a colleague did so in the meantime."""
    indicator = found(indicator_id)
    form = IndicatorForm(obj=indicator)
    form.prepare(computed=indicator.source == "computed")
    if request.method == "GET":
        form.show(indicator.target)
    first_period = indicator.first_period

    def do() -> None:
        change = operations.settle if indicator.source == "computed" else operations.define
        change(db.session, indicator, **form.facts())
        operations.set_target(indicator, form.target)

    return submit(
        form,
        do,
        again=lambda: _page("edit", form=form, indicator=indicator),
        to=_address(indicator_id),
        said=_("Saved."),
        about=lambda: indicator,
        check=lambda: form.complete(blank_allowed=False, first_period=first_period),
    )


def _address(indicator_id: UUID) -> str:
    return url_for("desk_indicators.card", indicator_id=indicator_id)


def found(indicator_id: UUID) -> Indicator:
    """An indicator of this commune whose module is on."""
    indicator = row_or_404(Indicator, indicator_id)
    if indicator.module not in modules_on():
        abort(404)
    return indicator


def _page(name: str, **context: Any) -> Response:
    return page(
        f"desk/indicators/{name}.html",
        modules=modules_on(),
        natures=NATURES,
        states=STATES,
        statuses=STATUSES,
        sources=SOURCES,
        period_kinds=PERIOD_KINDS,
        polarities=POLARITIES,
        manages=visitor().can(MANAGE),
        period_label=period_label,
        part_label=part_label,
        figure_label=figure_label,
        period_text=words.period_text,
        **context,
    )

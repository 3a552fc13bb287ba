"""« Évaluations annuelles » : the years of every module, the words around their figures, what is published of them."""

from collections.abc import Iterable

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.evaluations import operations, queries
from civique.core.evaluations.declarations import Evaluated
from civique.core.evaluations.documents import evaluation_pdf, sections
from civique.core.evaluations.queries import EvaluatedYear
from civique.core.evaluations.words import figure_table, main_figures, part_tables
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import Manifest
from civique.web.access import STAFF, allow, visitor
from civique.web.desk.evaluation_forms import EvaluationForm, PastYearForm, past_year_form
from civique.web.lists import slice_of
from civique.web.pages import as_pdf, page
from civique.web.submit import attempt, submit
from civique.web.tables import Column, list_file
from tenants.db import db

blueprint = Blueprint("desk_evaluations", __name__, url_prefix="/mairie/evaluations")
# Each module names who reads and who writes: the views ask it, once they know the module.


@blueprint.get("")
@allow(STAFF)
def listing() -> Response:
    """The years of the modules that the visitor may read, newest first."""
    every = queries.find_years(db.session, visitor().can)
    labels = {one.declared.code: str(one.manifest.label) for one in every}
    code = request.args.get("service", "")
    years = [one for one in every if one.declared.code == code] if code in labels else every
    filters = ((_("Service"), labels.get(code)),)
    file = list_file("evaluations", _("Yearly evaluations"), COLUMNS, years, filters=filters)
    if file:
        return file
    found = slice_of(years)
    return page(
        "desk/evaluations/list.html",
        block="rows",
        listing=found,
        rows=[(one, state_of(one), _main(one)) for one in found.rows],
        labels=labels,
        code=code,
        past=[(manifest.label, declared.code) for manifest, declared in _typed()],
    )


def _typed() -> Iterable[tuple[Manifest, Evaluated]]:
    """Modules of which the visitor may enter a year before the software."""
    for manifest, declared in queries.evaluated():
        asks = any(row.typed for row in declared.rows)
        if asks and queries.is_on(db.session, manifest) and visitor().can(declared.manage):
            yield manifest, declared


def state_of(one: EvaluatedYear) -> tuple[str, str]:
    """Where an evaluation stands: words and tone."""
    if one.published:
        return _("Published"), "ok"
    if one.evaluation is None:
        return _("To write"), ""
    return (_("Typed as history"), "") if one.evaluation.source else (_("Draft"), "wait")


def _main(one: EvaluatedYear) -> list[tuple[str, str]]:
    figures = main_figures(one.declared, *queries.shown_figures(db.session, one))
    return [(label, text) for label, text, _before in figures]


COLUMNS = (
    Column(_l("Year"), lambda one: one.year),
    Column(_l("Service"), lambda one: str(one.manifest.label)),
    Column(_l("State"), lambda one: state_of(one)[0]),
    Column(_l("The figures"), lambda one: ", ".join(label + _(": ") + text for label, text in _main(one))),
)


# One year ------------------------------------------------------------------------------------------------------------


@blueprint.get("/<module>/<int:year>")
@allow(STAFF)
def edit(module: str, year: int) -> Response:
    """The figures of a year, and the words around them."""
    one = _year(module, year)
    return _page(one, EvaluationForm(obj=one.evaluation))


@blueprint.post("/<module>/<int:year>")
@allow(STAFF)
def write(module: str, year: int) -> Response:
    """Keep the words."""
    one, form = _year(module, year, write=True), EvaluationForm()
    return submit(
        form,
        lambda: operations.write_evaluation(db.session, one, form.revision.data or 0, **form.words()),
        again=lambda: _page(_year(module, year), form),
        to=_path(one),
        said=_("Saved."),
        about=lambda: _year(module, year).evaluation,
    )


@blueprint.post("/<module>/<int:year>/publier")
@allow(STAFF)
def publish(module: str, year: int) -> Response:
    """Freeze the figures and show the evaluation to all."""
    one = _year(module, year, write=True)
    said = _("The evaluation is on the site. Its figures no longer move.")
    return attempt(lambda: operations.publish_evaluation(db.session, one), _path(one), said)


@blueprint.post("/<module>/<int:year>/retirer")
@allow(STAFF)
def withdraw(module: str, year: int) -> Response:
    """Take it back to change it."""
    one = _year(module, year, write=True)
    said = _("The evaluation is no longer on the site. Its figures are counted again.")
    return attempt(lambda: operations.withdraw_evaluation(db.session, one), _path(one), said)


@blueprint.get("/<module>/<int:year>.pdf")
@allow(STAFF)
def pdf(module: str, year: int) -> Response:
    """The evaluation to print, published or not."""
    one = _year(module, year)
    return as_pdf(evaluation_pdf(db.session, one), f"evaluation-{module}-{year}")


def _year(module: str, year: int, *, write: bool = False) -> EvaluatedYear:
    one = queries.find_year(db.session, module, year) or abort(404)
    if not visitor().can(one.declared.manage if write else one.declared.read):
        abort(403)
    return one


def _path(one: EvaluatedYear) -> str:
    return url_for("desk_evaluations.edit", module=one.declared.code, year=one.year)


def _page(one: EvaluatedYear, form: EvaluationForm) -> Response:
    figures, before = queries.shown_figures(db.session, one)
    rows, tables = figure_table(one.declared, figures, before), part_tables(one.declared, figures)
    return page(
        "desk/evaluations/evaluation.html",
        one=one,
        evaluation=one.evaluation,
        form=form,
        sections=sections(one.evaluation),
        rows=rows,
        tables=tables,
        years=(one.year, one.year - 1) if before else (),
        # What was typed while the module was switched off is shown again.
        writes=(one.on or form.form_errors) and visitor().can(one.declared.manage),
        drifted=one.on and one.published and (rows, tables) != _counted(one),
    )


def _counted(one: EvaluatedYear) -> tuple[object, object]:
    """The tables of a published year, were it published again."""
    figures, before = queries.present_figures(db.session, one)
    return figure_table(one.declared, figures, before), part_tables(one.declared, figures)


# A year before the software ------------------------------------------------------------------------------------------


@blueprint.get("/<module>/passee")
@allow(STAFF)
def past(module: str) -> Response:
    """Its figures, to be typed."""
    manifest, declared = _past(module)
    return _past_page(manifest, declared, past_year_form(declared))


@blueprint.post("/<module>/passee")
@allow(STAFF)
def enter_past(module: str) -> Response:
    """Keep them."""
    manifest, declared = _past(module)
    form = past_year_form(declared)
    return submit(
        form,
        lambda: operations.enter_past_year(
            db.session, module, form.year.data or 0, form.source.data or "", form.figures(declared)
        ),
        again=lambda: _past_page(manifest, declared, form),
        to=url_for("desk_evaluations.listing"),
        said=lambda made: _("The figures of %(year)s are kept as history.", year=made.year),
    )


def _past(module: str) -> tuple[Manifest, Evaluated]:
    """A module that is on, and whose years the visitor may write."""
    manifest, declared = queries.find_module(module) or abort(404)
    if not visitor().can(declared.manage):
        abort(403)
    return next((found for found in _typed() if found[0] is manifest), None) or abort(404)


def _past_page(manifest: Manifest, declared: Evaluated, form: PastYearForm) -> Response:
    keys = [row.key for row in declared.rows if row.typed]
    return page("desk/evaluations/past_year.html", manifest=manifest, form=form, keys=keys)

"""The yearly evaluation (FON-12): written and published by the mairie, read by everybody, printed as a PDF."""

from flask import Blueprint, abort, current_app, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.contributions.labels import nature_labels
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.documents.evaluation import evaluation_pdf
from civique.modules.fund.documents.figures import figure_rows, part_tables
from civique.modules.fund.forms.evaluation import EvaluationForm, PastYearForm
from civique.modules.fund.models import Evaluation, Fund
from civique.modules.fund.operations import evaluations
from civique.modules.fund.queries.figures import year_figures
from civique.web.access import PUBLIC, allow
from civique.web.desk.labels import CHANNELS
from civique.web.pages import go, go_path, notice, page
from tenants.db import db

blueprint = Blueprint("fund_evaluation", __name__, url_prefix="/mairie/fonds/evaluations")
public = Blueprint("fund_evaluations", __name__, url_prefix="/fonds/evaluations")


@blueprint.get("")
@allow("fund.read")
def listing() -> Response:
    """Every year with its figures."""
    rows = []
    for fund in queries.funds(db.session):
        evaluation = evaluations.evaluation_of(db.session, fund)
        rows.append((fund, evaluation, evaluations.figures_of(db.session, fund, evaluation)))
    return page("fund/evaluations.html", rows=rows)


@blueprint.get("/<int:year>")
@allow("fund.read")
def edit(year: int) -> Response:
    """The figures of a year, and the words around them."""
    fund = _fund(year)
    evaluation = evaluations.evaluation_of(db.session, fund)
    return _page(fund, evaluation, EvaluationForm(obj=evaluation))


@blueprint.post("/<int:year>")
@allow("fund.manage")
def write(year: int) -> Response:
    """Keep the words."""
    fund, form = _fund(year), EvaluationForm()
    evaluation = evaluations.evaluation_of(db.session, fund)
    if form.validate():
        try:
            evaluations.write_evaluation(db.session, fund, form.revision.data or 0, **form.words())
            notice(_("Saved."))
            return go("fund_evaluation.edit", year=year)
        except StaleDataError:
            form.fail(
                "",
                _(
                    "A colleague wrote this evaluation in the meantime. Nothing was overwritten: their text is under yours."
                ),
            )
            evaluation = evaluations.evaluation_of(db.session, fund)
            form.revision.data = evaluation.revision if evaluation else 0
            return _page(fund, evaluation, form, status=422, other=evaluation)
    return _page(fund, evaluation, form, status=422)


@blueprint.post("/<int:year>/publier")
@allow("fund.manage")
def publish(year: int) -> Response:
    """Freeze the figures and show the evaluation to all."""
    try:
        evaluations.publish_evaluation(db.session, _fund(year))
        notice(_("The evaluation is on the site. Its figures no longer move."))
    except Refused as broken:
        notice(str(broken), "stop")
    return go("fund_evaluation.edit", year=year)


@blueprint.post("/<int:year>/retirer")
@allow("fund.manage")
def withdraw(year: int) -> Response:
    """Take it back to change it."""
    evaluations.withdraw_evaluation(db.session, _fund(year))
    notice(_("The evaluation is no longer on the site. Its figures are counted again."))
    return go("fund_evaluation.edit", year=year)


@blueprint.get("/passee")
@allow("fund.manage")
def past() -> Response:
    """A year before the software."""
    return page("fund/past_year.html", form=PastYearForm())


@blueprint.post("/passee")
@allow("fund.manage")
def enter_past() -> Response:
    """Keep the figures of a year before the software."""
    form = PastYearForm()
    if form.validate():
        earlier = form.already()
        if earlier:
            return go_path(earlier)
        try:
            evaluations.enter_past_year(db.session, form.year.data or 0, form.note.data or "", **form.figures())
            notice(_("The figures of %(year)s are kept as history.", year=form.year.data))
            return go_path(form.leads_to(url_for("fund_evaluation.listing")))
        except Refused as broken:
            form.refuse(broken)
    return page("fund/past_year.html", status=422, form=form)


@blueprint.get("/<int:year>.pdf")
@allow("fund.read")
def desk_pdf(year: int) -> Response:
    """The evaluation to print, published or not."""
    fund = _fund(year)
    return _pdf(fund, evaluations.evaluation_of(db.session, fund))


@public.get("/<int:year>")
@allow(PUBLIC)
def read(year: int) -> Response:
    """A published evaluation."""
    fund, evaluation = _published(year)
    figures = evaluations.figures_of(db.session, fund, evaluation)
    return page(
        "fund/evaluation_public.html",
        fund=fund,
        evaluation=evaluation,
        figures=figures,
        rows=figure_rows(figures),
        parts=part_tables(figures, CHANNELS),
        natures=nature_labels(),
    )


@public.get("/<int:year>.pdf")
@allow(PUBLIC)
def pdf(year: int) -> Response:
    """A published evaluation to print."""
    return _pdf(*_published(year))


def _pdf(fund: Fund, evaluation: Evaluation | None) -> Response:
    response = current_app.response_class(evaluation_pdf(db.session, fund, evaluation), mimetype="application/pdf")
    name = f"fonds-evaluation-{fund.year}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _fund(year: int) -> Fund:
    return queries.fund_of_year(db.session, year) or abort(404)


def _published(year: int) -> tuple[Fund, Evaluation]:
    fund = _fund(year)
    evaluation = evaluations.evaluation_of(db.session, fund)
    if evaluation is None or evaluation.published_at is None:
        abort(404)
    return fund, evaluation


def _page(
    fund: Fund, evaluation: Evaluation | None, form: EvaluationForm, status: int = 200, other: Evaluation | None = None
) -> Response:
    figures = evaluations.figures_of(db.session, fund, evaluation)
    by_hand = evaluation.figures.get("by_hand", "") if evaluation else ""
    moved = None
    if evaluation is not None and evaluation.published_at is not None and not by_hand:
        moved = year_figures(db.session, fund)
    return page(
        "fund/evaluation.html",
        status=status,
        fund=fund,
        evaluation=evaluation,
        form=form,
        other=other,
        rows=figure_rows(figures),
        parts=part_tables(figures, CHANNELS),
        by_hand=by_hand,
        drifted=moved is not None and moved != figures,
    )

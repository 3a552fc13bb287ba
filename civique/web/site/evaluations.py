"""« Évaluations » : what each service gave account of, year by year; those of a service that is off stay."""

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from civique.core.evaluations import queries
from civique.core.evaluations.documents import evaluation_pdf, sections
from civique.core.evaluations.queries import EvaluatedYear
from civique.core.evaluations.words import figure_table, main_figures, part_tables
from civique.core.registry import modules
from civique.web.access import PUBLIC, allow
from civique.web.lists import paginate
from civique.web.pages import as_pdf, page
from tenants.db import db

blueprint = Blueprint("evaluations", __name__, url_prefix="/evaluations")


@blueprint.get("")
@allow(PUBLIC)
def listing() -> Response:
    """Every published evaluation, newest year first."""
    return page(
        "site/evaluations/list.html", listing=paginate(queries.published_evaluations()), modules=modules().by_name
    )


@blueprint.get("/<module>/<int:year>")
@allow(PUBLIC)
def read(module: str, year: int) -> Response:
    """The words and the figures of a year."""
    one = _published(module, year)
    figures, before = queries.shown_figures(db.session, one)
    return page(
        "site/evaluations/evaluation.html",
        one=one,
        evaluation=one.evaluation,
        sections=sections(one.evaluation),
        main=main_figures(one.declared, figures, before),
        listed=one.declared.listed(db.session, year) if one.on else (),
        rows=figure_table(one.declared, figures, before),
        tables=part_tables(one.declared, figures),
        years=(year, year - 1) if before else (),
    )


@blueprint.get("/<module>/<int:year>.pdf")
@allow(PUBLIC)
def pdf(module: str, year: int) -> Response:
    """The same, to print."""
    return as_pdf(evaluation_pdf(db.session, _published(module, year)), f"evaluation-{module}-{year}")


def _published(module: str, year: int) -> EvaluatedYear:
    one = queries.find_year(db.session, module, year)
    if one is None or not one.published:
        abort(404)
    return one

"""Figures of an indicator: entering one, validating a period, correcting what was validated."""

from typing import Any
from uuid import UUID

from flask import abort, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import gettext as _
from civique.core.indicators import computing, operations, queries, words
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period
from civique.web.access import allow
from civique.web.desk.indicator_forms import FigureForm, ValidationForm
from civique.web.desk.indicators import MANAGE, _address, _page, figure_label, found, part_label, period_label
from civique.web.desk.indicators import blueprint as blueprint
from civique.web.figures import declaration_of, make_sheet
from civique.web.lists import row_or_404
from civique.web.submit import submit
from tenants.db import db


@blueprint.route("/<uuid:indicator_id>/chiffre", methods=["GET", "POST"])
@allow(MANAGE)
def new_figure(indicator_id: UUID) -> Response:
    """Enter a figure (``?periode=`` chooses the period): a new version when there was one, history when it is older than the site."""
    indicator = _defined(indicator_id)
    form = FigureForm(data={"qualifier": "exact", "period": request.args.get("periode", ""), "seen": _seen(indicator)})
    form.prepare(indicator)

    def do() -> Measure:
        if form.seen.data != _seen(indicator):
            raise StaleDataError
        part, year = form.part(), int(form.period.data)
        key = (part["territory"].id if part["territory"] else None, part["channel"], part["category"])
        there = next((m for m in queries.period_measures(db.session, indicator, year) if m.part == key), None)
        seen, note = there.id if there else None, form.note.data
        return operations.enter(db.session, indicator, year, form.kept, note=note, seen=seen, **part, **form.extra())

    def again() -> Response:
        """When a colleague kept a figure since the form was opened, says which."""
        latest = None
        if form.moved:
            form.seen.raw_data, form.seen.data = None, _seen(indicator)
            latest = max(queries.versions(db.session, indicator), key=lambda m: m.at)
        return _page("figure", form=form, indicator=indicator, measure=None, latest=latest)

    return submit(form, do, again=again, to=_address(indicator_id), said=_kept, check=form.read)


def _kept(measure: Measure) -> str:
    if measure.source == "history":
        return _("The figure is kept as history: it is older than this site.")
    return _("The figure is kept. It stays provisional until the period is validated.")


@blueprint.get("/<uuid:indicator_id>/valider/<int:year>")
@allow(MANAGE)
def confirm_validation(indicator_id: UUID, year: int) -> Response:
    """What is about to be validated, counted now."""
    return _validation(found(indicator_id), year)


@blueprint.post("/<uuid:indicator_id>/valider/<int:year>")
@allow(MANAGE)
def validate_period(indicator_id: UUID, year: int) -> Response:
    """Validate a period: its figures then only change by correction."""
    indicator, form = found(indicator_id), ValidationForm()
    seen, declaration = form.seen.data or "", declaration_of(indicator)
    label = words.period_text(Period(indicator.period_kind, _known_year(year)))
    return submit(
        form,
        lambda: operations.freeze(db.session, indicator, year, seen=seen, declaration=declaration),
        again=lambda: _validation(indicator, year, form),
        to=_address(indicator_id),
        said=_("The figures of %(period)s are validated.", period=label),
    )


def _validation(indicator: Indicator, year: int, form: ValidationForm | None = None) -> Response:
    period = Period(indicator.period_kind, _known_year(year))
    measures: list[Measure] = list(queries.period_measures(db.session, indicator, year))
    declaration = declaration_of(indicator)
    counted = computing.still_counted(period) and not operations.is_frozen(measures)
    if declaration is not None and measures and counted:
        measures = computing.preview(db.session, indicator, period, declaration)
    if not measures:
        abort(404)
    return _page(
        "validate",
        form=form,
        indicator=indicator,
        period=period,
        over=period.is_over(clock.today()),
        frozen=all(m.status == "frozen" for m in measures),
        seen=operations.fingerprint(measures),
        measures=measures,
        sheet=make_sheet(indicator, measures, protect=False),
    )


def _known_year(year: int) -> int:
    if not 1900 <= year <= 2200:
        abort(404)
    return year


@blueprint.route("/<uuid:indicator_id>/corriger/<uuid:measure_id>", methods=["GET", "POST"])
@allow(MANAGE)
def new_correction(indicator_id: UUID, measure_id: UUID) -> Response:
    """Replace a validated figure by a new version; the former stays readable. What the site finds today is said."""
    indicator, measure = _measure(indicator_id, measure_id)
    form = FigureForm(data={"words": measure.words, "base": measure.base, "seen": str(measure.id)})
    form.prepare(indicator)
    form.only_the_figure(measure)
    if form.qualifier is not None and request.method == "GET":
        form.show(measure.figure)
    return submit(
        form,
        lambda: operations.correct(db.session, indicator, measure, form.kept, reason=form.note.data, **form.extra()),
        again=lambda: _correction(form, indicator, measure),
        to=_address(indicator_id),
        said=_("The figure is corrected. The former version stays readable."),
        check=form.read,
    )


def _correction(form: FigureForm, indicator: Indicator, measure: Measure) -> Response:
    """The page of a correction; when another version took its place, it leads to that one."""
    rows = queries.period_measures(db.session, indicator, measure.period)
    current = next((m for m in rows if m.part == measure.part), None)
    counted, declaration = "", declaration_of(indicator)
    if (
        declaration is not None
        and computing.known_since(indicator) <= Period(indicator.period_kind, measure.period).last_day
    ):
        period = Period(indicator.period_kind, measure.period)
        now = computing.preview(db.session, indicator, period, declaration)
        counted = next((figure_label(indicator, m) for m in now if m.part == measure.part), "")
    replaced = current if current is not None and current.id != measure.id else None
    return _page(
        "figure",
        form=form,
        indicator=indicator,
        measure=measure,
        counted=counted,
        replaced=replaced,
        period=period_label(indicator, measure),
        part=part_label(measure),
    )


def _seen(indicator: Indicator) -> str:
    """State of the figures that people keep; those that the site counts move by themselves."""
    measures = queries.in_force(db.session, [indicator.id])[indicator.id]
    return operations.fingerprint(m for m in measures if m.source != "computed")


def _defined(indicator_id: UUID) -> Indicator:
    indicator = found(indicator_id)
    if indicator.blank:
        abort(404)
    return indicator


def _measure(indicator_id: UUID, measure_id: UUID) -> tuple[Indicator, Any]:
    indicator, measure = found(indicator_id), row_or_404(Measure, measure_id)
    if measure.indicator_id != indicator.id or measure.frozen_at is None:
        abort(404)
    return indicator, measure

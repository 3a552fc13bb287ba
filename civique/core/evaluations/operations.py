"""Writing evaluations: words around figures, frozen when they are published; years before the software, by hand."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.exc import StaleDataError
from uuid_utils.compat import uuid7

from civique.core import audit, clock, search
from civique.core.evaluations.declarations import Figures
from civique.core.evaluations.models import WORDS, Evaluation
from civique.core.evaluations.queries import SEARCH, EvaluatedYear, find_module, is_on, present_figures
from civique.core.evaluations.words import value_of
from civique.core.i18n import gettext as _
from civique.core.manifest import Manifest
from civique.core.refused import Refused
from tenants.session import TenantSession


def write_evaluation(session: TenantSession, one: EvaluatedYear, revision: int, **words: str) -> Evaluation:
    """Write the words of an evaluation; its figures stay counted until it is published. Sent twice, it is written once.

    Raises:
        StaleDataError: a colleague wrote in the meantime.
        Refused: ``switched_off``.
    """
    evaluation = _begun(session, one.manifest, one.year)
    if all(getattr(evaluation, name) == value for name, value in words.items()):
        return evaluation
    if evaluation.revision != revision:
        raise StaleDataError
    for name, value in words.items():
        setattr(evaluation, name, value)
    session.flush()
    _record(session, "evaluation.written", evaluation)
    return evaluation


def publish_evaluation(session: TenantSession, one: EvaluatedYear) -> Evaluation:
    """Freeze the figures and show the evaluation to all. Published again, it counts again: the trail keeps both.

    Raises:
        Refused: ``evaluation_empty``, nothing was written yet; ``switched_off``.
    """
    evaluation = _taken(session, one.manifest, one.year)
    if evaluation is None or not any(getattr(evaluation, name).strip() for name in WORDS):
        raise Refused(_("Write at least a few words before you publish the evaluation."), rule="evaluation_empty")
    one = replace(one, evaluation=evaluation)
    evaluation.figures, evaluation.before = present_figures(session, one)
    evaluation.published_at = clock.now()
    session.flush()
    main = {row.key: value_of(row, evaluation.figures) for row in one.declared.rows if row.main}
    _record(session, "evaluation.published", evaluation, **main)
    search.index(session, SEARCH, evaluation)
    return evaluation


def withdraw_evaluation(session: TenantSession, one: EvaluatedYear) -> None:
    """Take an evaluation back: its figures are counted again, those typed by hand stay.

    Raises:
        Refused: ``switched_off``.
    """
    evaluation = _taken(session, one.manifest, one.year)
    if evaluation is None or evaluation.published_at is None:
        return
    evaluation.published_at = None
    evaluation.figures, evaluation.before = evaluation.figures if evaluation.source else {}, {}
    session.flush()
    search.remove(session, evaluation)
    _record(session, "evaluation.withdrawn", evaluation)


def enter_past_year(session: TenantSession, code: str, year: int, source: str, figures: Figures) -> Evaluation:
    """Enter the figures of a year before the software, with where they come from.

    Raises:
        Refused: ``year_to_come``; ``one_a_year``, the year is here already; ``switched_off``; what the module refuses.
    """
    known = find_module(code)
    assert known is not None, "the module gives account of its years"
    manifest, declared = known
    if year >= clock.today().year:
        raise Refused(_("This year is not over: the software counts it by itself."), "year", rule="year_to_come")
    evaluation = _begun(session, manifest, year)
    if evaluation.revision or year in declared.years(session):
        raise Refused(_("This year is here already. Find it in the list."), "year", rule="one_a_year")
    declared.enter(session, year, figures)
    evaluation.figures, evaluation.source = figures, source
    session.flush()
    _record(session, "evaluation.past_year_entered", evaluation)
    return evaluation


def _begun(session: TenantSession, manifest: Manifest, year: int) -> Evaluation:
    """The evaluation of a year, locked; one that nobody wrote yet has the revision 0."""
    _refuse_off(session, manifest)
    values = {"id": uuid7(), "module": manifest.name, "year": year, "figures": {}, "before": {}, "revision": 0}
    words = dict.fromkeys((*WORDS, "source"), "")
    session.execute(insert(Evaluation).values(values | words).on_conflict_do_nothing())
    evaluation = _taken(session, manifest, year)
    assert evaluation is not None, "it was there, or it is now"
    return evaluation


def _taken(session: TenantSession, manifest: Manifest, year: int) -> Evaluation | None:
    """The evaluation of a year as it is now, once those who write it at this very moment are done."""
    _refuse_off(session, manifest)
    query = select(Evaluation).filter_by(module=manifest.name, year=year).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _refuse_off(session: TenantSession, manifest: Manifest) -> None:
    """What was written can still be read."""
    if not is_on(session, manifest):
        raise Refused(
            _("This service is switched off: its evaluations are read and printed. Switch it on to write them."),
            rule="switched_off",
        )


def _record(session: TenantSession, action: str, evaluation: Evaluation, **facts: int) -> None:
    audit.record(session, action, evaluation, module=evaluation.module, year=evaluation.year, **facts)

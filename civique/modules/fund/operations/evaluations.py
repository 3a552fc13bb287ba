"""The yearly evaluation (FON-12): words around figures, frozen when it is published; years before the software, by hand."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock, search
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.models import Evaluation, Fund
from civique.modules.fund.queries.figures import YearFigures, year_figures
from tenants.session import TenantSession

WORDS = ("introduction", "went_well", "to_change", "next_year")


def evaluation_of(session: TenantSession, fund: Fund) -> Evaluation | None:
    """The evaluation of a year, begun or published."""
    return session.scalars(select(Evaluation).where(Evaluation.fund_id == fund.id)).one_or_none()


def _locked(session: TenantSession, fund: Fund) -> Evaluation | None:
    """The evaluation of a year as it is now, once those who write it at this very moment are done."""
    session.execute(select(Fund.id).where(Fund.id == fund.id).with_for_update())
    query = select(Evaluation).where(Evaluation.fund_id == fund.id)
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def figures_of(session: TenantSession, fund: Fund, evaluation: Evaluation | None) -> YearFigures:
    """Figures of a year: as frozen, or typed for a year before the software; counted now otherwise."""
    if evaluation is not None and evaluation.figures:
        return YearFigures.from_json(evaluation.figures)
    return year_figures(session, fund)


def write_evaluation(session: TenantSession, fund: Fund, revision: int, **words: str) -> Evaluation:
    """Write the words of the evaluation; its figures stay counted until it is published. Sent twice, it is written once.

    Raises:
        StaleDataError: a colleague wrote in the meantime.
    """
    evaluation = _locked(session, fund)
    if evaluation is not None and all(getattr(evaluation, name) == value for name, value in words.items()):
        return evaluation
    if evaluation is None:
        evaluation = Evaluation(fund_id=fund.id, **words)
        session.add(evaluation)
    elif evaluation.revision != revision:
        raise StaleDataError
    for name, value in words.items():
        setattr(evaluation, name, value)
    session.flush()
    audit.record(session, "fund.evaluation_written", fund)
    return evaluation


def publish_evaluation(session: TenantSession, fund: Fund) -> Evaluation:
    """Freeze the figures and show the evaluation to all. Published again, it counts again: the trail keeps both.

    Raises:
        Refused: ``evaluation_empty``, nothing was written yet.
    """
    evaluation = _locked(session, fund)
    if evaluation is None or not any(getattr(evaluation, name).strip() for name in WORDS):
        raise Refused(_("Write at least a few words before you publish the evaluation."), rule="evaluation_empty")
    if not evaluation.figures.get("by_hand"):
        evaluation.figures = year_figures(session, fund).as_json()
    evaluation.published_at = clock.now()
    session.flush()
    audit.record(session, "fund.evaluation_published", fund, received=evaluation.figures.get("received"))
    search.index(
        session, evaluation, title=str(fund.year), text=evaluation.introduction, path=f"/fonds/evaluations/{fund.year}"
    )
    return evaluation


def withdraw_evaluation(session: TenantSession, fund: Fund) -> None:
    """Take the evaluation back: its figures are counted again, those typed by hand stay."""
    evaluation = _locked(session, fund)
    if evaluation is None or evaluation.published_at is None:
        return
    evaluation.published_at = None
    if not evaluation.figures.get("by_hand"):
        evaluation.figures = {}
    session.flush()
    search.remove(session, evaluation)
    audit.record(session, "fund.evaluation_withdrawn", fund)


def enter_past_year(session: TenantSession, year: int, note: str, **figures: Any) -> Evaluation:
    """Enter the figures of a year before the software, with where they come from.

    Raises:
        Refused: ``one_a_year``, the year has its fund here; ``year_to_come``.
    """
    if year >= clock.today().year:
        raise Refused(_("This year is not over: prepare its fund instead."), "year", rule="year_to_come")
    if session.scalars(select(Fund).where(Fund.year == year)).first() is not None:
        raise Refused(_("There is a fund for this year already. Find it in the list."), "year", rule="one_a_year")
    envelope = figures["envelope"]
    fund = Fund(
        year=year,
        state="closed",
        envelope_cents=envelope,
        cap_cents=envelope,
        eligible_costs="–",
        decision_maker="mayor",
    )
    session.add(fund)
    session.flush()
    kept = YearFigures(year=year, **figures).as_json() | {"by_hand": note}
    evaluation = Evaluation(fund_id=fund.id, figures=kept)
    session.add(evaluation)
    session.flush()
    audit.record(session, "fund.past_year_entered", fund, year=year)
    return evaluation

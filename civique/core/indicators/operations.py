"""Writing indicators: adding, defining a blank, entering a figure, validating a period, correcting what was validated."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.folding import fold, slugify
from civique.core.i18n import gettext as _
from civique.core.indicators import computing, queries
from civique.core.indicators.declarations import Counted, IndicatorDeclaration
from civique.core.indicators.figures import Figure
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period
from civique.core.refused import Refused
from civique.core.territory.models import Territory
from tenants.session import TenantSession

SHAPE = frozenset({"nature", "period_kind"})


def add_indicator(session: TenantSession, *, module: str = "core", **facts: Any) -> Indicator:
    """Add an indicator that people fill in; without label it is a blank, to be defined later."""
    code = facts.pop("code", None) or _free_code(session, module, facts.get("label") or facts.get("action") or "")
    indicator = Indicator(code=code, module=module, source="manual", **facts)
    indicator.folded = _folded(indicator)
    session.add(indicator)
    session.flush()
    audit.record(session, "indicator.added", indicator, code=code)
    return indicator


def _free_code(session: TenantSession, module: str, words: str) -> str:
    stem = f"{module}.{slugify(words or 'indicateur', 30)}"
    taken = set(session.scalars(select(Indicator.code).where(Indicator.code.startswith(stem, autoescape=True))))
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(code for code in (stem, *numbered) if code not in taken)


def _folded(indicator: Indicator) -> str:
    return fold(f"{indicator.label} {indicator.action}")


def define(
    session: TenantSession, indicator: Indicator, *, definition: str, defined_on: date, meeting: str, **facts: Any
) -> None:
    """Give a blank its meaning, or change that of an indicator: dated, signed, with the meeting that decided it.

    Raises:
        Refused: the nature or the kind of period changes and figures are kept.
    """
    shape = {name for name in SHAPE & set(facts) if getattr(indicator, name) != facts[name]}
    if shape and not indicator.blank and queries.versions(session, indicator):
        raise Refused(
            _("Figures are kept already: what is measured and its period do not change. Add another indicator."),
            "nature",
            rule="has_figures",
        )
    was_blank = indicator.blank
    for name, value in facts.items():
        setattr(indicator, name, value)
    indicator.definition, indicator.defined_on, indicator.meeting = definition, defined_on, meeting
    indicator.defined_by_id = session.actor_id
    indicator.folded = _folded(indicator)
    session.flush()
    audit.record(session, "indicator.defined" if was_blank else "indicator.changed", indicator, code=indicator.code)


def settle(session: TenantSession, indicator: Indicator, **facts: Any) -> None:
    """Change what the mairie decides of a computed indicator: whether it is public, its target, its first period."""
    for name, value in facts.items():
        setattr(indicator, name, value)
    session.flush()
    audit.record(session, "indicator.changed", indicator, code=indicator.code)


def set_target(indicator: Indicator, target: Figure) -> None:
    """What is aimed at; a label whose target was missing is complete then."""
    indicator.target_qualifier, indicator.target_value = str(target.qualifier), target.value
    indicator.target_lower, indicator.target_upper = target.lower, target.upper
    if target.known:
        indicator.to_complete = False


def enter(
    session: TenantSession,
    indicator: Indicator,
    year: int,
    figure: Figure,
    *,
    note: str,
    seen: UUID | None,
    territory: Territory | None = None,
    channel: str = "",
    category: str = "",
    base: int | None = None,
    words: str = "",
) -> Measure:
    """Write a figure by hand: a new version, signed and with its note. One of before the software is history, and validated
    at once.

    Args:
        seen: identifier of the measure in force that the person saw, None when there was none.

    Raises:
        Refused: a blank, a period that has not begun, that the site counts, or that was validated. StaleDataError: the
            figure is not the one that the person saw.
    """
    if indicator.blank:
        raise Refused(_("This indicator is not defined yet: define it first."), rule="blank")
    period = Period(indicator.period_kind, year)
    if period.start > clock.today():
        raise Refused(_("This period has not begun."), "period", rule="not_begun")
    first_day = computing.known_since(indicator)
    if indicator.source == "computed" and period.last_day >= first_day:
        raise Refused(
            _("The site counts this period itself. Only earlier periods can be entered by hand."),
            "period",
            rule="computed",
        )
    _lock(session, indicator)
    part = (territory.id if territory else None, channel, category)
    current = _current(session, indicator, year, part)
    if (current.id if current else None) != seen:
        raise StaleDataError
    if current is not None and current.status == "frozen":
        raise Refused(
            _("This figure was validated. Open it in the list of versions to correct it, with a reason."),
            "period",
            rule="frozen",
        )
    history = period.last_day < first_day
    counted = Counted(figure, part[0], channel, category, base, words)
    return _replace(
        session,
        indicator,
        year,
        current,
        counted,
        territory_name=territory.name if territory else "",
        note=note,
        source="history" if history else "manual",
        frozen=history,
        action="indicator.entered",
    )


def correct(
    session: TenantSession,
    indicator: Indicator,
    measure: Measure,
    figure: Figure,
    *,
    reason: str,
    words: str = "",
    base: int | None = None,
) -> Measure:
    """Replace a validated figure by a new version, with its reason; the former stays readable.

    Raises:
        StaleDataError: it is not in force any more, or was never validated.
    """
    _lock(session, indicator)
    current = _current(session, indicator, measure.period, measure.part)
    if current is None or current.id != measure.id or current.status != "frozen":
        raise StaleDataError
    counted = Counted(figure, *measure.part, base, words)
    return _replace(
        session,
        indicator,
        measure.period,
        current,
        counted,
        territory_name=measure.territory_name,
        note=reason,
        reason=reason,
        source="manual",
        frozen=True,
        action="indicator.corrected",
    )


def freeze(
    session: TenantSession,
    indicator: Indicator,
    year: int,
    *,
    seen: str,
    declaration: IndicatorDeclaration | None = None,
) -> int:
    """Validate the figures of a period that is over: counted one last time, then they only change by correction.

    Args:
        seen: fingerprint of the figures that the person read before saying yes.
        declaration: how a computed one is counted.

    Returns:
        How many figures were validated.

    Raises:
        Refused: the period is not over, has no figure or was validated. StaleDataError: the figures are not those that
            the person saw.
    """
    period = Period(indicator.period_kind, year)
    if not period.is_over(clock.today()):
        raise Refused(_("This period is not over."), rule="not_over")
    _lock(session, indicator)
    counted = declaration is not None and computing.still_counted(period)
    if counted and declaration and not is_frozen(queries.period_measures(session, indicator, year)):
        computing.record(session, indicator, period, declaration)
    measures = queries.period_measures(session, indicator, year)
    waiting = [measure for measure in measures if measure.status == "to_date"]
    if not waiting:
        if not measures:
            raise Refused(_("This period has no figure."), rule="nothing")
        raise Refused(_("A colleague validated this period already: nothing changed."), rule="frozen")
    if fingerprint(measures) != seen:
        raise StaleDataError
    for measure in waiting:
        measure.status, measure.frozen_at, measure.frozen_by_id = "frozen", clock.now(), session.actor_id
    session.flush()
    audit.record(session, "indicator.validated", indicator, code=indicator.code, period=year, figures=len(waiting))
    return len(waiting)


def is_frozen(measures: Iterable[Measure]) -> bool:
    """Whether somebody validated the figures of a period."""
    return any(measure.status == "frozen" for measure in measures)


def fingerprint(measures: Iterable[Measure]) -> str:
    """Short text that changes when a figure does."""
    lines = sorted(
        "|".join(map(str, (*m.part, m.qualifier, *(_plain(n) for n in (m.value, m.lower, m.upper)), m.words, m.status)))
        for m in measures
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:20]


def _plain(value: Any) -> str:
    return "" if value is None else f"{value:.4f}"


def _lock(session: TenantSession, indicator: Indicator) -> None:
    """One writer at a time for the figures of an indicator; the others wait, then see what was done."""
    session.execute(select(Indicator.id).where(Indicator.id == indicator.id).with_for_update())


def _current(
    session: TenantSession, indicator: Indicator, year: int, part: tuple[UUID | None, str, str]
) -> Measure | None:
    return next((m for m in queries.period_measures(session, indicator, year) if m.part == part), None)


def _replace(
    session: TenantSession,
    indicator: Indicator,
    year: int,
    current: Measure | None,
    counted: Counted,
    *,
    frozen: bool,
    action: str,
    **facts: Any,
) -> Measure:
    if current is not None:
        current.status = "superseded"
        session.flush()
    measure = computing.measure(
        indicator, year, counted, version=queries.version_after(session, indicator, year, counted.part)
    )
    for name, value in facts.items():
        setattr(measure, name, value)
    measure.author_id = session.actor_id
    if frozen:
        measure.status, measure.frozen_at, measure.frozen_by_id = "frozen", clock.now(), session.actor_id
    session.add(measure)
    session.flush()
    audit.record(session, action, indicator, code=indicator.code, period=year, version=measure.version)
    return measure

"""Indicators of the duty to answer (§1.4), for every module that owes answers: share answered, share in time, median delay,
late stock; in all, by channel and, when several modules owe answers, by module."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.sql.elements import ColumnElement

from civique.core import clock
from civique.core.answers.models import AnswerDue, spans
from civique.core.i18n import _l
from civique.core.indicators.declarations import Counted, IndicatorDeclaration
from civique.core.indicators.figures import Figure, exact
from civique.core.indicators.formulas import median, percent
from civique.core.indicators.periods import Period, moments
from civique.core.registry import modules
from civique.core.workdays import department_of, working_days
from tenants.session import TenantSession

WORDS = {"core": _l("Questions to the town hall")}
"""Modules are named by their manifest; the core owes answers to questions alone."""
Owed = tuple[str, str, int]
"""Module, channel, what was measured of one answer."""


def answered(session: TenantSession, period: Period) -> list[Counted]:
    """Share answered, in percent, of what was received in the period and not dropped."""
    begins, ends = moments(period)
    limit = ends if period.until else None
    rows = _owed(session, AnswerDue.opened_at >= begins, AnswerDue.opened_at < ends)
    return _split(((*_whose(row), _given(row, limit)) for row in rows), _share)


def in_time(session: TenantSession, period: Period) -> list[Counted]:
    """Share answered on its day at the latest, in percent, of the answers whose day was in the period and has come."""
    day = min(period.end, clock.today())
    rows = _owed(session, AnswerDue.due_on >= period.start, AnswerDue.due_on <= day)
    known = (row for row in rows if row.answered_at or (row.due_on < day and not row.paused_on))
    return _split(((*_whose(row), not _late(row, row.due_on + timedelta(days=1))) for row in known), _share)


def delay(session: TenantSession, period: Period) -> list[Counted]:
    """Median of the working days that the answers given in the period took, less the days they waited for who asked."""
    begins, ends = moments(period)
    department = department_of(session.tenant.insee)
    rows = _owed(session, AnswerDue.answered_at >= begins, AnswerDue.answered_at < ends)
    return _split(((*_whose(row), _days(row, department)) for row in rows), median)


def late(session: TenantSession, period: Period) -> list[Counted]:
    """Answers that were late and not given on the last day of the period, or are today."""
    day = min(period.end, clock.today())
    rows = _owed(session, AnswerDue.due_on < day)
    stock = [(*_whose(row), 1) for row in rows if _late(row, day) and not row.paused_on]
    return _split(stock, lambda some: exact(len(some)), rests=False)


def _owed(session: TenantSession, *conditions: ColumnElement[bool]) -> Sequence[Any]:
    """Answers owed by the modules that are on, but for those that nobody owes any more."""
    names = [manifest.name for manifest in modules().of(session.tenant)]
    query = select(
        AnswerDue.module,
        AnswerDue.channel,
        AnswerDue.opened_at,
        AnswerDue.answered_at,
        AnswerDue.due_on,
        AnswerDue.paused_on,
        AnswerDue.pauses,
    )
    return session.execute(query.where(AnswerDue.state != "dropped", AnswerDue.module.in_(names), *conditions)).all()


def _whose(row: Any) -> tuple[str, str]:
    return row.module, row.channel


def _given(row: Any, limit: datetime | None) -> bool:
    return row.answered_at is not None and (limit is None or row.answered_at < limit)


def _late(row: Any, day: date) -> bool:
    """Whether an answer was owed on a day after its own and not given."""
    return row.due_on < day and (row.answered_at is None or clock.local(row.answered_at).date() >= day)


def _days(row: Any, department: str) -> int:
    begun, given = clock.local(row.opened_at).date(), clock.local(row.answered_at).date()
    return working_days(begun, given, department, spans(row.pauses))


def _share(given: Sequence[int]) -> Figure:
    return percent(sum(given), len(given))


def _split(rows: Iterable[Owed], measure: Callable[[Sequence[int]], Figure], *, rests: bool = True) -> list[Counted]:
    """The measure of all, of each channel and of each module. ``rests``: it rests on a number of answers."""
    listed = list(rows)

    def counted(some: Sequence[Owed], channel: str = "", category: str = "") -> Counted:
        figure = measure([value for _module, _channel, value in some])
        return Counted(figure, channel=channel, category=category, base=len(some) if rests else None)

    by_module = sorted({module for module, _channel, _value in listed})
    return [
        counted(listed),
        *(
            counted([row for row in listed if row[1] == channel], channel=channel)
            for channel in sorted({channel for _module, channel, _value in listed})
        ),
        *(
            counted([row for row in listed if row[0] == module], category=module)
            for module in by_module
            if len(by_module) > 1
        ),
    ]


INDICATORS = (
    IndicatorDeclaration(
        "core.answered",
        _l("Requests answered, among those received"),
        "percentage",
        answered,
        unit="%",
        public=False,
        people=False,
        categories=WORDS,
    ),
    IndicatorDeclaration(
        "core.answered_in_time",
        _l("Answers given in time, among those that were due"),
        "percentage",
        in_time,
        unit="%",
        public=False,
        people=False,
        categories=WORDS,
    ),
    IndicatorDeclaration(
        "core.answer_delay",
        _l("Time taken to answer"),
        "count",
        delay,
        unit=_l("working days, median"),
        polarity="down",
        public=False,
        people=False,
        categories=WORDS,
    ),
    IndicatorDeclaration(
        "core.answers_late",
        _l("Answers late"),
        "count",
        late,
        unit=_l("answers"),
        polarity="down",
        public=False,
        people=False,
        categories=WORDS,
    ),
)

"""Arithmetic that every module shares: ratios, round figures of a year, medians, satisfaction, deadlines. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from civique.core.indicators.figures import UNKNOWN, Figure, Number, Qualifier, about, exact, rounded

SMALLEST_PUBLIC = 5
YES_SCALE = range(1, 6)


def percent(part: Number | None, whole: Number | None) -> Figure:
    """Share of a whole in percent, one decimal; unknown when a side is unknown or the whole is 0."""
    if part is None or not whole:
        return UNKNOWN
    return exact(rounded(Decimal(part) / Decimal(whole) * 100))


def per(total: Number | None, units: Number | None) -> Figure:
    """Mean for one unit (votes per proposal), one decimal; unknown when there is no unit."""
    if total is None or not units:
        return UNKNOWN
    return exact(rounded(Decimal(total) / Decimal(units)))


def per_day(yearly: Figure) -> Figure:
    """A yearly figure brought to a day, rounded: always « environ »."""
    return _spread(yearly, 365)


def per_month(yearly: Figure) -> Figure:
    """A yearly figure brought to a month, rounded: always « environ »."""
    return _spread(yearly, 12)


def _spread(yearly: Figure, parts: int) -> Figure:
    if yearly.value is None or yearly.qualifier not in {Qualifier.EXACT, Qualifier.ABOUT}:
        return UNKNOWN
    return about(rounded(yearly.value / parts, Decimal(1)))


def person_days(people: int, days: int) -> int:
    """50 people for 3 days are 150 person-days."""
    return people * days


@dataclass(frozen=True)
class Poll:
    """Votes and voters of a consultation. One is never deduced from the other: several votes a voter are usual."""

    votes: int | None = None
    voters: int | None = None

    def voters_figure(self) -> Figure:
        """Voters, unknown when only votes were counted."""
        return exact(self.voters) if self.voters is not None else UNKNOWN

    def turnout(self, electors: int | None) -> Figure:
        """Share of those who could vote; the page says who they are."""
        return percent(self.voters, electors)


@dataclass(frozen=True)
class Headcount:
    """People counted. ``distinct`` is None when nobody knows whether one person was counted twice (« présences »)."""

    count: int
    distinct: bool | None = None


@dataclass(frozen=True)
class SessionCount:
    """Sessions of a network: each once for the network, and once in each group that it gathered."""

    total: int
    by_group: dict[str, int]


def count_sessions(sessions: Iterable[Collection[str]]) -> SessionCount:
    """Count sessions given by the groups that each gathered."""
    listed = [frozenset(groups) for groups in sessions]
    return SessionCount(len(listed), dict(Counter(group for groups in listed for group in groups)))


@dataclass(frozen=True)
class Satisfaction:
    """Marks from 1 to 5. ``answers`` leaves out « ne se prononce pas »; ``share`` is that of 4 and 5, in percent."""

    answers: int
    mean: Figure
    share: Figure
    response_rate: Figure

    def public(self) -> "Satisfaction | None":
        """What may be published: nothing under five answers."""
        return self if self.answers >= SMALLEST_PUBLIC else None


def satisfaction(marks: Iterable[int | None], asked: int | None = None) -> Satisfaction:
    """Sum up marks; None is « ne se prononce pas », which is an answer for the response rate only.

    Raises:
        ValueError: a mark outside 1 to 5.
    """
    listed = list(marks)
    given = [mark for mark in listed if mark is not None]
    if any(mark not in YES_SCALE for mark in given):
        raise ValueError("a mark is 1 to 5")
    return Satisfaction(
        len(given),
        per(sum(given), len(given)),
        percent(sum(mark >= 4 for mark in given), len(given)),
        percent(len(listed), asked),
    )


def median(values: Sequence[Number]) -> Figure:
    """Middle value; the mean of the two middle ones when they are even in number."""
    if not values:
        return UNKNOWN
    ordered = sorted(Decimal(value) for value in values)
    middle = len(ordered) // 2
    return exact(ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2)


def percentile(values: Sequence[Number], rank: int = 90) -> Figure:
    """The smallest value that ``rank`` percent of the values do not exceed: it is one of them (nearest rank)."""
    if not values:
        return UNKNOWN
    ordered = sorted(Decimal(value) for value in values)
    return exact(ordered[max(ceil(len(ordered) * rank / 100), 1) - 1])


@dataclass(frozen=True)
class Deadline:
    """When an action is due: a year, the reason it was postponed, or nothing said. ``sheet``: it has one at all."""

    year: int | None = None
    postponed: bool = False
    sheet: bool = True
    done: bool = False

    def state(self, today: date) -> str:
        """``no_sheet``, ``done``, ``undefined``, ``late``, ``postponed`` or ``planned``. Without a date nothing is late."""
        if not self.sheet:
            return "no_sheet"
        if self.done:
            return "done"
        if self.year is None:
            return "undefined"
        if today.year > self.year:
            return "late"
        return "postponed" if self.postponed else "planned"

"""Figures as the field says them (« environ 7 », « plus de 65 », « de 7 à 8 », « n. d. ») and how two are compared.

Pure: no database, no language. The words are in :mod:`civique.core.indicators.words`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

NATURES = ("count", "amount", "percentage", "frequency", "typology", "satisfaction", "qualitative", "composite")
IN_POINTS = frozenset({"percentage", "satisfaction"})
SPLIT_BY_CATEGORY = frozenset({"typology", "composite", "satisfaction"})
TENTH = Decimal("0.1")
Number = int | Decimal


class Qualifier(StrEnum):
    """How sure a figure is. ``FEWER`` only exists on a protected page (« < 5 »), never in the database."""

    EXACT = "exact"
    ABOUT = "about"
    MORE_THAN = "more_than"
    RANGE = "range"
    UNKNOWN = "unknown"
    FEWER = "fewer"


STORED = tuple(str(q) for q in Qualifier if q is not Qualifier.FEWER)


def rounded(value: Decimal, step: Decimal = TENTH) -> Decimal:
    """A value rounded half up, as people do (0.25 is 0.3)."""
    return value.quantize(step, rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class Figure:
    """A value with its qualifier; a range has bounds instead, and an unknown one has nothing: it is never 0."""

    value: Decimal | None = None
    qualifier: Qualifier = Qualifier.UNKNOWN
    lower: Decimal | None = None
    upper: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse what means nothing.

        Raises:
            ValueError: a value without qualifier, a range without both bounds or upside down, a number that is not one.
        """
        bounds, single = (self.lower, self.upper), self.qualifier not in {Qualifier.RANGE, Qualifier.UNKNOWN}
        if single != (self.value is not None):
            raise ValueError("a single value and its qualifier go together")
        if (self.qualifier is Qualifier.RANGE) != (None not in bounds) or (self.lower is None) != (self.upper is None):
            raise ValueError("a range has two bounds, and nothing else has")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError("the lower bound is above the upper one")
        if not all(n.is_finite() for n in (self.value, *bounds) if n is not None):
            raise ValueError("not a number")

    @property
    def known(self) -> bool:
        """Whether something is known."""
        return self.qualifier is not Qualifier.UNKNOWN

    @property
    def drawn(self) -> Decimal | None:
        """Length of its bar in a chart: the value, the upper end of a range."""
        return self.upper if self.qualifier is Qualifier.RANGE else self.value

    def bounds(self, *, whole: bool) -> tuple[Decimal | None, Decimal | None]:
        """Smallest and largest value that it may be; None without limit on that side.

        Args:
            whole: only whole numbers count, so « plus de 65 » is 66 at least.
        """
        one = Decimal(1) if whole else Decimal(0)
        match self.qualifier:
            case Qualifier.MORE_THAN:
                return self._single + one, None
            case Qualifier.FEWER:
                return Decimal(0), self._single - one
            case Qualifier.RANGE:
                return self.lower, self.upper
            case Qualifier.UNKNOWN:
                return None, None
        return self._single, self._single

    @property
    def _single(self) -> Decimal:
        assert self.value is not None
        return self.value


UNKNOWN = Figure()


def exact(value: Number) -> Figure:
    """A figure that was counted."""
    return Figure(Decimal(value), Qualifier.EXACT)


def about(value: Number) -> Figure:
    """« environ 7 »."""
    return Figure(Decimal(value), Qualifier.ABOUT)


def more_than(value: Number) -> Figure:
    """« plus de 65 »."""
    return Figure(Decimal(value), Qualifier.MORE_THAN)


def between(lower: Number, upper: Number) -> Figure:
    """« de 7 à 8 »."""
    return Figure(None, Qualifier.RANGE, Decimal(lower), Decimal(upper))


def fewer_than(value: Number) -> Figure:
    """« < 5 », on a page where small numbers are protected."""
    return Figure(Decimal(value), Qualifier.FEWER)


class Trend(StrEnum):
    """Where a figure goes, when that much is sure."""

    UP = "up"
    DOWN = "down"
    SAME = "same"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Comparison:
    """V(N) and V(N+k). ``low`` and ``high`` bound the difference; ``relative`` is in percent, one decimal.

    ``expected`` is the year in which N+k ends, when it has not ended: nothing is compared before. ``new``: V(N) is 0,
    so there is no relative figure. ``points``: percentages differ in points and never in percent.
    """

    before: Figure
    after: Figure
    low: Decimal | None = None
    high: Decimal | None = None
    approximate: bool = False
    relative: Decimal | None = None
    points: bool = False
    new: bool = False
    gone: bool = False
    expected: int | None = None

    @property
    def known(self) -> bool:
        """Whether there is a difference to show."""
        return self.low is not None or self.high is not None

    @property
    def certain(self) -> bool:
        """Whether the difference is one exact number."""
        return self.low is not None and self.low == self.high and not self.approximate

    @property
    def trend(self) -> Trend:
        """Up, down or the same when it is sure."""
        if self.low is not None and self.low > 0:
            return Trend.UP
        if self.high is not None and self.high < 0:
            return Trend.DOWN
        return Trend.SAME if self.certain and self.low == 0 else Trend.UNSURE


def compare(nature: str, before: Figure, after: Figure, *, expected: int | None = None) -> Comparison:
    """Compare two figures of one indicator by its nature.

    Args:
        expected: year in which the second period ends, when it is not over.

    Raises:
        ValueError: a nature that does not exist.
    """
    if nature not in NATURES:
        raise ValueError(nature)
    points = nature in IN_POINTS
    if expected is not None:
        return Comparison(before, after, points=points, expected=expected)
    if nature == "qualitative" or not (before.known and after.known):
        return Comparison(before, after, points=points)
    whole = nature not in {*IN_POINTS, "amount"} and _whole(before) and _whole(after)
    (low_before, high_before), (low_after, high_after) = before.bounds(whole=whole), after.bounds(whole=whole)
    low = low_after - high_before if low_after is not None and high_before is not None else None
    high = high_after - low_before if high_after is not None and low_before is not None else None
    both_exact = before.qualifier is after.qualifier is Qualifier.EXACT
    relative = None
    if both_exact and not points and before.value is not None and before.value > 0 and low is not None:
        relative = rounded(low / before.value * 100)
    return Comparison(
        before,
        after,
        low,
        high,
        Qualifier.ABOUT in {before.qualifier, after.qualifier},
        relative,
        points,
        new=not points and before == exact(0) and after != exact(0),
    )


def _whole(figure: Figure) -> bool:
    return all(n is None or n == n.to_integral_value() for n in (figure.value, figure.lower, figure.upper))


def compare_categories(
    nature: str, before: Mapping[str, Figure], after: Mapping[str, Figure], *, expected: int | None = None
) -> dict[str, Comparison]:
    """Compare category by category, those of the second period first.

    In a typology a category that vanished is 0 and one that appeared is new; a sub-measure of a composite that is missing
    is unknown.
    """
    absent = exact(0) if nature == "typology" else UNKNOWN
    each = "count" if nature == "typology" else nature
    found = {}
    for name in dict.fromkeys((*after, *before)):
        one = compare(each, before.get(name, absent), after.get(name, absent), expected=expected)
        gone = nature == "typology" and expected is None and name in before and name not in after
        found[name] = Comparison(**{**one.__dict__, "gone": gone})
    return found


@dataclass(frozen=True)
class Held:
    """What was done beside what was aimed at: ``by`` is how far outside the target, 0 within."""

    held: Decimal
    target: Figure
    by: Decimal

    @property
    def within(self) -> bool:
        """Whether the target is met."""
        return self.by == 0


def against_target(held: Number, target: Figure) -> Held:
    """Place what was done against a target: a range, a round number, at least so many.

    Raises:
        ValueError: the target is unknown.
    """
    if not target.known:
        raise ValueError("no target")
    done = Decimal(held)
    low, high = target.bounds(whole=True)
    by = Decimal(0)
    if low is not None and done < low:
        by = done - low
    elif high is not None and done > high:
        by = done - high
    return Held(done, target, by)


@dataclass(frozen=True)
class Slots:
    """What a follow-up sheet holds: indicators with a label, blanks to define, labels whose target is missing."""

    labelled: int
    blank: int
    to_complete: int

    @property
    def total(self) -> int:
        """Every slot, blanks included: a blank is never hidden."""
        return self.labelled + self.blank


def count_slots(slots: Iterable[tuple[str, bool]]) -> Slots:
    """Count the slots of sheets, given as (label, to complete)."""
    listed = [(label.strip(), unfinished) for label, unfinished in slots]
    labelled = sum(bool(label) for label, _ in listed)
    return Slots(labelled, len(listed) - labelled, sum(bool(label) and unfinished for label, unfinished in listed))

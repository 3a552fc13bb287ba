"""The pieces of a sheet, ready to be shown: words already written, small numbers already hidden."""

from collections.abc import Iterator
from dataclasses import dataclass

from civique.core.indicators import charts
from civique.core.indicators.figures import Figure, Trend
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period


@dataclass(frozen=True)
class Line:
    """A period: its figure, and whether it was validated (``frozen``), goes on (``to_date``), is awaited or unknown."""

    period: Period
    label: str
    figure: Figure
    text: str
    state: str
    words: str = ""
    note: str = ""
    measure: Measure | None = None
    over: bool = True
    first: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Change:
    """A comparison in words: « +2 (+50,0 %) », and « 4 → 6, en hausse »; by category when there are some."""

    label: str
    text: str
    detail: str
    trend: Trend
    parts: tuple[tuple[str, str], ...] = ()
    good: bool | None = None
    awaited: bool = False


@dataclass(frozen=True)
class Cell:
    """One figure of a split."""

    figure: Figure
    text: str


@dataclass(frozen=True)
class Split:
    """The figures by territory, channel or category: a row a part, a column a period, newest first."""

    axis: str
    heading: str
    periods: tuple[Period, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    withheld: tuple[str, ...] = ()
    masked: bool = False


@dataclass(frozen=True)
class Sheet:
    """Everything a page shows of an indicator."""

    indicator: Indicator
    title: str
    lines: tuple[Line, ...]
    splits: tuple[Split, ...] = ()
    changes: tuple[Change, ...] = ()
    target: str = ""
    chart: charts.Chart | None = None
    hidden: bool = False

    @property
    def last(self) -> Line | None:
        """Newest period whose figure is known."""
        return next((line for line in self.lines if line.figure.known or line.words), None)

    @property
    def change(self) -> Change | None:
        """Newest comparison that says something, otherwise the one that is awaited."""
        said = [change for change in self.changes if not change.awaited]
        return next(reversed(said or self.changes), None)

    def open_data(self) -> Iterator[tuple[Period, str, str, Figure, str]]:
        """Every figure shown: period, axis, part, figure, state of the period."""
        states = {line.period: line.state for line in self.lines}
        for line in self.lines:
            yield line.period, "", "", line.figure, line.state
        for split in self.splits:
            for name, cells in split.rows:
                for period, cell in zip(split.periods, cells, strict=True):
                    yield period, split.axis, name, cell.figure, states[period]

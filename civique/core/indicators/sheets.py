"""What a page shows of an indicator: its table by period, its splits, its comparisons in words, its chart.

Made once for the back office, the public site and the pages of other modules. Protected, nothing small leaves it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from civique.core.i18n import gettext as _
from civique.core.indicators import charts, protection, words
from civique.core.indicators.figures import (
    SPLIT_BY_CATEGORY,
    UNKNOWN,
    Comparison,
    Figure,
    Qualifier,
    Trend,
    against_target,
    compare,
    compare_categories,
    exact,
)
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period
from civique.core.indicators.sheet_parts import Cell, Change, Line, Sheet, Split

COUNTED = frozenset({"count", "typology", "composite", "frequency"})
AXES = ("territory", "channel", "category")
Parts = dict[str, Figure]


@dataclass
class _Maker:
    indicator: Indicator
    measures: list[Measure]
    today: date
    protect: bool
    names: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def nature(self) -> str:
        return self.indicator.nature or "count"

    def of(self, year: int) -> list[Measure]:
        return [measure for measure in self.measures if measure.period == year]

    def parts(self, year: int, axis: str) -> Parts:
        """Cells of a period along one axis, with what the total holds besides (« non précisé »)."""
        index = AXES.index(axis)
        cells: Parts = {}
        for measure in self.of(year):
            if measure.part[index] and not any(p for n, p in enumerate(measure.part) if n != index):
                few = self.protect and measure.base is not None and measure.base < protection.SMALLEST
                cells[self.name(axis, measure)] = UNKNOWN if few else measure.figure
        total = self.total(year)
        if cells and axis != "category" and self.nature in COUNTED and total.value is not None:
            counted = [f.value for f in cells.values() if f.qualifier is Qualifier.EXACT and f.value is not None]
            rest = total.value - sum(counted)
            if len(counted) == len(cells) and rest > 0:
                cells[_("not stated")] = exact(rest)
        return cells

    def name(self, axis: str, measure: Measure) -> str:
        if axis == "territory":
            return measure.territory_name
        code = measure.channel if axis == "channel" else measure.category
        return str(self.names.get(axis, {}).get(code, code))

    def total(self, year: int) -> Figure:
        """The whole figure; a typology without one is the sum of its categories."""
        measures = self.of(year)
        whole = next((m.figure for m in measures if m.part == (None, "", "")), UNKNOWN)
        kinds = [m.figure for m in measures if m.category and not m.territory_id and not m.channel]
        counted = self.nature == "typology" and all(figure.qualifier is Qualifier.EXACT for figure in kinds)
        if kinds and counted and not whole.known:
            return exact(sum((figure.value or Decimal(0) for figure in kinds), Decimal(0)))
        return whole

    @property
    def counts_people(self) -> bool:
        return self.protect and self.indicator.people and self.nature in COUNTED

    def public(self, figure: Figure, base: int | None) -> Figure:
        """A lone figure as it may be shown: small counts as « < 5 », shares of fewer than five answers not at all."""
        if self.protect and base is not None and base < protection.SMALLEST:
            return UNKNOWN
        return protection.shown(figure) if self.counts_people else figure


def sheet(
    indicator: Indicator,
    measures: Iterable[Measure],
    today: date,
    *,
    protect: bool,
    published: bool = False,
    names: Mapping[str, Mapping[str, Any]] | None = None,
    same_day: Figure = UNKNOWN,
) -> Sheet:
    """Make the sheet of an indicator from its measures in force.

    Args:
        protect: hide small numbers of people.
        published: leave out what nobody validated, but what the software counts.
        names: words of the codes, by axis (``channel``, ``category``).
        same_day: figure of N counted to the same day as today, to compare the current period with.
    """
    kept = [m for m in measures if not published or m.status == "frozen" or m.source == "computed"]
    make = _Maker(indicator, kept, today, protect, names or {})
    if indicator.blank:
        return Sheet(indicator, words.to_define(), ())
    lines = _lines(make)
    splits = [split for axis in AXES if (split := _split(make, axis, lines))]
    return Sheet(
        indicator,
        indicator.label,
        tuple(reversed(lines)),
        tuple(splits),
        tuple(_changes(make, lines, splits, same_day)),
        _target(indicator, lines),
        _chart(indicator, lines),
        hidden=any(line.hidden for line in lines) or any(s.withheld or s.masked for s in splits),
    )


def _lines(make: _Maker) -> list[Line]:
    indicator, today = make.indicator, make.today
    years = {measure.period for measure in make.measures}
    base = _base(indicator, years)
    if base is not None:
        awaited = Period(indicator.period_kind, base).after(indicator.horizon)
        years |= {base, awaited.year} if today >= Period(indicator.period_kind, base).start else {base}
    return [_line(make, Period(indicator.period_kind, year), first=year == base) for year in sorted(years)]


def _base(indicator: Indicator, years: Iterable[int]) -> int | None:
    """N: the period chosen, otherwise the first one that was measured."""
    return indicator.first_period or min(years, default=None)


def _line(make: _Maker, period: Period, *, first: bool) -> Line:
    measures = make.of(period.year)
    whole = next((m for m in measures if m.part == (None, "", "")), None)
    raw = make.total(period.year)
    figure = make.public(raw, whole.base if whole else None)
    over = period.is_over(make.today)
    state = next((m.status for m in measures if m.status != "frozen"), "frozen" if measures else "")
    if not measures and not over:
        state = "expected"
    text = words.figure_text(figure, make.nature if make.nature != "qualitative" else "count")
    if state == "expected":
        text = _("expected in %(year)s", year=period.last_day.year)
    elif not raw.known and measures and (make.nature == "composite" or whole is None):
        text = _("in detail below")
    return Line(
        period,
        words.period_text(period),
        figure,
        text,
        state,
        whole.words if whole else "",
        whole.note if whole else "",
        whole,
        over,
        first,
        figure != raw,
    )


def _split(make: _Maker, axis: str, lines: list[Line]) -> Split | None:
    columns: dict[Period, Parts] = {}
    withheld: list[str] = []
    masked: set[tuple[Period, str]] = set()
    for line in reversed(lines):
        cells = make.parts(line.period.year, axis)
        if not cells:
            continue
        if make.counts_people and not (axis == "category" and make.nature == "composite"):
            safe = protection.protect(make.total(line.period.year), cells)
            masked |= {(line.period, name) for name in safe.masked}
            if safe.withheld:
                withheld.append(line.label)
                continue
            cells = safe.cells
        elif make.counts_people:
            cells = {name: protection.shown(figure) for name, figure in cells.items()}
        elif make.protect and line.hidden:
            withheld.append(line.label)
            continue
        columns[line.period] = cells
    if not columns and not withheld:
        return None
    names = list(dict.fromkeys(name for cells in columns.values() for name in cells))
    rows = tuple(
        (name, tuple(_cell(make, axis, cells.get(name), (period, name) in masked) for period, cells in columns.items()))
        for name in names
    )
    heading = {"territory": _("By village or quarter"), "channel": _("By channel"), "category": _("In detail")}[axis]
    labels = tuple(words.period_text(period) for period in columns)
    return Split(axis, heading, tuple(columns), labels, rows, tuple(withheld), bool(masked))


def _cell(make: _Maker, axis: str, figure: Figure | None, masked: bool) -> Cell:
    if masked:
        return Cell(UNKNOWN, _("not published"))
    if figure is None:
        absent = exact(0) if axis == "category" and make.nature == "typology" else UNKNOWN
        absent = protection.shown(absent) if make.counts_people and absent.known else absent
        return Cell(absent, words.figure_text(absent))
    nature = "count" if make.nature in {"typology", "composite"} else make.nature
    return Cell(figure, words.figure_text(figure, nature))


def _changes(make: _Maker, lines: list[Line], splits: list[Split], same_day: Figure) -> Iterator[Change]:
    """From N to N+k, then from N+k to N+2k and so on, until a period that is not over."""
    by_year = {line.period.year: line for line in lines}
    base = _base(make.indicator, by_year)
    if base is None or base not in by_year:
        return
    before = by_year[base]
    while before.over:
        later = before.period.after(make.indicator.horizon)
        after = by_year.get(later.year) or _line(make, later, first=False)
        yield _change(make, before, after, splits)
        if not after.over:
            break
        before = after
    current = by_year.get(Period.containing(make.indicator.period_kind, make.today).year)
    if same_day.known and current is not None and current.figure.known and current.period.year > base:
        same = compare(make.nature, make.public(same_day, None), current.figure)
        label = _("%(now)s to date, beside the same day of %(then)s", now=current.label, then=by_year[base].label)
        yield _worded(make, label, same)


def _change(make: _Maker, before: Line, after: Line, splits: list[Split]) -> Change:
    expected = words.expected_year(after.period, make.today)
    label = _("From %(before)s to %(after)s", before=before.label, after=after.label)
    found = _worded(make, label, compare(make.nature, before.figure, after.figure, expected=expected))
    split = next((split for split in splits if split.axis == "category"), None)
    if make.nature not in SPLIT_BY_CATEGORY or split is None or expected is not None:
        return found
    sides = [_column(split, line.period) for line in (before, after)]
    if None in sides or not all(sides):
        return found
    parts = compare_categories(make.nature, sides[0] or {}, sides[1] or {})
    listed = tuple((name, words.comparison_text(one, make.nature)) for name, one in parts.items())
    return Change(found.label, found.text, found.detail, found.trend, listed, found.good)


def _column(split: Split, period: Period) -> Parts | None:
    """Cells of a period; in a typology what is 0 was not there, and is compared as such."""
    if period not in split.periods:
        return None
    index = split.periods.index(period)
    return {name: cells[index].figure for name, cells in split.rows if cells[index].figure != exact(0)}


def _worded(make: _Maker, label: str, comparison: Comparison) -> Change:
    text = words.comparison_text(comparison, make.nature)
    trend = comparison.trend if comparison.known else Trend.UNSURE
    wanted = {"up": Trend.UP, "down": Trend.DOWN}.get(make.indicator.polarity)
    good = trend is wanted if wanted and trend in {Trend.UP, Trend.DOWN} else None
    return Change(
        label, text, words.change_text(comparison, make.nature), trend, (), good, comparison.expected is not None
    )


def _target(indicator: Indicator, lines: list[Line]) -> str:
    """« objectif : de 7 à 8 ; 2026 : 9 sur de 7 à 8, 1 de plus… »"""
    if not indicator.target.known:
        return ""
    aim = words.figure_text(indicator.target, indicator.nature or "count")
    last = next((line for line in reversed(lines) if line.figure.qualifier is Qualifier.EXACT), None)
    if last is None or last.figure.value is None:
        return _("Target: %(target)s", target=aim)
    held = against_target(last.figure.value, indicator.target)
    return _(
        "Target: %(target)s. In %(period)s: %(held)s, %(where)s",
        target=aim,
        period=last.label,
        held=last.text,
        where=words.target_text(held),
    )


def _chart(indicator: Indicator, lines: list[Line]) -> charts.Chart | None:
    nature = indicator.nature or "count"
    if nature in {"qualitative", "composite"}:
        return None
    points = [
        (
            words.years_text(line.period),
            line.figure,
            words.short_text(line.figure, nature) if line.state != "expected" else line.text,
            line.state == "frozen",
        )
        for line in lines[-8:]
    ]
    return charts.bars(indicator.label, points)

"""The figures of a year in words, as the tables of its evaluation."""

from collections.abc import Callable, Iterable
from typing import Any

from civique.core.channels import CHANNELS
from civique.core.evaluations.declarations import Evaluated, Figures, Row
from civique.core.i18n import gettext as _
from civique.core.i18n import money, number
from civique.core.indicators.words import not_known, with_percent

Table = list[list[str]]


def _gifts(value: list[int]) -> str:
    count, cents = value
    return f"{number(count)} ({money(cents)})" if cents else number(count)


UNITS: dict[str, Callable[[Any], str]] = {
    "number": number,
    "money": money,
    "percent": lambda value: with_percent(number(value)),
    "days": lambda value: number(value) + " " + _("working days"),
    "for_one_euro": lambda value: money(round(value * 100)),
    "gifts": _gifts,
}


def value_of(row: Row, figures: Figures) -> Any:
    """A figure of a year; None when nobody knows it."""
    found: Any = figures
    for key in row.key.split("."):
        found = found.get(key) if found else None
    return found


def text_of(row: Row, figures: Figures) -> str:
    """A figure of a year in words; what is unknown is « n. d. », never 0."""
    value = value_of(row, figures)
    return UNITS[row.unit](value) if value is not None else not_known()


def main_figures(declared: Evaluated, figures: Figures, before: Figures) -> list[tuple[str, str, str]]:
    """What comes first: label, text, and that of the year before if it has figures."""
    return [
        (str(row.label), text_of(row, figures), text_of(row, before) if before else "")
        for row in declared.rows
        if row.main
    ]


def figure_table(declared: Evaluated, figures: Figures, before: Figures) -> Table:
    """A line a figure: its label, its text, and that of the year before if it has figures."""
    years = (figures, before) if before else (figures,)
    rows = (row for row in declared.rows if not row.optional or _is_there(row, years))
    return [[str(row.label), *(text_of(row, year) for year in years)] for row in rows]


def _is_there(row: Row, years: Iterable[Figures]) -> bool:
    values = (value_of(row, figures) for figures in years)
    return any(any(value) if isinstance(value, list) else value for value in values)


def part_tables(declared: Evaluated, figures: Figures) -> list[tuple[str, Table]]:
    """By village, then by channel: a title and a table. The first row of a table is its head, the first cell of a row its
    part; nothing for a commune in one piece."""
    if not declared.columns:
        return []
    villages = [(name or _("The whole commune"), part) for name, part in _parts(declared, figures, "territories")]
    channels = [(str(CHANNELS.get(code, code)), part) for code, part in _parts(declared, figures, "channels")]
    columns = [str(row.label) for row in declared.columns]
    groups = (
        (_("By village"), _("Village"), villages if len(villages) > 1 else []),
        (_("By channel"), _("Channel"), channels),
    )
    return [
        (
            title,
            [[head, *columns], *([name, *(text_of(row, part) for row in declared.columns)] for name, part in parts)],
        )
        for title, head, parts in groups
        if parts
    ]


def _parts(declared: Evaluated, figures: Figures, axis: str) -> list[tuple[str, Figures]]:
    """The largest part first: what was frozen kept no order."""
    first = declared.columns[0]
    parts: dict[str, Figures] = figures.get(axis) or {}
    return sorted(parts.items(), key=lambda part: (-(value_of(first, part[1]) or 0), part[0]))

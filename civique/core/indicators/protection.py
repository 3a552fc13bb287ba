"""Small numbers of people: below five a public table says « < 5 », and hides another cell when the total would tell.

What is published must not let anybody find a hidden number again, even who knows these rules. So what else is hidden is
chosen by the order of the cells and by what is public, never by how small the numbers are; the tests try every small table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from civique.core.indicators.figures import UNKNOWN, Figure, Qualifier, exact, fewer_than

SMALLEST = 5


@dataclass(frozen=True)
class Protected:
    """A split ready to be published. ``withheld``: none of its cells may be shown; ``masked``: those hidden for others."""

    total: Figure
    cells: dict[str, Figure] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()
    withheld: bool = False


def small(figure: Figure) -> bool:
    """Whether a figure could be a number of people below five."""
    low, _ = figure.bounds(whole=True)
    return low is not None and low < SMALLEST


def shown(figure: Figure) -> Figure:
    """A lone figure as it may be published."""
    return fewer_than(SMALLEST) if small(figure) else figure


def protect(total: Figure, cells: Mapping[str, Figure]) -> Protected:
    """Hide what is small in a split whose total is public, and what would tell it.

    Whole exact counts that add up to the total are assumed; with anything else (a qualified figure, a part that is not
    said), a split that holds a small number is withheld, for what can be deduced is not known.
    """
    hidden = {name for name, figure in cells.items() if small(figure)}
    if small(total):
        return Protected(shown(total), withheld=True)
    if not hidden:
        return Protected(total, dict(cells))
    if not _adds_up(total, cells) or total == exact((SMALLEST - 1) * len(cells)):
        # All cells at four give exactly this total; others that give it are withheld too, so that it tells nothing.
        return Protected(total, withheld=True)
    masked = set() if len(hidden) == len(cells) else _masked(total, cells, hidden)
    if masked is None:
        return Protected(total, withheld=True)
    published = {
        name: fewer_than(SMALLEST) if name in hidden else UNKNOWN if name in masked else figure
        for name, figure in cells.items()
    }
    return Protected(total, published, frozenset(masked))


def _masked(total: Figure, cells: Mapping[str, Figure], hidden: set[str]) -> set[str] | None:
    """Cells to mask besides the small ones, from the last one up; None when masking all of them is not enough."""
    masked: set[str] = set()
    for name in reversed([name for name in cells if name not in hidden]):
        masked.add(name)
        told = sum(f.value for n, f in cells.items() if n not in hidden | masked and f.value is not None)
        assert total.value is not None
        if total.value - told > SMALLEST * len(masked):
            return masked
    return None


def _adds_up(total: Figure, cells: Mapping[str, Figure]) -> bool:
    figures = (total, *cells.values())
    if any(figure.qualifier is not Qualifier.EXACT for figure in figures):
        return False
    return sum(figure.value or 0 for figure in cells.values()) == total.value

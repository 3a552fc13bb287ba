"""A small bar chart: where each bar goes. The table says the same beside it; the drawing is for the eye."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from civique.core.indicators.figures import Figure, Qualifier

WIDTH, LEFT, RIGHT, LINE, THICK = 360, 84, 112, 34, 20


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length in the drawing, what is written beside it. ``look``: exact, loose or waiting."""

    label: str
    text: str
    top: int
    length: int
    look: str

    @property
    def middle(self) -> int:
        """Height of its words."""
        return self.top + THICK // 2

    @property
    def beside(self) -> int:
        """Where its figure is written."""
        return LEFT + self.length + 8


@dataclass(frozen=True)
class Chart:
    """Horizontal bars, which leave room for words on a telephone; numbers are those of a drawing 360 wide."""

    title: str
    bars: tuple[Bar, ...]
    width: int = WIDTH
    left: int = LEFT
    thick: int = THICK

    @property
    def height(self) -> int:
        """Height of the drawing."""
        return len(self.bars) * LINE + 6


def bars(title: str, points: Sequence[tuple[str, Figure, str, bool]]) -> Chart | None:
    """Draw figures given as (label, figure, words, settled); None when fewer than two are known: there is nothing to see."""
    lengths = [max(figure.drawn or Decimal(0), Decimal(0)) for _, figure, _, _ in points]
    if sum(figure.known for _, figure, _, _ in points) < 2:
        return None
    longest = max(lengths) or Decimal(1)
    room = WIDTH - LEFT - RIGHT
    made = [
        Bar(label, text, 3 + number * LINE, round(room * length / longest), _look(figure, settled))
        for number, ((label, figure, text, settled), length) in enumerate(zip(points, lengths, strict=True))
    ]
    return Chart(title, tuple(made))


def _look(figure: Figure, settled: bool) -> str:
    if not settled:
        return "waiting"
    return "exact" if figure.qualifier is Qualifier.EXACT else "loose"

"""What a figure is: a few measures, some with a bar to meet."""

import gc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civique.bench.stage import Stage


class CannotMeasure(RuntimeError):
    """Something that a figure needs is missing on this machine, or did not happen; the sentence is for a person."""


@dataclass(frozen=True)
class Measure:
    """One number. ``bar`` is the most it may be (the least with ``at_least``); without one it only informs."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None when there is none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def facts(self) -> dict[str, Any]:
        """For the JSON file."""
        return asdict(self) | {"met": self.met}


@dataclass(frozen=True)
class Figure:
    """Something that is measured, by its name on the command line."""

    name: str
    title: str
    measure: "Callable[[Stage], list[Measure]]"


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes, by the clock on the wall."""
    start = perf_counter()
    work()
    return perf_counter() - start


def spread(values: Sequence[float], factor: float = 1.0) -> str:
    """« median of 20, from 81 to 140 », for the note of a measure."""
    return f"median of {len(values)}, from {shown(min(values) * factor)} to {shown(max(values) * factor)}"


def shown(value: float) -> str:
    """A number with three significant figures at least, never in powers of ten."""
    return f"{value:,.0f}".replace(",", " ") if value >= 100 or value == int(value) else f"{value:.3g}"


def middle(values: Sequence[float]) -> float:
    """The median, which a busy neighbour on the machine moves less than a mean."""
    return float(median(values))


def in_turns(
    rounds: int, works: Mapping[str, Callable[[], float]], before_each: Callable[[], object] = lambda: None
) -> dict[str, float]:
    """Median cost of each work, in the seconds that it gives; one of each at every round, so that all share the
    machine's mood. ``before_each`` is called at every round."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        for _ in range(10):
            work()
    gc.collect()
    for _ in range(rounds):
        before_each()
        for name, work in works.items():
            spent[name].append(work())
    return {name: middle(values) for name, values in spent.items()}

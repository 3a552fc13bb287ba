"""One visitor, then eight at once, on one page of one commune: requests a second, how long they wait, what it costs."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter

from civique.bench.client import Page, Visitor
from civique.bench.figure import Measure
from civique.bench.processes import taken
from civique.bench.stage import Stage

CROWD = 8
WORKERS = 2
"""Processes of the web server, as in ``deploy/``."""
TURNS = 5
SECONDS = 1.0
"""Length of one turn. Each has new connections, as which process takes one is for the kernel to say."""


@dataclass
class Waits:
    """How long each request took, over some seconds, and the processor's seconds of all processes but the client."""

    each: list[float] = field(default_factory=list)
    seconds: float = 0.0
    processor: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds


def measure(stage: Stage) -> list[Measure]:
    """The list of the fund, in turns by one visitor and by eight, each asking again as soon as it has the page: written for
    each of them, then kept by the processes."""
    turns = min(stage.rounds or TURNS, TURNS)
    tenant, _project = stage.lived_in
    with stage.instance.programs("web", workers=WORKERS) as running:
        roots = (running["web"].pid, *stage.instance.server_pids())
        stage.say(f"{turns} turns of {SECONDS:g} s with 1 visitor, then with {CROWD}, of two pages")
        written, kept = (
            _compare(stage.instance.port, Page(stage.instance.host(tenant), "/fonds", first=first), roots, turns)
            for first in (True, False)
        )
    return [*_measures("list of the fund", *written), *_measures("list of the fund, kept", *kept)]


def _compare(port: int, page: Page, roots: tuple[int, ...], turns: int) -> tuple[Waits, Waits]:
    """One visitor and eight, in turns."""
    one, crowd = Waits(), Waits()
    _visit(port, page, roots, CROWD, Waits())
    for _ in range(turns):
        _visit(port, page, roots, 1, one)
        _visit(port, page, roots, CROWD, crowd)
    return one, crowd


def _measures(name: str, one: Waits, crowd: Waits) -> list[Measure]:
    note = f"web in {WORKERS} processes; the client runs on the same machine"
    measures = []
    for visitors, waits, bar in ((1, one, None), (CROWD, crowd, 40)):
        of = f"« {name} », {visitors} at once"
        measures += [
            Measure(f"Requests a second of {of}", waits.rate, "/s", note=note),
            Measure(f"… 95 % of {of} are answered within", percentile(waits.each, 95) * 1e3, "ms", bar=bar),
            Measure(f"… CPU of a request of {of}, all processes", waits.processor / len(waits.each) * 1e3, "ms"),
        ]
    ratio = Measure(
        f"Requests a second of « {name} », {CROWD} to 1", crowd.rate / one.rate, "×", bar=1.7, at_least=True
    )
    return [*measures, ratio]


def percentile(values: Sequence[float], share: int) -> float:
    """The value that ``share`` % of the values do not exceed."""
    return sorted(values)[ceil(len(values) * share / 100) - 1]


def _visit(port: int, page: Page, roots: tuple[int, ...], visitors: int, waits: Waits) -> None:
    """Ask for the page during one turn, by as many visitors at once; adds their waits."""
    start = perf_counter()

    def visit() -> list[float]:
        with closing(Visitor(port)) as visitor:
            found = []
            while perf_counter() - start < SECONDS:
                found.append(visitor.ask(page))
            return found

    before = taken(*roots)
    with ThreadPoolExecutor(visitors) as crowd:
        for asked in [crowd.submit(visit) for _ in range(visitors)]:
            waits.each += asked.result()
    waits.seconds += perf_counter() - start
    waits.processor += taken(*roots) - before

"""One visitor, then eight at once, on one page of one commune: requests a second and how long they wait."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter

from civique.bench.client import Page, Visitor
from civique.bench.figure import Measure
from civique.bench.stage import Stage

CROWD = 8
WORKERS = 2
"""Processes of the web server, as in ``deploy/``."""
TURNS = 5
SECONDS = 1.0
"""Length of one turn. Each has new connections, as which process takes one is for the kernel to say."""


@dataclass
class Waits:
    """How long each request took, over some seconds."""

    each: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.each) / self.seconds


def measure(stage: Stage) -> list[Measure]:
    """The list of the fund, in turns by one visitor and by eight, each asking again as soon as it has the page."""
    turns = min(stage.rounds or TURNS, TURNS)
    tenant, _project = stage.lived_in
    page = Page(stage.instance.host(tenant), "/fonds")
    one, crowd = Waits(), Waits()
    with stage.instance.programs("web", workers=WORKERS):
        _visit(stage.instance.port, page, CROWD, Waits())
        stage.say(f"{turns} turns of {SECONDS:g} s with 1 visitor, then with {CROWD}")
        for _ in range(turns):
            _visit(stage.instance.port, page, 1, one)
            _visit(stage.instance.port, page, CROWD, crowd)
    note = f"web in {WORKERS} processes; the client runs on the same machine"
    return [
        Measure("Requests a second of « list of the fund », 1 visitor", one.rate, "/s", note=note),
        Measure("… 95 % are answered within", percentile(one.each, 95) * 1e3, "ms", note=f"{len(one.each)} requests"),
        Measure(f"Requests a second of « list of the fund », {CROWD} visitors", crowd.rate, "/s", note=note),
        Measure(
            f"… 95 % are answered within, {CROWD} visitors",
            percentile(crowd.each, 95) * 1e3,
            "ms",
            bar=40,
            note=f"{len(crowd.each)} requests",
        ),
        Measure(f"Requests a second, {CROWD} visitors to 1", crowd.rate / one.rate, "×", bar=1.7, at_least=True),
    ]


def percentile(values: Sequence[float], share: int) -> float:
    """The value that ``share`` % of the values do not exceed."""
    return sorted(values)[ceil(len(values) * share / 100) - 1]


def _visit(port: int, page: Page, visitors: int, waits: Waits) -> None:
    """Ask for the page during one turn, by as many visitors at once; adds their waits."""
    start = perf_counter()

    def visit() -> list[float]:
        with closing(Visitor(port)) as visitor:
            found = []
            while perf_counter() - start < SECONDS:
                found.append(visitor.ask(page))
            return found

    with ThreadPoolExecutor(visitors) as crowd:
        for asked in [crowd.submit(visit) for _ in range(visitors)]:
            waits.each += asked.result()
    waits.seconds += perf_counter() - start

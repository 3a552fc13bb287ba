"""Home pages of a thousand communes, at random, as many a second as come: how long they wait."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from queue import SimpleQueue

from civique.bench.client import Page, Visitor
from civique.bench.figure import CannotMeasure, Measure
from civique.bench.load import WORKERS, percentile
from civique.bench.processes import taken
from civique.bench.stage import Stage

COMMUNES = 1_000
RATE = 150
"""Requests a second: they come whether or not the earlier ones were answered."""
SECONDS = 60
VISITORS = 64
"""At most so many wait at once; a request that finds all of them waiting waits too, and its wait counts."""


@dataclass
class Answers:
    """Seconds from the moment a request should have left to its whole answer; requests that failed."""

    waits: list[float] = field(default_factory=list)
    errors: int = 0


def measure(stage: Stage) -> list[Measure]:
    """Ask for random home pages during two minutes: of processes that have answered nothing yet, then of the same."""
    communes = stage.plain(stage.communes or COMMUNES)
    seconds = min(stage.rounds or SECONDS, SECONDS)
    pages = [Page(stage.instance.host(tenant), "/") for tenant in communes]
    measures = []
    with stage.instance.programs("web", workers=WORKERS) as running:
        roots = (running["web"].pid, *stage.instance.server_pids())
        for when in ("just started", "running"):
            stage.say(f"{RATE} requests a second during {seconds} s, web {when}")
            before = taken(*roots)
            answers = _ask(stage.instance.port, pages, RATE * seconds)
            measures += _measures(f"{len(pages)} communes, web {when}", answers, taken(*roots) - before)
    return measures


def _measures(of: str, answers: Answers, spent: float) -> list[Measure]:
    if not answers.waits:
        raise CannotMeasure("no home page was answered")
    note = f"{len(answers.waits)} requests, {RATE} a second, web in {WORKERS} processes; the client on the same machine"
    return [
        Measure(f"Homes of {of}: 95 % are answered within", _ms(answers, 95), "ms", bar=100, note=note),
        Measure(f"… half of them, {of}", _ms(answers, 50), "ms"),
        Measure(f"… errors, {of}", answers.errors, "", bar=0),
        Measure(f"… CPU of a request, {of}, all processes", spent / len(answers.waits) * 1e3, "ms"),
    ]


def _ms(answers: Answers, share: int) -> float:
    return percentile(answers.waits, share) * 1e3


def _ask(port: int, pages: list[Page], number: int) -> Answers:
    """Send the requests at their times, from a few connections that stay open."""
    chance = random.Random(7)  # noqa: S311 (the same communes at each run)
    answers, due = Answers(), SimpleQueue[tuple[float, Page] | None]()

    def visit() -> None:
        with closing(Visitor(port)) as visitor:
            while (asked := due.get()) is not None:
                at, page = asked
                try:
                    visitor.ask(page)
                except (CannotMeasure, OSError):
                    answers.errors += 1
                    visitor.close()
                else:
                    answers.waits.append(time.perf_counter() - at)

    with ThreadPoolExecutor(VISITORS) as crowd:
        visits = [crowd.submit(visit) for _ in range(VISITORS)]
        start = time.perf_counter()
        for n in range(number):
            at = start + n / RATE
            time.sleep(max(0.0, at - time.perf_counter()))
            due.put((at, chance.choice(pages)))
        for _ in visits:
            due.put(None)
        for one in visits:
            one.result()
    return answers

"""What a page costs all processes together, PostgreSQL and Valkey included, when a real server serves it."""

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial

from civique.bench.bare import PLAIN, SELECT, bare_server
from civique.bench.client import Page, Visitor
from civique.bench.figure import Measure, cheapest_quarter, shown
from civique.bench.memory import let_the_jobs_run
from civique.bench.processes import processor_seconds, told
from civique.bench.stage import Stage
from civique.core.process import engines
from tenants.tenant import Tenant

TURNS = 20
LEAST = 0.2
"""Processor seconds that a turn of one page takes, about: the kernel counts in hundredths."""
CHUNK = 10
BARE = "a bare Flask view"
BARE_SELECT = "a bare Flask view with one SELECT"


def measure(stage: Stage, tenant: Tenant, pages: Mapping[str, Page]) -> list[Measure]:
    """Processor time of each page in web, worker, relay, PostgreSQL and Valkey, and its ratio to two bare views that
    are served and counted in the same way. Nothing without /proc."""
    if not told():
        stage.say("all processes: not measured, their time is read from /proc, which only Linux has")
        return []
    turns = min(stage.rounds or TURNS, TURNS)
    with (
        stage.instance.programs("web", "worker", "relay") as running,
        bare_server(engines().of(tenant), stage.folder) as (bare_pid, bare_port),
        closing(Visitor(stage.instance.port)) as visitor,
        closing(Visitor(bare_port)) as beside,
    ):
        let_the_jobs_run()
        asked: dict[str, Callable[[], float]] = {
            BARE: partial(beside.ask, Page("localhost", PLAIN)),
            BARE_SELECT: partial(beside.ask, Page("localhost", SELECT)),
            **{name: partial(visitor.ask, page) for name, page in pages.items()},
        }
        stage.say(f"all processes: {turns} turns of each page, of {LEAST} s of processor")
        roots = [bare_pid, *(program.pid for program in running.values()), *stage.instance.server_pids()]
        return _measures(_in_turns(turns, asked, partial(processor_seconds, *roots)))


def _in_turns(
    turns: int, asked: Mapping[str, Callable[[], float]], clock: Callable[[], float]
) -> dict[str, list[float]]:
    """Processor seconds of one request, at each turn; one turn of each page after the other."""
    requests = {name: _length(ask, clock) for name, ask in asked.items()}
    spent: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(turns):
        for name, ask in asked.items():
            start = clock()
            for _ in range(requests[name]):
                ask()
            spent[name].append((clock() - start) / requests[name])
    return spent


def _length(ask: Callable[[], float], clock: Callable[[], float]) -> int:
    """How many requests take ``LEAST``. The same number at each turn: stopping at a tick of the clock would count that
    tick more often than it falls."""
    for _ in range(CHUNK):
        ask()
    start, requests = clock(), 0
    while clock() - start < LEAST:
        for _ in range(CHUNK):
            ask()
        requests += CHUNK
    return requests


def _measures(spent: Mapping[str, list[float]]) -> list[Measure]:
    cost = {name: cheapest_quarter(values) for name, values in spent.items()}
    measures = []
    for name, values in spent.items():
        page = name if name in {BARE, BARE_SELECT} else f"« {name} »"
        note = f"cheapest quarter of {len(values)} turns, from {shown(min(values) * 1e3)} to {shown(max(values) * 1e3)}"
        measures.append(Measure(f"All processes: CPU of {page}", cost[name] * 1e3, "ms", note=note))
        if page != name:
            note = f"{cost[name] / cost[BARE_SELECT]:.1f} × the one with one SELECT"
            measures.append(Measure(f"All processes: {page} to {BARE}", cost[name] / cost[BARE], "×", note=note))
    return measures

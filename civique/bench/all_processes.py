"""What a page costs all processes together, PostgreSQL and Valkey included, when a real server serves it."""

import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from civique.bench.bare import PLAIN, SELECT, bare_server
from civique.bench.client import Page, Visitor
from civique.bench.figure import Measure, in_turns
from civique.bench.memory import let_the_jobs_run
from civique.bench.processes import ProcessorClock, told
from civique.bench.stage import Stage
from civique.core.process import engines
from tenants.tenant import Tenant

ROUNDS = 200
PAUSE = 0.002
"""Seconds left to what still works once the page is there, such as the end of a transaction."""
BARE = "a bare Flask view"
BARE_SELECT = "a bare Flask view with one SELECT"


@dataclass(frozen=True)
class Cost:
    """One request that can be repeated, at the cost of all the processes that the clock knows."""

    clock: ProcessorClock
    visitor: Visitor
    page: Page

    def __call__(self) -> float:
        """Ask for the page; gives the processor's seconds."""
        before = self.clock.read()
        self.visitor.ask(self.page)
        time.sleep(PAUSE)
        return self.clock.since(before)


def measure(stage: Stage, tenant: Tenant, pages: Mapping[str, Page]) -> list[Measure]:
    """Processor time of each page in web, worker, relay, PostgreSQL and Valkey, and its ratio to two bare views that
    are served and counted in the same way, in turns. Nothing without /proc."""
    if not told():
        stage.say("all processes: not measured, they are found in /proc, which only Linux has")
        return []
    rounds = stage.rounds or ROUNDS
    with (
        stage.instance.programs("web", "worker", "relay") as running,
        bare_server(engines().of(tenant), stage.folder) as (bare_pid, bare_port),
        closing(Visitor(stage.instance.port)) as visitor,
        closing(Visitor(bare_port)) as beside,
    ):
        let_the_jobs_run()
        clock = ProcessorClock(bare_pid, *(program.pid for program in running.values()), *stage.instance.server_pids())
        asked = {
            BARE: Cost(clock, beside, Page("localhost", PLAIN)),
            BARE_SELECT: Cost(clock, beside, Page("localhost", SELECT)),
            **{name: Cost(clock, visitor, page) for name, page in pages.items()},
        }
        stage.say(f"{rounds} requests of each page, all processes counted")
        return _measures(in_turns(rounds, asked, before_each=clock.find))


def _measures(cost: Mapping[str, float]) -> list[Measure]:
    measures = [Measure(f"All processes: CPU of {view}", cost[view] * 1e3, "ms") for view in (BARE, BARE_SELECT)]
    for name in (name for name in cost if name not in {BARE, BARE_SELECT}):
        note = f"{cost[name] / cost[BARE_SELECT]:.1f} × the one with one SELECT"
        measures += [
            Measure(f"All processes: CPU of « {name} »", cost[name] * 1e3, "ms"),
            Measure(f"All processes: « {name} » to {BARE}", cost[name] / cost[BARE], "×", note=note),
        ]
    return measures

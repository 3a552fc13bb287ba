"""Memory of web, workers and relay after a visit to 300 communes."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from sqlalchemy import text

from civique.bench.figure import CannotMeasure, Measure
from civique.bench.instance import fetch
from civique.bench.processes import Held, family, memory
from civique.bench.stage import Stage
from civique.core.process import engines

COMMUNES = 300
VISITORS = 8
"""As many at once as the web process has threads."""
MOST = 350 + 60
"""Megabytes of web, relay and a worker, and what the worker of messages beside it may add."""
WAITING = text("SELECT count(*) FROM platform.outbox WHERE done_at IS NULL AND due_at <= clock_timestamp()")


def measure(stage: Stage) -> list[Measure]:
    """Visit the home page of each commune, let the jobs run, then read what the kernel says of each program."""
    communes = stage.plain(stage.communes or COMMUNES)
    with stage.instance.programs("web", "worker", "relay") as running, stage.steps() as progress:
        before = memory(*family(running["web"].pid))
        hosts = [stage.instance.host(tenant) for tenant in communes]
        _visit_all(stage.instance.port, hosts, progress(f"visiting {len(hosts)} communes", len(hosts)))
        let_the_jobs_run()
        families, held, total = _read({name: program.pid for name, program in running.items()})
    return [
        Measure(
            f"Memory (PSS) of web, workers and relay after {len(communes)} communes",
            total.pss,
            "MB",
            bar=MOST,
            note=f"RSS, which counts a shared page in each process: {total.rss:.0f} MB",
        ),
        Measure("The same on a machine that runs nothing else", total.alone, "MB", bar=MOST),
        *(
            Measure(f"… {name}", one.pss, "MB", note=f"{counted(len(families[name]))}, RSS {one.rss:.0f} MB")
            for name, one in held.items()
        ),
        Measure("… web before the first visit", before.pss, "MB"),
    ]


def _read(programs: dict[str, int]) -> tuple[dict[str, list[int]], dict[str, Held], Held]:
    """Processes and memory of each program and of all, read again when a job began or ended meanwhile."""
    for _ in range(50):
        families = {name: family(pid) for name, pid in programs.items()}
        held = {name: memory(*pids) for name, pids in families.items()}
        total = memory(*chain.from_iterable(families.values()))
        if families == {name: family(pid) for name, pid in programs.items()}:
            break
        time.sleep(0.2)
    return families, held, total


def counted(processes: int) -> str:
    """« 1 process », « 2 processes »."""
    return f"{processes} process" if processes == 1 else f"{processes} processes"


def _visit_all(port: int, hosts: list[str], step: Callable[[], None]) -> None:
    def visit(host: str) -> None:
        status, _ = fetch(port, host, timeout=30)
        if status != 200:
            raise CannotMeasure(f"http://{host}/ answers {status}")
        step()

    with ThreadPoolExecutor(VISITORS) as visitors:
        list(visitors.map(visit, hosts))


def let_the_jobs_run() -> None:
    """Wait until nothing is due: a job that runs is a process more."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with engines().platform.connect() as connection:
            if connection.execute(WAITING).scalar_one() == 0:
                time.sleep(2)
                return
        time.sleep(0.5)

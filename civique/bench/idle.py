"""What a commune costs in a day when nobody visits it: its daily work, and its part of what the deployment does each minute."""

import time

from sqlalchemy import text

from civique.bench.figure import CannotMeasure, Measure
from civique.bench.memory import WAITING, let_the_jobs_run
from civique.bench.processes import ProcessorClock, told
from civique.bench.stage import Stage
from civique.core.process import engines

COMMUNES = 1_000
WORKED_FOR = 100
"""Of them, those whose daily work is run."""
TICKS = 30
QUIET_SECONDS = 20
"""At most: one for each round that is asked."""
DAY = 86_400
ASK = text("INSERT INTO platform.outbox (id, owner, job, args) VALUES (gen_random_uuid(), :owner, :job, '{}')")
ASKED_TODAY = text(
    """
    INSERT INTO platform.periodic_run (owner, job, period)
    SELECT schema, 'core.daily', to_char(clock_timestamp() AT TIME ZONE time_zone, 'YYYY-MM-DD') FROM platform.tenant
    ON CONFLICT DO NOTHING"""
)


def measure(stage: Stage) -> list[Measure]:
    """Run the daily work of each commune by worker and relay, then ticks, then nothing.

    Raises:
        CannotMeasure: this kernel does not tell what processes take.
    """
    if not told():
        raise CannotMeasure("The processor time of other processes is found in /proc, which only Linux has.")
    communes = stage.plain(stage.communes or COMMUNES)
    with engines().platform.begin() as connection:
        connection.execute(ASKED_TODAY)  # so that only what is measured runs
    with stage.instance.programs("worker", "relay") as running:
        let_the_jobs_run()
        clock = ProcessorClock(*(program.pid for program in running.values()), *stage.instance.server_pids())
        owners = [tenant.schema for tenant in communes[:WORKED_FOR]]
        stage.say(f"the daily work of {len(owners)} communes")
        _spent(clock, "core.daily", owners[:1])
        daily = _spent(clock, "core.daily", owners) / len(owners)
        tick = _spent(clock, "core.tick", ["platform"] * TICKS) / TICKS
        before = clock.read()
        rest = min(stage.rounds or QUIET_SECONDS, QUIET_SECONDS)
        time.sleep(rest)
        quiet = clock.since(before) / rest
    each = daily + tick * DAY / 60 / len(communes)
    note = f"of {len(communes)}; worker, relay, PostgreSQL and Valkey counted"
    return [
        Measure("CPU of an idle commune, a day", each, "s", bar=0.1, note=note),
        Measure("… its daily work", daily, "s"),
        Measure(f"… a tick of the deployment, of 1,440 a day, {len(communes)} communes", tick * 1e3, "ms"),
        Measure("A deployment at rest, a day, whatever its communes", quiet * DAY, "s"),
    ]


def _spent(clock: ProcessorClock, job: str, owners: list[str]) -> float:
    """Processor's seconds until a job of each of these owners is done."""
    clock.find()
    before = clock.read()
    with engines().platform.begin() as connection:
        connection.execute(ASK, [{"owner": owner, "job": job} for owner in owners])
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        with engines().platform.connect() as connection:
            if connection.execute(WAITING).scalar_one() == 0:
                return clock.since(before)
        time.sleep(0.1)
    raise CannotMeasure(f"« {job} » is not done after ten minutes")

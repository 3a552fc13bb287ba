"""Migrating every commune by one revision, then killing a migration in its middle and resuming it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter

from psycopg import sql
from sqlalchemy import text

from civique.bench.figure import CannotMeasure, Measure
from civique.bench.processes import alive, family
from civique.bench.stage import Stage
from civique.core.process import engines
from civique.core.registry import modules
from tenants.migrate import Outcome, upgrade_all
from tenants.plan import VERSION_TABLE, SchemaPlan

COMMUNES = 1_000
WORKERS = 2
REVISION = '''"""One column and its index."""

import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = "{previous}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("person", sa.Column("{name}", sa.String(40), nullable=True))
    {pause}
    op.create_index("ix_person_{name}", "person", ["{name}"])
'''
# So that a kill falls between the column and its index, not between two communes.
PAUSE = 'op.execute("SELECT pg_catalog.pg_sleep({})")'
STATE = text(
    """SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
                       WHERE c.relnamespace = n.oid AND c.relname = 'person' AND a.attname = :name) AS has_column,
              EXISTS (SELECT 1 FROM pg_catalog.pg_class c
                       WHERE c.relnamespace = n.oid AND c.relname = 'ix_person_' || :name) AS has_index,
              n.nspname AS schema
         FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY (:schemas)"""
)
DONE = text("SELECT count(*) FROM pg_catalog.pg_class WHERE relname = 'ix_person_' || :name")
BACKENDS = text(
    "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usename = CURRENT_USER AND pid <> pg_catalog.pg_backend_pid()"
)


def measure(stage: Stage) -> list[Measure]:
    """Time of a whole migration, then what a kill leaves behind."""
    schemas = [tenant.schema for tenant in stage.plain(stage.communes or COMMUNES)]
    branches = _branches(stage.folder / "revisions")
    _add_revision(branches["core"], "bench_one", SchemaPlan({}, branches).head("core"))
    duration, failed = _upgrade(stage, branches, schemas)
    pause = max(0.02, 2 / len(schemas))  # even a handful of communes lasts long enough to be killed
    _add_revision(branches["core"], "bench_two", "bench_one", PAUSE.format(pause))
    killed_at, orphans = _kill_in_the_middle(stage, branches, schemas)
    half = len(_half_applied(schemas, "bench_two"))
    rest, failed_again = _upgrade(stage, branches, schemas)
    still_half = _half_applied(schemas, "bench_two")
    remaining = len(schemas) - _done("bench_two")
    count = len(schemas)
    return [
        Measure(
            f"Migrate {count} communes (core) by one column and one index, {WORKERS} workers",
            duration,
            "s",
            bar=30,
            note=f"{duration / count * 1000:.3g} ms a commune; tables without rows",
        ),
        Measure("Communes that failed", failed + failed_again, "", bar=0),
        Measure("Half-applied schemas after kill -9", half, "", bar=0, note=f"killed at {killed_at} of {count}"),
        Measure("Workers that outlive the killed migration", orphans, "", bar=0),
        Measure(
            "Schemas left behind or half-applied after the rerun",
            remaining + len(still_half),
            "",
            bar=0,
            note=f"the rerun took {rest:.3g} s",
        ),
    ]


def _branches(folder: Path) -> dict[str, Path]:
    """The plan's branches, the core's one copied to a folder where revisions can be added."""
    branches = dict(modules().plan.branches)
    shutil.copytree(branches["core"], folder, ignore=shutil.ignore_patterns("__pycache__"))
    return branches | {"core": folder}


def _add_revision(folder: Path, name: str, previous: str, pause: str = "pass") -> None:
    (folder / f"{name}.py").write_text(REVISION.format(name=name, previous=previous, pause=pause))


def _upgrade(stage: Stage, branches: Mapping[str, Path], schemas: Sequence[str]) -> tuple[float, int]:
    """Migrate as ``civique db migrate`` does; gives the seconds and how many communes failed."""
    with stage.steps() as progress:
        step = progress(f"migrating {len(schemas)} communes", len(schemas))

        def note(outcome: Outcome) -> None:
            step()

        start = perf_counter()
        outcomes = upgrade_all(_owner(), branches, list(schemas), workers=WORKERS, on_step=note)
        return perf_counter() - start, sum(1 for outcome in outcomes if outcome.error)


def _kill_in_the_middle(stage: Stage, branches: Mapping[str, Path], schemas: Sequence[str]) -> tuple[int, int]:
    """Start the migration in another process and kill -9 that one when a third of the communes is done.

    Returns:
        How many communes were migrated when all was quiet again, and how many workers were still there.
    """
    stage.say("migrating again, to be killed in the middle")
    command = [sys.executable, "-m", "civique.bench.migrating", *(f"{name}={path}" for name, path in branches.items())]
    with (stage.folder / "killed.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=log)
    try:
        assert process.stdin is not None
        process.stdin.write("\n".join([_owner(), *schemas]).encode())
        process.stdin.close()
        _wait(lambda: process.poll() is not None or _done("bench_two") >= max(1, len(schemas) // 3), 120)
        workers = family(process.pid)[1:]
    finally:
        process.kill()
    if process.wait() != -signal.SIGKILL:
        raise CannotMeasure("the migration ended before it was killed")
    _wait(lambda: not any(map(alive, workers)), 5)
    orphans = [pid for pid in workers if alive(pid)]
    for pid in orphans:
        os.kill(pid, signal.SIGKILL)
    _wait(_quiet, 30)
    return _done("bench_two"), len(orphans)


def _quiet() -> bool:
    """Whether PostgreSQL has noticed that its clients are dead, and rolled back what they were doing."""
    with engines().owner.connect() as connection:
        return not connection.execute(BACKENDS).scalar_one()


def _wait(until: Callable[[], bool], patience: float) -> None:
    deadline = time.monotonic() + patience
    while not until() and time.monotonic() < deadline:
        time.sleep(0.01)


def _half_applied(schemas: Sequence[str], name: str) -> list[str]:
    """Schemas whose column, index and version do not say the same."""
    with engines().owner.connect() as connection:
        states = connection.execute(STATE, {"name": name, "schemas": list(schemas)}).all()
        found = []
        for state in states:
            query = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(state.schema, VERSION_TABLE))
            versions = connection.exec_driver_sql(query.as_string()).scalars()
            if len({state.has_column, state.has_index, name in set(versions)}) != 1:
                found.append(state.schema)
    return found


def _done(name: str) -> int:
    with engines().owner.connect() as connection:
        return int(connection.execute(DONE, {"name": name}).scalar_one())


def _owner() -> str:
    return engines().owner_url.render_as_string(hide_password=False)

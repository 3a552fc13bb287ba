"""Alembic in-process: one branch a module, one transaction a commune, continue and report, resumable."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from tenants.plan import VERSION_TABLE, SchemaPlan
from tenants.provision import narrow

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "120s"


@dataclass(frozen=True)
class Outcome:
    """What a migration did to one schema: how many revisions, or the error that rolled it back."""

    schema: str
    revisions: int = 0
    error: str | None = None


def upgrade_schema(connection: Connection, schema: str, plan: SchemaPlan) -> int:
    """Bring the branches that a schema has to their newest revision, inside the caller's transaction.

    Branches of modules that this commune never enabled are left alone (never ``upgrade heads``, which would create every
    module).

    Returns:
        Number of revisions applied.
    """
    set_path = sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema))
    connection.exec_driver_sql(set_path.as_string())
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
    # One at a time: a lock on a table that the commune's role has no right on. It could take an advisory lock.
    connection.exec_driver_sql(f"LOCK TABLE {VERSION_TABLE} IN SHARE ROW EXCLUSIVE MODE")
    current = set(connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalars())
    behind = {plan.branch_of(revision) for revision in current} - {
        plan.branch_of(revision) for revision in current & set(plan.script.get_heads())
    }
    return sum(_upgrade_branch(connection, plan, module) for module in sorted(behind))


def narrow_here(table: str, rights: str) -> None:
    """In a migration: leave the commune's role only these rights on a new table (see ``tenants.plan.narrowed``)."""
    connection = op.get_bind()
    schema = connection.exec_driver_sql("SELECT current_schema()").scalar_one()
    if connection.execute(text("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :role"), {"role": schema}).scalar():
        narrow(connection, schema, table, rights)


def create_by_migrations(connection: Connection, schema: str, plan: SchemaPlan, modules: list[str]) -> None:
    """Build modules in an empty schema by their migrations alone: what the tests compare with the models."""
    connection.exec_driver_sql(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema)).as_string())
    for module in modules:
        _upgrade_branch(connection, plan, module)


def _upgrade_branch(connection: Connection, plan: SchemaPlan, module: str) -> int:
    steps = 0

    def upgrade(revision: Any, context: MigrationContext) -> list[Any]:
        nonlocal steps
        path = plan.script._upgrade_revs(plan.head(module), revision)
        steps = len(path)
        return path

    context = MigrationContext.configure(connection, opts={"fn": upgrade, "version_table": VERSION_TABLE})
    with Operations.context(context):
        context.run_migrations()
    return steps


def upgrade_all(
    owner_url: str,
    branches: Mapping[str, Path],
    schemas: list[str],
    *,
    workers: int = 2,
    on_step: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Migrate many schemas with several processes (Alembic's ``op`` is one a process, so threads will not do).

    One that fails is rolled back, reported, and does not stop the others; a second run resumes where the first was
    killed, since each schema carries its own version table.

    Returns:
        Outcomes of the schemas that changed or failed.
    """
    share = max(1, min(50, len(schemas) // workers + 1))
    parts = [schemas[i : i + share] for i in range(0, len(schemas), share)]
    outcomes: list[Outcome] = []
    if workers == 1 or len(parts) <= 1:
        for part in parts:
            outcomes += _report(_upgrade_part(owner_url, branches, part), on_step)
        return [outcome for outcome in outcomes if outcome.revisions or outcome.error]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_end_with_parent) as pool:
        futures = [pool.submit(_upgrade_list, owner_url, dict(branches), part) for part in parts]
        for future in as_completed(futures):
            outcomes += _report(iter(future.result()), on_step)
    return [outcome for outcome in outcomes if outcome.revisions or outcome.error]


def _end_with_parent() -> None:
    """End with the process that started this one: a worker whose parent was killed would wait for work for ever."""
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)  # the transaction under way is rolled back by the server

    threading.Thread(target=wait, daemon=True).start()


def _report(outcomes: Iterator[Outcome], on_step: Callable[[Outcome], None]) -> list[Outcome]:
    seen = []
    for outcome in outcomes:
        on_step(outcome)
        seen.append(outcome)
    return seen


def _upgrade_list(owner_url: str, branches: Mapping[str, Path], schemas: list[str]) -> list[Outcome]:
    return list(_upgrade_part(owner_url, branches, schemas))


def _upgrade_part(owner_url: str, branches: Mapping[str, Path], schemas: list[str]) -> Iterator[Outcome]:
    plan = SchemaPlan(tables={}, branches=branches)
    engine = create_engine(owner_url, poolclass=NullPool, use_native_hstore=False)
    with engine.connect() as connection:
        for schema in schemas:
            try:
                with connection.begin():
                    outcome = Outcome(schema, upgrade_schema(connection, schema, plan))
            except Exception as error:  # one commune's failure is reported, the others go on
                outcome = Outcome(schema, error=f"{type(error).__name__}: {error}")
            yield outcome

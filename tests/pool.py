"""Communes that the tests of one process use one after the other: opened once, emptied by DELETE when a test is done.

Opening a commune makes a role, a schema and some seventy tables (150 to 500 ms); emptying one takes about 15 ms. A
commune that a test gave another shape (a module switched on, a column, a password, a state) is not lent again.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import time_machine
from psycopg import sql

from civique.core import clock
from civique.core.documents.operations import store
from civique.core.opening import open_commune
from civique.core.process import engines, provisioner, registry
from tenants.plan import VERSION_TABLE
from tenants.tenant import Tenant

# What the registry and the catalogues say of a commune. A change of a catalogue's row changes its xmin; statistics and
# VACUUM write in place, which does not.
SHAPE = """
    WITH schema AS MATERIALIZED (SELECT oid, xmin FROM pg_namespace WHERE nspname = %(schema)s),
    role AS MATERIALIZED (SELECT oid, xmin FROM pg_authid WHERE rolname = %(schema)s),
    relation AS MATERIALIZED (SELECT c.oid, c.xmin FROM pg_class c WHERE relnamespace IN (SELECT oid FROM schema)),
    row AS (
        SELECT 1 AS catalogue, oid, xmin FROM schema
        UNION ALL SELECT 2, oid, xmin FROM role
        UNION ALL SELECT 3, oid, xmin FROM relation
        UNION ALL SELECT 4, attrelid, xmin FROM pg_attribute WHERE attrelid = ANY(ARRAY(SELECT oid FROM relation))
        UNION ALL SELECT 5, oid, xmin FROM pg_attrdef WHERE adrelid = ANY(ARRAY(SELECT oid FROM relation))
        UNION ALL SELECT 6, oid, xmin FROM pg_constraint WHERE conrelid = ANY(ARRAY(SELECT oid FROM relation))
        UNION ALL SELECT 7, oid, xmin FROM pg_trigger WHERE tgrelid = ANY(ARRAY(SELECT oid FROM relation))
        UNION ALL SELECT 8, oid, xmin FROM pg_proc WHERE pronamespace IN (SELECT oid FROM schema)
        UNION ALL SELECT 9, oid, xmin FROM pg_default_acl WHERE defaclnamespace IN (SELECT oid FROM schema)
        UNION ALL SELECT 10, setdatabase, xmin FROM pg_db_role_setting WHERE setrole IN (SELECT oid FROM role)
        UNION ALL SELECT 11, m.oid, m.xmin FROM pg_auth_members m JOIN role ON role.oid IN (roleid, member)
    )
    SELECT to_jsonb(tenant), (SELECT md5(string_agg(row::text, '' ORDER BY catalogue, oid, xmin::text)) FROM row)
    FROM platform.tenant WHERE schema = %(schema)s
"""
TABLES = """
    SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
    WHERE table_schema = %s AND table_name <> %s AND is_generated = 'NEVER' GROUP BY 1 ORDER BY 1
"""
STATE = """
    WITH gone AS (DELETE FROM platform.tenant_host WHERE tenant_id = %(id)s)
    UPDATE platform.tenant SET state = %(state)s WHERE id = %(id)s
"""


def nothing(tenant: Tenant) -> None:
    """Leave a commune as its opening left it."""


@dataclass
class Opened:
    """A commune of the pool as it was at its first hour: its shape, the statements that give its rows back, a copy of its
    files."""

    key: object
    tenant: Tenant
    shape: object
    restoring: str
    files: Path


class Pool:
    """Communes by INSEE code, modules and other facts of their opening.

    Args:
        url: the database as its superuser sees it, who may set foreign keys aside.
        folder: where copies of the communes' files are kept.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._folder = folder
        self._connection: psycopg.Connection[Any] | None = None
        self._idle: dict[object, list[Opened]] = defaultdict(list)
        self._lent: dict[str, Opened] = {}

    def take(
        self, insee: str, modules: tuple[str, ...], facts: dict[str, Any], fill: Callable[[Tenant], None] = nothing
    ) -> Tenant:
        """A commune that nobody uses and that holds what a new one holds; opened when there is none.

        Args:
            fill: writes what the commune holds besides; run once, and given back to each test as it was left.

        Raises:
            TenantExists: the test has a commune of this code already.
        """
        # What is written at the opening bears its moment: the day (end of the trial), all of it where the clock is set.
        now = clock.now()
        moment = now if time_machine.escape_hatch.is_travelling() else now.date()
        key = (insee, frozenset(modules), tuple(sorted(facts.items())), fill, moment)
        if self._idle[key]:
            opened = self._idle[key].pop()
            self._set_state(opened.tenant, "open")
        else:
            tenant = self.filled(open_commune(engines(), provisioner(), insee, modules=modules, **facts), fill)
            opened = Opened(key, tenant, self._shape(tenant), self._restoring(tenant), self._copy_of_files(tenant))
            self._restore(opened)  # what waits in the outbox after the filling is no test's
        self._lent[opened.tenant.schema] = opened
        return opened.tenant

    def give_back(self, tenant: Tenant) -> None:
        """Take a commune out of the registry; empty it and keep it for another test when it still has its shape."""
        opened = self._lent.pop(tenant.schema, None)
        restored = opened is not None and self._shape(tenant) == opened.shape and self._restore(opened)
        self._set_state(tenant, "deleted")
        if opened is not None and restored:
            self._idle[opened.key].append(opened)
        else:
            engines().forget(tenant)

    def filled(self, tenant: Tenant, fill: Callable[[Tenant], None]) -> Tenant:
        """A commune just opened, once it is filled; out of the registry when that fails."""
        try:
            fill(tenant)
        except Exception:
            self._set_state(tenant, "deleted")
            raise
        return tenant

    def forget(self) -> None:
        """Lend none of the communes that are idle now."""
        self._idle.clear()

    def close(self) -> None:
        """Close the superuser's connection."""
        if self._connection is not None:
            self._connection.close()

    def _superuser(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._url, autocommit=True)
        return self._connection

    def _set_state(self, tenant: Tenant, state: str) -> None:
        """Put a commune into the registry (« open ») or take it out (« deleted »: its schema stays), with its own domains."""
        self._superuser().execute(STATE, {"id": tenant.id, "state": state})
        registry().forget()

    def _shape(self, tenant: Tenant) -> object:
        return self._superuser().execute(SHAPE, {"schema": tenant.schema}).fetchone()

    def _restore(self, opened: Opened) -> bool:
        """Put the rows and the files back to those of the first hour; false when somebody still holds a row."""
        try:
            self._superuser().execute(opened.restoring)
        except psycopg.errors.LockNotAvailable:
            return False
        store().delete_space(opened.tenant.schema)
        if opened.files.exists():
            shutil.copytree(opened.files, store().root / opened.tenant.schema)
        return True

    def _copy_of_files(self, tenant: Tenant) -> Path:
        files, copy = store().root / tenant.schema, self._folder / tenant.schema
        if files.exists():
            shutil.copytree(files, copy)
        return copy

    def _restoring(self, tenant: Tenant) -> str:
        """Statements that put a commune's rows back to what they are now, as one string: PostgreSQL runs it in one
        transaction and one round trip. Foreign keys are not checked, as the rows of the end are those of the beginning."""
        statements = [
            sql.SQL("SET LOCAL lock_timeout = '1s'"),
            sql.SQL("SET LOCAL session_replication_role = replica"),
            sql.SQL("DELETE FROM platform.outbox WHERE owner = {}").format(tenant.role),
            sql.SQL("DELETE FROM platform.periodic_run WHERE owner = {}").format(tenant.role),
            # What ETags are made of goes on counting from one test to the next.
            sql.SQL("UPDATE platform.site_version SET version = version + 1 WHERE owner = {}").format(tenant.role),
        ]
        for name, columns in self._superuser().execute(TABLES, (tenant.schema, VERSION_TABLE)).fetchall():
            table = sql.Identifier(tenant.schema, name)
            statements.append(sql.SQL("DELETE FROM {}").format(table))
            rows = self._superuser().execute(sql.SQL("SELECT json_agg(t)::text FROM {} t").format(table)).fetchone()
            if rows is not None and rows[0]:
                listed = sql.SQL(", ").join(map(sql.Identifier, columns))
                restored = sql.SQL("INSERT INTO {0} ({1}) SELECT {1} FROM json_populate_recordset(NULL::{0}, {2})")
                statements.append(restored.format(table, listed, rows[0]))
        return sql.SQL("; ").join(statements).as_string()

"""Opening, extending and removing a commune's schema and role, with the owner's connection."""

import secrets
import string
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from tenants.engines import Engines
from tenants.keys import scram_verifier
from tenants.models import RestingName, TenantHost, TenantRow
from tenants.plan import VERSION_TABLE, SchemaPlan, narrowed
from tenants.registry import Registry, Tenant, valid_slug

REST = timedelta(days=365)
ROLE_SETTINGS = {"statement_timeout": "15s", "idle_in_transaction_session_timeout": "60s", "lock_timeout": "10s"}
TERMINATE = text("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE usename = :role")


class TenantExists(ValueError):
    """The commune has a site already, or its name is taken, reserved or resting."""


class Provisioner:
    """Creates, extends, suspends and deletes communes."""

    def __init__(self, engines: Engines, registry: Registry, plan: SchemaPlan) -> None:
        self.engines = engines
        self.registry = registry
        self.plan = plan

    def create(
        self, *, slug: str, insee: str, name: str, siren: str | None = None, modules: Iterable[str] = (), **facts: Any
    ) -> Tenant:
        """Create a commune: registry row, login role, schema and tables of the chosen modules.

        The role comes first in its own transaction, then everything else in one. Killed between the two, the row stays
        in state « creating » and the next attempt for the same commune starts again from it.

        Args:
            facts: other columns of :class:`TenantRow` (time zone, end of trial, demonstration).

        Raises:
            TenantExists: the commune has a site, or the subdomain is taken, reserved or resting.
        """
        chosen = ["core", *sorted(set(modules) - {"core"})]
        with self._alone(insee):
            row = self._reserve(slug=slug, insee=insee, name=name, siren=siren, modules=chosen, **facts)
            with self.engines.owner.begin() as connection:
                self.create_schema(connection, row.schema)
                for module in chosen:
                    self.create_tables(connection, row.schema, module)
                connection.execute(update(TenantRow).where(TenantRow.id == row.id).values(state="open"))
        self.registry.forget()
        tenant = self.registry.by_schema(row.schema)
        assert tenant is not None
        return tenant

    def enable(self, tenant: Tenant, module: str) -> Tenant:
        """Switch a module on; its tables are created at the first time and kept for ever after.

        Raises:
            LookupError: no such module.
        """
        if module not in self.plan.tables:
            raise LookupError(module)

        def enable(connection: Connection, modules: set[str]) -> None:
            if self.plan.has_tables(module) and not _has_branch(connection, tenant.schema, self.plan, module):
                self.create_tables(connection, tenant.schema, module)
            modules.add(module)

        return self._change_modules(tenant, enable)

    def disable(self, tenant: Tenant, module: str) -> Tenant:
        """Switch a module off: no menu, no route, no job, no message. Its data stay."""
        return self._change_modules(tenant, lambda connection, modules: modules.discard(module))

    def set_state(self, tenant: Tenant, state: str, reason: str | None = None) -> None:
        """Open, suspend (read-only) or close (503) a commune."""
        with self.engines.owner.begin() as connection:
            values = {"state": state, "state_reason": reason}
            connection.execute(update(TenantRow).where(TenantRow.id == tenant.id).values(values))
        self.registry.forget()

    def add_host(self, tenant: Tenant, host: str, verified: bool) -> None:
        """Attach a domain of its own; it answers once verified."""
        stamp = func.clock_timestamp() if verified else None
        with self.engines.owner.begin() as connection:
            connection.execute(delete(TenantHost).where(TenantHost.host == host, TenantHost.tenant_id == tenant.id))
            connection.execute(insert(TenantHost).values(host=host, tenant_id=tenant.id, verified_at=stamp))
        self.registry.forget()

    def remove_host(self, tenant: Tenant, host: str) -> None:
        """Detach a domain."""
        with self.engines.owner.begin() as connection:
            connection.execute(delete(TenantHost).where(TenantHost.host == host, TenantHost.tenant_id == tenant.id))
        self.registry.forget()

    def rekey(self, tenant: Tenant) -> Tenant:
        """Give a commune's role a password from the current tenant key. Open connections live on until they close."""
        version = self.engines.keys.current
        with self.engines.owner.begin() as connection:
            self._set_password(connection, tenant.role, version)
            connection.execute(update(TenantRow).where(TenantRow.id == tenant.id).values(key_version=version))
        self.registry.forget()
        self.engines.forget(tenant)
        changed = self.registry.by_schema(tenant.schema)
        assert changed is not None
        return changed

    def delete(self, tenant: Tenant, *, forget_files: Callable[[str], None], rest: timedelta = REST) -> None:
        """Remove a commune: tombstone, drain, drop, files, then the name rests 12 months.

        Can be run again after a kill at any point: each step is idempotent.

        Args:
            forget_files: deletes what the file store keeps for a schema.
            rest: how long nobody else may take the subdomain; nothing for a creation that failed.
        """
        self.set_state(tenant, "deleting", "La commune a quitté Civique.")
        self.engines.forget(tenant)
        with self.engines.owner.begin() as connection:
            if _role_exists(connection, tenant.role):
                _execute(connection, "ALTER ROLE {} NOLOGIN", tenant.role)
        with self.engines.owner.begin() as connection:
            connection.execute(TERMINATE, {"role": tenant.role})
            _execute(connection, "DROP SCHEMA IF EXISTS {} CASCADE", tenant.schema)
        forget_files(tenant.schema)
        with self.engines.owner.begin() as connection:
            if _role_exists(connection, tenant.role):
                _execute(connection, "DROP ROLE {}", tenant.role)
            connection.execute(text("DELETE FROM platform.outbox WHERE owner = :owner"), {"owner": tenant.role})
            connection.execute(delete(TenantHost).where(TenantHost.tenant_id == tenant.id))
            gone = {"state": "deleted", "deleted_at": func.clock_timestamp()}
            connection.execute(update(TenantRow).where(TenantRow.id == tenant.id).values(gone))
            connection.execute(delete(RestingName).where(RestingName.slug == tenant.slug))
            if rest:
                until = _today(connection) + rest
                connection.execute(insert(RestingName).values(slug=tenant.slug, siren=tenant.siren, until=until))
        self.registry.forget()

    @contextmanager
    def _alone(self, insee: str) -> Iterator[None]:
        """Only one creation of a commune at a time; the lock goes with its connection, so a killed one frees it.

        Raises:
            TenantExists: somebody is creating this commune right now.
        """
        lock = text("SELECT pg_catalog.pg_try_advisory_lock(710205, pg_catalog.hashtext(:insee))")
        with self.engines.owner.connect() as connection:
            if not connection.execute(lock, {"insee": insee}).scalar_one():
                raise TenantExists(f"the commune {insee} is being created")
            connection.commit()
            yield

    def _reserve(self, *, slug: str, insee: str, siren: str | None, **facts: Any) -> TenantRow:
        """Take the name and make the role; one live row an INSEE code, whoever comes second is refused."""
        if not valid_slug(slug):
            raise TenantExists(f"« {slug} » cannot be a subdomain")
        version = self.engines.keys.current
        with self.engines.owner.begin() as connection:
            rest = connection.execute(select(RestingName).where(RestingName.slug == slug)).one_or_none()
            if rest is not None and rest.until > _today(connection) and not (siren and rest.siren == siren):
                raise TenantExists(f"« {slug} » rests until {rest.until}")
            half_made = select(TenantRow).where(TenantRow.insee == insee, TenantRow.state == "creating")
            row = connection.execute(half_made.with_for_update()).one_or_none()
            if row is None:
                values = facts | {"id": uuid7(), "slug": slug, "insee": insee, "siren": siren, "schema": _opaque_name()}
                query = insert(TenantRow).values(values | {"key_version": version}).returning(TenantRow)
                try:
                    row = connection.execute(query).one()
                except IntegrityError as error:
                    raise TenantExists(f"the commune {insee} or the name « {slug} » has a site") from error
            else:
                values = {"modules": facts["modules"], "key_version": version}
                connection.execute(update(TenantRow).where(TenantRow.id == row.id).values(values))
            if not _role_exists(connection, row.schema):
                _execute(connection, "CREATE ROLE {} LOGIN NOINHERIT CONNECTION LIMIT 40", row.schema)
            self._set_password(connection, row.schema, version)
            _execute(connection, "ALTER ROLE {0} SET search_path = {0}", row.schema)
            for name, value in ROLE_SETTINGS.items():
                _execute(connection, f"ALTER ROLE {{}} SET {name} = '{value}'", row.schema)
        return row  # type: ignore[return-value]

    def _set_password(self, connection: Connection, role: str, version: int) -> None:
        verifier = scram_verifier(self.engines.keys.password(role, version))
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier))
        connection.exec_driver_sql(statement.as_string())

    def create_schema(self, connection: Connection, schema: str) -> None:
        """Make a schema whose future tables its role may read and write, with its empty table of versions."""
        _execute(connection, "CREATE SCHEMA {}", schema)
        _execute(connection, "GRANT USAGE ON SCHEMA {0} TO {0}", schema)
        _execute(
            connection,
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {0} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {0}",
            schema,
        )
        _execute(connection, "SET LOCAL search_path = {}", schema)
        connection.exec_driver_sql(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        _execute(connection, f"REVOKE ALL ON {VERSION_TABLE} FROM {{}}", schema)

    def create_tables(self, connection: Connection, schema: str, module: str) -> None:
        """Run a module's DDL, one statement at a time, and stamp its branch."""
        if not self.plan.has_tables(module):
            return
        _execute(connection, "SET LOCAL search_path = {}", schema)
        for statement in self.plan.statements[module]:
            connection.exec_driver_sql(statement)
        for table, rights in narrowed(self.plan.tables[module]):
            narrow(connection, schema, table, rights)
        connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} VALUES (%s)", (self.plan.head(module),))

    def _change_modules(self, tenant: Tenant, change: Callable[[Connection, set[str]], None]) -> Tenant:
        with self.engines.owner.begin() as connection:
            query = select(TenantRow.modules).where(TenantRow.id == tenant.id).with_for_update()
            modules = set(connection.execute(query).scalar_one())
            change(connection, modules)
            connection.execute(update(TenantRow).where(TenantRow.id == tenant.id).values(modules=sorted(modules)))
        self.registry.forget()
        changed = self.registry.by_schema(tenant.schema)
        assert changed is not None
        return changed


def narrow(connection: Connection, role: str, table: str, rights: str) -> None:
    """Leave the commune's role only these rights on one of its tables (audit: SELECT, INSERT)."""
    names = {"table": sql.Identifier(table), "role": sql.Identifier(role)}
    for statement in ("REVOKE ALL ON {table} FROM {role}", f"GRANT {rights} ON {{table}} TO {{role}}"):
        connection.exec_driver_sql(sql.SQL(statement).format(**names).as_string())


def _opaque_name() -> str:
    return "t_" + "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(12))


def _execute(connection: Connection, statement: str, name: str) -> None:
    connection.exec_driver_sql(sql.SQL(statement).format(sql.Identifier(name)).as_string())


def _role_exists(connection: Connection, role: str) -> bool:
    query = text("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :role")
    return connection.execute(query, {"role": role}).scalar() is not None


def _has_branch(connection: Connection, schema: str, plan: SchemaPlan, module: str) -> bool:
    _execute(connection, "SET LOCAL search_path = {}", schema)
    revisions = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalars()
    return any(plan.branch_of(revision) == module for revision in revisions)


def _today(connection: Connection) -> date:
    today: date = connection.execute(select(func.current_date())).scalar_one()
    return today

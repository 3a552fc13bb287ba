"""Opening, extending and removing a commune's schema and role, with the owner's connection."""

import secrets
import string
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, cast

from psycopg import sql
from sqlalchemy import Connection, delete, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from uuid_utils.compat import uuid7

from tenants.engines import ROLE_SETTINGS, Engines
from tenants.keys import scram_verifier
from tenants.models import RestingName, TenantHost, TenantRow
from tenants.plan import VERSION_TABLE, SchemaPlan, narrowed
from tenants.registry import Registry, valid_slug
from tenants.tenant import Tenant

REST = timedelta(days=365)
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
        self,
        *,
        slug: str,
        insee: str,
        name: str,
        siren: str | None = None,
        modules: Iterable[str] = (),
        switched_on: Iterable[str] | None = None,
        fill: Callable[[Connection, str], None] = lambda *_: None,
        furnish: Callable[[Tenant], None] = lambda _: None,
        **facts: Any,
    ) -> Tenant:
        """Create a commune: registry row, login role, schema and tables of the chosen modules, first rows.

        The role comes first in its own transaction, then the schema in another; the site opens last, once it is furnished.
        Killed before that, the row stays in state « creating » and the next attempt for the same commune begins again.

        Args:
            modules: those whose tables are made.
            switched_on: those that are on, when some have tables only.
            fill: puts rows in, given the owner's connection and the schema, in the transaction that makes the schema.
            furnish: does what a site cannot open without, with the commune's own role.
            facts: other columns of :class:`TenantRow` (time zone, end of trial, demonstration).

        Raises:
            TenantExists: the commune has a site, or the subdomain is taken, reserved or resting.
        """
        chosen = ["core", *sorted(set(modules) - {"core"})]
        on = chosen if switched_on is None else sorted({"core", *switched_on})
        row = self._reserve(slug=slug, insee=insee, name=name, siren=siren, modules=on, **facts)
        with self.engines.owner.begin() as connection:
            _hold(connection, insee)
            _forget_attempt(connection, row.schema)
            self.create_schema(connection, row.schema)
            for module in chosen:
                self.create_tables(connection, row.schema, module)
            fill(connection, row.schema)
        self.registry.forget()
        half_made = self.registry.by_schema(row.schema)
        assert half_made is not None
        with self.engines.owner.begin() as connection:
            _hold(connection, insee)
            furnish(half_made)
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

    def add_host(self, tenant: Tenant, host: str, verified: bool = True) -> None:
        """Attach a domain of its own; it answers once verified. One that was proven takes it from one that never was.

        Raises:
            IntegrityError: another commune proved it, or holds it and this one did not prove it.
        """
        stamp = func.clock_timestamp() if verified else None
        mine = TenantHost.tenant_id == tenant.id
        yields = or_(mine, TenantHost.verified_at.is_(None)) if verified else mine
        with self.engines.owner.begin() as connection:
            connection.execute(delete(TenantHost).where(TenantHost.host == host, yields))
            connection.execute(insert(TenantHost).values(host=host, tenant_id=tenant.id, verified_at=stamp))
        self.registry.forget()

    def remove_host(self, tenant: Tenant, host: str) -> None:
        """Detach a domain."""
        with self.engines.owner.begin() as connection:
            connection.execute(delete(TenantHost).where(TenantHost.host == host, TenantHost.tenant_id == tenant.id))
        self.registry.forget()

    def rekey(self, tenant: Tenant) -> Tenant:
        """Give a commune's role a password from the current tenant key and its settings again, whatever it had changed
        itself. Open connections live on until they close."""
        version = self.engines.keys.current
        with self.engines.owner.begin() as connection:
            self.set_up_role(connection, tenant.role, version)
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
            for table in ("outbox", "site_version"):
                connection.execute(text(f"DELETE FROM platform.{table} WHERE owner = :owner"), {"owner": tenant.role})
            connection.execute(delete(TenantHost).where(TenantHost.tenant_id == tenant.id))
            gone = {"state": "deleted", "deleted_at": func.clock_timestamp()}
            connection.execute(update(TenantRow).where(TenantRow.id == tenant.id).values(gone))
            connection.execute(delete(RestingName).where(RestingName.slug == tenant.slug))
            if rest:
                until = _today(connection) + rest
                connection.execute(insert(RestingName).values(slug=tenant.slug, siren=tenant.siren, until=until))
        self.registry.forget()

    def _reserve(self, *, slug: str, insee: str, siren: str | None, **facts: Any) -> TenantRow:
        """Take the name and make the role; one live row an INSEE code, whoever comes second is refused."""
        if not valid_slug(slug):
            raise TenantExists(f"« {slug} » cannot be a subdomain")
        version = self.engines.keys.current
        with self.engines.owner.begin() as connection:
            rest = connection.execute(select(RestingName).where(RestingName.slug == slug)).one_or_none()
            if rest is not None and rest.until > _today(connection) and not (siren and rest.siren == siren):
                raise TenantExists(f"« {slug} » rests until {rest.until}")
            row = _hold(connection, insee, missing=None)
            values = facts | {"slug": slug, "siren": siren, "key_version": version}
            if row is None:
                new = values | {"id": uuid7(), "insee": insee, "schema": _opaque_name()}
                query: Any = insert(TenantRow).values(new).returning(TenantRow)
            else:
                query = update(TenantRow).where(TenantRow.id == row.id).values(values).returning(TenantRow)
            try:
                row = cast(TenantRow, connection.execute(query).one())
            except IntegrityError as error:
                raise TenantExists(f"the commune {insee} or the name « {slug} » has a site") from error
            self.set_up_role(connection, row.schema, version)
        return row

    def set_up_role(self, connection: Connection, role: str, version: int) -> None:
        """Make a commune's login role, or put it back as it should be: password, settings."""
        if not _role_exists(connection, role):
            _execute(connection, "CREATE ROLE {}", role)
        _execute(connection, "ALTER ROLE {} LOGIN NOINHERIT CONNECTION LIMIT 40 VALID UNTIL 'infinity'", role)
        verifier = scram_verifier(self.engines.keys.password(role, version))
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier))
        connection.exec_driver_sql(statement.as_string())
        database = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        here = sql.SQL("ALTER ROLE {} IN DATABASE {} RESET ALL").format(sql.Identifier(role), sql.Identifier(database))
        connection.exec_driver_sql(here.as_string())
        _execute(connection, "ALTER ROLE {} RESET ALL", role)
        _execute(connection, "ALTER ROLE {0} SET search_path = {0}", role)
        for name, value in ROLE_SETTINGS.items():
            _execute(connection, f"ALTER ROLE {{}} SET {name} = '{value}'", role)

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


_REFUSE: Any = object()


def _hold(connection: Connection, insee: str, missing: Any = _REFUSE) -> Any:
    """Row of a commune that is half made, locked until the transaction ends: one creation of a commune at a time, and a
    killed one frees it.

    Raises:
        TenantExists: somebody is creating this commune right now, or (without ``missing``) has just created it.
    """
    query = select(TenantRow).where(TenantRow.insee == insee, TenantRow.state == "creating")
    try:
        row = connection.execute(query.with_for_update(nowait=True)).one_or_none()
    except OperationalError as error:
        raise TenantExists(f"the commune {insee} is being created") from error
    if row is None and missing is _REFUSE:
        raise TenantExists(f"the commune {insee} has a site")
    return missing if row is None else row


def _forget_attempt(connection: Connection, schema: str) -> None:
    """Nothing stays of a creation that was killed: its modules may have been others."""
    connection.execute(TERMINATE, {"role": schema})
    _execute(connection, "DROP SCHEMA IF EXISTS {} CASCADE", schema)
    connection.execute(text("DELETE FROM platform.outbox WHERE owner = :owner"), {"owner": schema})


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

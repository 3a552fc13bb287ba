"""Connections. A commune has a login role of its own, and the connection *is* the commune: no tenant, no connection."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from tenants import clock, liveness
from tenants.keys import KeyRing
from tenants.pool import CommunePool, Connections
from tenants.tenant import PLATFORM, Tenant


class Columns(Sequence[psycopg.Column]):
    """Description of a result, each column when it is asked: SQLAlchemy, which keeps what it learnt from the first
    execution of a statement, asks none the next time (a twentieth of a page)."""

    def __init__(self, cursor: psycopg.Cursor[Any], number: int) -> None:
        self._cursor, self._number = cursor, number

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, index: Any) -> Any:
        found = range(self._number)[index]
        if isinstance(found, range):
            return [psycopg.Column(self._cursor, position) for position in found]
        return psycopg.Column(self._cursor, found)


class SingleStatementCursor(psycopg.Cursor[Any]):
    """Always speaks the extended protocol, which refuses two statements in one string (``…; DROP …``)."""

    @property
    def description(self) -> Any:
        """Columns of the result; None when the statement gave none."""
        result = self.pgresult
        return Columns(self, result.nfields) if result is not None and result.nfields else None

    def _execute_send(self, query: Any, *, force_extended: bool = True, binary: bool | None = None) -> None:
        super()._execute_send(query, force_extended=True, binary=binary)


MOST_CONNECTIONS = 50
"""Of all communes together, in one process. ``max_connections`` of PostgreSQL follows from it, see docs/deploy.md."""
MOST_ENGINES = 1000
"""Communes whose engine a process keeps ready: some kilobytes each, without a connection."""
# Bounds of a commune's connection. They are on its role, and each connection says them again: a role may change its own
# defaults (PostgreSQL lets every role do so), which must not outlive the request that did it.
ROLE_SETTINGS = {"statement_timeout": "15s", "idle_in_transaction_session_timeout": "60s", "lock_timeout": "10s"}
CONNECT: dict[str, Any] = {"cursor_factory": SingleStatementCursor, "connect_timeout": 5}


def owner_url(text: str) -> URL:
    """``DATABASE_URL`` as SQLAlchemy reads it, with the psycopg driver."""
    return make_url(text).set(drivername="postgresql+psycopg")


class Engines:
    """Engines of one process: the owner's (DDL only), the platform's, one a commune, the least recently used forgotten first.

    Communes share one bound of connections (:class:`Connections`). All share one dialect and one cache of compiled statements: a cache an engine costs 250 MB at 300 communes,
    sharing 2 MB.
    """

    def __init__(self, database_url: str, keys: KeyRing, *, most: int = MOST_CONNECTIONS, threads: int = 8) -> None:
        self.owner_url = owner_url(database_url)
        self.keys = keys
        # A thread may need two at once: one that says how far it is while the other works.
        self.connections = Connections(most=max(most, 2 * threads))
        self._lock = threading.Lock()
        self._engines: OrderedDict[tuple[str, int], Engine] = OrderedDict()
        self._ready = False
        # Without their parameters, errors quote no value that somebody typed.
        quiet: dict[str, Any] = {"use_native_hstore": False, "hide_parameters": True}
        self.owner = create_engine(self.owner_url, poolclass=NullPool, **quiet)
        self.platform = create_engine(
            self._url(PLATFORM), connect_args=CONNECT, pool_size=threads, max_overflow=2, **quiet
        )
        clock.follow(self.platform)
        liveness.watch(self.platform)

    def of(self, tenant: Tenant) -> Engine:
        """Engine of one commune (or of the platform), made at its first use in this process."""
        if tenant.schema == PLATFORM.schema:
            return self.platform
        key = (tenant.schema, tenant.key_version)
        leaving = None
        with self._lock:
            engine = self._engines.get(key)
            if engine is None:
                engine = self._engines[key] = self._make(tenant)
                if len(self._engines) > MOST_ENGINES:
                    leaving = self._engines.popitem(last=False)[1]
            else:
                self._engines.move_to_end(key)
        if leaving is not None:
            leaving.dispose()
        return engine

    def opens(self, tenant: Tenant) -> bool:
        """Whether a commune's role still has the password that its key makes: a role may change its own."""
        url = self._url(tenant).set(drivername="postgresql").render_as_string(hide_password=False)
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            return "too many connections" in str(error)
        except LookupError:
            return False
        return True

    def forget(self, tenant: Tenant) -> None:
        """Close what this process holds open for a commune (re-keyed, deleted)."""
        with self._lock:
            gone = [self._engines.pop(key) for key in list(self._engines) if key[0] == tenant.schema]
        for engine in gone:
            engine.dispose()

    def dispose(self) -> None:
        """Let every connection go."""
        with self._lock:
            engines = [self.platform, *self._engines.values()]
            self._engines.clear()
        for engine in engines:
            engine.dispose()

    def _url(self, tenant: Tenant) -> URL:
        version = self.keys.current if tenant.is_platform else tenant.key_version
        return self.owner_url.set(username=tenant.role, password=self.keys.password(tenant.role, version))

    def _make(self, tenant: Tenant) -> Engine:
        if not self._ready:
            self.platform.connect().close()  # initialises the dialect that all engines share
            self._ready = True
        dialect, url = self.platform.dialect, self._url(tenant)
        arguments, options = dialect.create_connect_args(url)
        options.update(CONNECT)
        bounds = {"search_path": tenant.schema, **ROLE_SETTINGS}
        options["options"] = " ".join([options.get("options", ""), *(f"-c {k}={v}" for k, v in bounds.items())]).strip()
        pool = CommunePool(lambda: dialect.connect(*arguments, **options), self.connections, dialect=dialect)
        engine = Engine(pool, dialect, url, hide_parameters=True)
        engine._compiled_cache = self.platform._compiled_cache
        on_connect = dialect.on_connect_url(url)
        if on_connect is not None:
            event.listen(pool, "connect", lambda connection, record: on_connect(connection))
        clock.follow(pool)
        liveness.watch(pool)
        event.listen(pool, "checkin", _drop_if_poisoned)
        return engine


def _drop_if_poisoned(connection: Any, record: Any) -> None:
    """Close a connection whose search path was changed, instead of lending it to the next request.

    PostgreSQL 18 reports the setting by itself; an older server is asked to put it back.
    """
    if connection is None or connection.closed:
        return
    server = connection.pgconn  # without the comfort of ``connection.info``: this is done at each transaction
    reported = server.parameter_status(b"search_path")
    if reported is None:
        connection.execute("RESET search_path")
        connection.commit()
    elif reported != server.user:
        record.invalidate()

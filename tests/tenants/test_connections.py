"""Connections of a process to its communes: kept after their use, counted together, lent by their own commune alone."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoConnection

from civique.core import process
from civique.core.config import ROOT, config
from tenants import pool as pools
from tenants.engines import MOST_CONNECTIONS, Engines
from tenants.pool import Connections
from tenants.session import session_for

WHO = text("SELECT session_user, current_schema()")


@pytest.fixture
def make_engines(services):
    """Makes the engines of a process that has few connections."""
    made = []

    def make(most, idle_seconds=60.0):
        engines = Engines(config().database_url, config().tenant_keys, most=most, threads=1)
        engines.connections = Connections(most, idle_seconds)
        made.append(engines)
        return engines

    yield make
    for engines in made:
        engines.dispose()


def backend(session):
    """Process of PostgreSQL that this session works with."""
    return session.connection().connection.driver_connection.info.backend_pid


def backends(engines, *communes):
    """Connections of these communes that PostgreSQL knows of, without those of the tests' own process."""
    for commune in communes:
        process.engines().forget(commune.tenant)
    with engines.owner.connect() as connection:
        query = text("SELECT count(*) FROM pg_stat_activity WHERE usename = ANY (:roles)")
        return connection.execute(query, {"roles": [commune.tenant.role for commune in communes]}).scalar_one()


def eventually(count, wanted):
    """Wait until a count is what is wanted: PostgreSQL ends a backend a little after its connection was closed."""
    deadline = time.monotonic() + 30
    while count() != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    assert count() == wanted


def test_as_many_at_once_stay_open_for_the_next_ones(make_engines, commune):
    engines = make_engines(8)
    together = threading.Barrier(4)

    def visit(_):
        with session_for(engines, commune.tenant) as session:
            found = backend(session)
            together.wait(30)
            return found

    with ThreadPoolExecutor(4) as visitors:
        first, second = (set(visitors.map(visit, range(4))) for _ in range(2))
    assert len(first) == 4
    assert first == second, "the second time, nobody opened a connection"
    assert engines.connections.open == 4


def test_the_bound_holds_for_all_communes_together_and_each_has_its_own(make_engines, make_commune):
    communes = [make_commune(insee) for insee in ("49030", "49002", "49307", "49015", "49020")]
    engines = make_engines(3)
    most = []

    def visit(number):
        commune = communes[number % len(communes)]
        with session_for(engines, commune.tenant) as session:
            who = session.execute(WHO).one()
            most.append(engines.connections.open)
            return who.session_user == who.current_schema == commune.tenant.schema

    with ThreadPoolExecutor(6) as visitors:
        assert all(visitors.map(visit, range(300)))
    assert max(most) == 3
    eventually(lambda: backends(engines, *communes), engines.connections.open)
    assert engines.connections.open <= 3


def test_the_one_that_was_idle_longest_leaves(make_engines, commune, neighbour, loire_authion):
    engines = make_engines(2)

    def pid(of):
        with session_for(engines, of.tenant) as session:
            return backend(session)

    first, _second, again = pid(commune), pid(neighbour), pid(commune)
    assert again == first
    pid(loire_authion)
    eventually(lambda: backends(engines, neighbour), 0)
    assert pid(commune) == first


def test_who_finds_them_all_in_use_waits_then_is_told(make_engines, monkeypatch, commune, neighbour):
    monkeypatch.setattr(pools, "PATIENCE", 0.2)
    engines = make_engines(1)
    with session_for(engines, commune.tenant) as session:
        session.execute(WHO)
        with session_for(engines, neighbour.tenant) as other, pytest.raises(NoConnection):
            other.execute(WHO)
    with session_for(engines, neighbour.tenant) as other:
        assert other.execute(WHO).one().session_user == neighbour.tenant.role


def test_idle_ones_are_closed(make_engines, commune, neighbour):
    engines = make_engines(8, idle_seconds=0.2)
    for one in (commune, neighbour):
        with session_for(engines, one.tenant) as session:
            session.execute(WHO)
    eventually(lambda: engines.connections.open, 0)
    eventually(lambda: backends(engines, commune, neighbour), 0)


def test_one_that_was_lost_or_could_not_be_opened_is_not_counted(make_engines, fresh_commune):
    engines = make_engines(8)
    with session_for(engines, fresh_commune.tenant) as session:
        session.connection().invalidate()
    assert engines.connections.open == 0
    with engines.owner.begin() as connection:
        connection.execute(text(f"ALTER ROLE {fresh_commune.tenant.role} NOLOGIN"))
    with (
        session_for(engines, fresh_commune.tenant) as session,
        pytest.raises(Exception, match="not permitted to log in"),
    ):
        session.execute(WHO)
    assert engines.connections.open == 0


def test_what_is_in_use_when_a_commune_is_forgotten_is_closed_when_it_comes_back(make_engines, commune):
    engines = make_engines(8)
    with session_for(engines, commune.tenant) as session:
        session.execute(WHO)
        engines.forget(commune.tenant)
        assert engines.connections.open == 1
    assert engines.connections.open == 0


def test_the_deployment_that_we_ship_stays_below_what_postgresql_takes():
    """Two web processes and two workers keep as many as they may, with the platform's, beside the relay, the commands and
    the backups."""
    each, others = MOST_CONNECTIONS + 2 + 8, 30
    for place, said in (
        ("deploy/postgres/civique.conf", "max_connections = 300"),
        ("deploy/compose.yaml", "-cmax_connections=300"),
    ):
        assert said in (ROOT / place).read_text()
    assert (2 + 2) * each + others <= 300

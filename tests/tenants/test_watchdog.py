"""What a commune's role may set for itself does not let it run for ever."""

import threading
import time

import psycopg
import pytest

from civique.core.config import config
from civique.core.process import engines
from civique.health import warnings
from civique.services.postgres import EmbeddedPostgres
from tenants.cluster import harden
from tenants.watchdog import TEMPORARY, end_overlong, not_held
from tests.conftest import VAR


def connect(commune):
    url = engines()._url(commune.tenant).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


@pytest.fixture
def overlong(commune):
    """A statement that a role made endless, running; gives the error that ends it."""
    connection = connect(commune)
    connection.execute("SET statement_timeout = 0")
    errors = []

    def run():
        try:
            connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")
        except psycopg.Error as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield thread, errors
    if thread.is_alive():
        connection.cancel()
        thread.join()
    connection.close()


def test_what_a_role_runs_beyond_the_limit_is_ended(commune, neighbour, overlong):
    thread, errors = overlong
    assert end_overlong(engines()) == [], "not before its time"
    with connect(neighbour) as other:
        deadline = time.monotonic() + 30
        ended = []
        while not ended and time.monotonic() < deadline:
            ended = end_overlong(engines(), query=0.5)
            time.sleep(0.1)
        thread.join(30)
        assert ended == [commune.tenant.role]
        assert isinstance(errors[0], psycopg.errors.AdminShutdown)
        assert other.execute("SELECT 1").fetchone() == (1,), "nobody else's"


def test_a_transaction_that_idles_for_ever_is_ended(commune):
    with connect(commune) as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE setting IN ACCESS EXCLUSIVE MODE")
        time.sleep(0.5)
        assert end_overlong(engines(), idle=0.2) == [commune.tenant.role]
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_role_does_not_raise_its_temporary_files(commune):
    with connect(commune) as connection:
        assert connection.execute("SHOW temp_file_limit").fetchone() == (TEMPORARY,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET temp_file_limit = -1")


def test_what_a_server_does_not_hold_is_said(services, monkeypatch):
    assert not_held(engines()) == []
    with engines().owner.connect() as connection:
        (database,) = connection.exec_driver_sql("SELECT current_database()").one()
    superuser = EmbeddedPostgres(VAR / "postgres").url.replace("/postgres?", "/civique?")
    with psycopg.connect(superuser, autocommit=True) as root:
        root.execute("REVOKE pg_read_all_stats FROM civique")
        root.execute(f'ALTER DATABASE "{database}" RESET temp_file_limit')
    try:
        assert len(not_held(engines())) == 2
        assert any("not ended; temporary files" in sentence for sentence in warnings(config(), engines()))
    finally:
        harden(superuser)
    assert not_held(engines()) == []

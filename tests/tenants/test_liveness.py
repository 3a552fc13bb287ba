"""After PostgreSQL restarted, nobody meets the connections of before."""

import time
from pathlib import Path

import psycopg
import pytest

from civique.services.postgres import EmbeddedPostgres
from tests.conftest import VAR

OTHERS = "usename <> 'postgres' AND backend_type = 'client backend'"


@pytest.fixture
def cut(services):
    """Ends every connection, as a restart does."""

    def end():
        superuser = EmbeddedPostgres(VAR / "postgres").url.replace("/postgres?", "/civique?")
        with psycopg.connect(superuser, autocommit=True) as connection:
            query = f"SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OTHERS}"
            ended = [pid for pid, _told in connection.execute(query).fetchall()]
        while any(Path(f"/proc/{pid}").exists() for pid in ended):  # until then their end of a connection is open
            time.sleep(0.01)
        return len(ended)

    return end


def test_the_first_request_of_each_commune_works(commune, neighbour, apex, cut):
    """Its page, its form, and the apex; several times, for a pool may hold several connections."""
    visitors = [commune.client(commune.person()), neighbour.client(), apex]
    for turn in range(3):
        # An address that nobody asked yet: a page that is kept opens no connection of its commune.
        assert [client.get(f"/?fois={turn}").status for client in visitors] == [200, 200, 200]
        assert cut() >= 3
    page = visitors[1].get("/signaler")
    cut()
    sent = visitors[1].post(
        "/signaler", {**page.form(), "text": "Un banc cassé", "name": "Ali", "email": "ali@exemple.fr"}
    )
    assert sent.status == 303


def test_a_page_asks_nothing_more_of_the_database(commune, statements):
    """A connection that is lent again is looked at, not asked; the clock is read when one is made."""
    client = commune.client()
    client.get("/")
    statements.clear()
    client.get("/")
    assert [s for s in statements if "clock_timestamp" in s or s == "SELECT 1"] == []

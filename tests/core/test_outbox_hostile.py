"""What a commune's role may ask of the outbox, and what it does when one row, the relay or the workers go wrong."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civique.core.config import config
from civique.core.outbox import enqueue
from civique.core.process import engines
from civique.health import SILENCE, STANDSTILL, metrics, problems
from tests.core.test_outbox import queue_of, rows
from tests.core.test_outbox import relay as make_relay


@pytest.fixture
def relay(services):
    return make_relay()


def ask(commune, due, job="core.purge", args="{}"):
    query = "SELECT platform.enqueue(:id, :job, CAST(:args AS jsonb), CAST(:due AS timestamptz))"
    return commune.sql(query, id=uuid4(), job=job, args=args, due=due)


@pytest.mark.parametrize("due", ["-infinity", "infinity", "4714-11-24 BC", "294276-12-31", "1900-01-01"])
def test_a_moment_that_is_none_stops_nobody(commune, neighbour, relay, due):
    ask(commune, due)
    with neighbour.session() as session:
        enqueue(session, "core.purge")
    assert relay.step() >= 1
    now = datetime.now(UTC)
    (row,) = rows(owner=commune.tenant.role, job="core.purge")
    assert now - timedelta(minutes=1) < row.due_at < now + timedelta(days=401)
    (theirs,) = rows(owner=neighbour.tenant.role, job="core.purge")
    assert theirs.attempts == 1


@pytest.mark.parametrize("job", ["platform.open_site", "core.tick"])
def test_a_commune_asks_no_work_of_the_platform(commune, job):
    with pytest.raises(DBAPIError, match="job_is_a_commune_s"):
        ask(commune, None, job)
    assert rows(owner=commune.tenant.role, job=job) == []


@pytest.mark.parametrize("args", ["[]", '"x"', "3", "null"])
def test_arguments_are_named(commune, args):
    with pytest.raises(DBAPIError, match="args_are_ids"):
        ask(commune, None, args=args)


def test_a_row_that_cannot_be_put_is_set_aside_with_its_reason(commune, neighbour, relay, monkeypatch):
    for one in (commune, neighbour):
        with one.session() as session:
            enqueue(session, "core.purge")
    (bad,) = rows(owner=commune.tenant.role, job="core.purge")
    queue = queue_of(relay)
    put = queue.enqueue_call

    def refuses(*arguments, args, **named):
        if args == (str(bad.id),):
            raise ValueError("not this one")
        return put(*arguments, args=args, **named)

    monkeypatch.setattr(queue, "enqueue_call", refuses)
    relay.step()
    (bad,) = rows(id=bad.id)
    assert (bad.outcome, bad.error) == ("failed", "ValueError")
    (good,) = rows(owner=neighbour.tenant.role, job="core.purge")
    assert good.attempts == 1
    assert good.outcome is None


@pytest.fixture
def clean(services):
    """No sign of a relay, before and after."""

    def wipe():
        with engines().platform.begin() as connection:
            connection.execute(text("DELETE FROM platform.heartbeat"))

    wipe()
    yield
    wipe()


def said():
    return " ".join(problems(config(), engines()))


def test_a_relay_that_stands_still_is_seen_by_who_watches(clean, relay):
    assert "relay" not in said(), "one that never ran, or was stopped on purpose, is no news here"
    relay.beat()
    assert "relay" not in said()
    with engines().platform.begin() as connection:
        connection.execute(
            text("UPDATE platform.heartbeat SET at = at - make_interval(secs => :s)"), {"s": SILENCE + 60}
        )
    assert "The relay has given no sign" in said()
    silence = next(line for line in metrics(engines()).splitlines() if line.startswith("civique_relay_silence"))
    assert float(silence.split()[1]) > SILENCE
    relay.stopped()
    assert "relay" not in said()


def test_workers_that_hold_work_and_end_none_are_seen(clean, commune):
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET done_at = done_at - interval '1 day'"))
        connection.execute(text("UPDATE platform.outbox SET leased_until = NULL"))
    assert "workers" not in said()
    with commune.session() as session:
        enqueue(session, "core.purge")
    with engines().platform.begin() as connection:
        query = text(
            "UPDATE platform.outbox SET due_at = due_at - make_interval(secs => :s), "
            "leased_until = clock_timestamp() + interval '1 minute' WHERE owner = :owner AND done_at IS NULL"
        )
        connection.execute(query, {"s": STANDSTILL + 60, "owner": commune.tenant.role})
    assert "The workers of « work » have done nothing" in said()
    with engines().platform.begin() as connection:
        query = text("UPDATE platform.outbox SET done_at = clock_timestamp(), outcome = 'done' WHERE owner = :owner")
        connection.execute(query, {"owner": commune.tenant.role})
    assert "workers" not in said()

"""The relay: takes rows of the outbox and puts them on the queue. Imports no Flask, and no module.

Communes are served in turns, a bounded number of rows each: one that floods the outbox delays nobody but itself.
A row is leased, not deleted: what a killed worker leaves is taken again when the lease ends (two minutes; a job has five
seconds less, so that it is never run twice at once). Every minute it also asks for
the tick that starts periodic work.
"""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from civique.core import logs
from civique.core.config import config
from civique.services.memory import return_memory_early
from tenants.engines import Engines

log = structlog.get_logger()
QUEUE = "civique"
ENTRY = "civique.worker.perform"
# Communes served by one step, and rows of one commune that may be with the workers at once.
COMMUNES = 100
SHARE = 10

# The next communes that have something waiting, found one by one in the index, however many rows each has.
OWNERS = text(
    """
    WITH RECURSIVE waiting AS (
        (SELECT owner, 1 AS place FROM platform.outbox
          WHERE done_at IS NULL AND owner > :after ORDER BY owner LIMIT 1)
        UNION ALL
        SELECT (SELECT o.owner FROM platform.outbox o
                 WHERE o.done_at IS NULL AND o.owner > w.owner ORDER BY o.owner LIMIT 1), place + 1
          FROM waiting w WHERE w.owner IS NOT NULL AND place < :communes)
    SELECT owner FROM waiting WHERE owner IS NOT NULL
    """
)
# Of each, the oldest rows that are due, up to its share less what the workers hold already.
TAKE = text(
    """
    WITH room AS (
        SELECT w.owner, :share - (SELECT count(*) FROM platform.outbox l WHERE l.owner = w.owner AND l.done_at IS NULL
                                     AND l.leased_until IS NOT NULL AND l.leased_until >= now()) AS free
          FROM unnest(CAST(:owners AS text[])) AS w(owner)),
    taken AS (
        SELECT t.id FROM room, LATERAL (
            SELECT o.id FROM platform.outbox o
             WHERE o.owner = room.owner AND o.done_at IS NULL AND o.due_at <= now()
               AND (o.leased_until IS NULL OR o.leased_until < now())
             ORDER BY o.due_at LIMIT greatest(room.free, 0) FOR UPDATE SKIP LOCKED) t)
    UPDATE platform.outbox o
       SET leased_until = clock_timestamp() + make_interval(secs => :lease), attempts = attempts + 1
      FROM taken WHERE o.id = taken.id
    RETURNING o.id, o.owner, o.due_at, o.attempts
    """
)
GIVE_BACK = text("UPDATE platform.outbox SET leased_until = NULL WHERE id = ANY (:ids) AND done_at IS NULL")
# What was given up stays longer: somebody must see it, and may have it tried again.
SWEEP = text(
    "DELETE FROM platform.outbox WHERE done_at < clock_timestamp() - interval '7 days' "
    "AND (outcome IS DISTINCT FROM 'failed' OR done_at < clock_timestamp() - interval '90 days')"
)
BEAT = text(
    "INSERT INTO platform.heartbeat (name) VALUES ('relay') ON CONFLICT (name) DO UPDATE SET at = clock_timestamp()"
)
STOPPED = text("DELETE FROM platform.heartbeat WHERE name = 'relay'")
BEAT_SECONDS = 10.0
SET_ASIDE = text(
    "UPDATE platform.outbox SET done_at = clock_timestamp(), outcome = 'failed', leased_until = NULL, error = :reason "
    "WHERE id = :id AND done_at IS NULL"
)
TICK = text(
    """
    WITH fresh AS (INSERT INTO platform.periodic_run (owner, job, period) VALUES ('platform', 'core.tick', :period)
                   ON CONFLICT DO NOTHING RETURNING job)
    INSERT INTO platform.outbox (id, owner, job, args) SELECT gen_random_uuid(), 'platform', job, '{}' FROM fresh
    """
)


class Relay:
    """Carries rows from PostgreSQL to the queue."""

    def __init__(self, engines: Engines, queue: Queue, lease_seconds: int = 120) -> None:
        self.engines = engines
        self.queue = queue
        self.lease = lease_seconds
        self._after = ""

    @property
    def midway(self) -> bool:
        """Whether communes remain to be served in this round."""
        return self._after != ""

    def step(self) -> int:
        """Take rows that are due of the next communes and put them on the queue, one of each in turn.

        The job id is made of the row and the attempt: putting it twice makes one job.

        Returns:
            How many rows were put.
        """
        with self.engines.platform.begin() as connection:
            served = {"after": self._after, "communes": COMMUNES}
            owners = list(connection.execute(OWNERS, served).scalars())
            rows = connection.execute(TAKE, {"owners": owners, "lease": self.lease, "share": SHARE}).all()
        self._after = owners[-1] if len(owners) == COMMUNES else ""
        rows = in_turns(rows)
        waiting = [row.id for row in rows]
        try:
            for row in rows:
                self._put(row)
                waiting.remove(row.id)
        except RedisError:
            with self.engines.platform.begin() as connection:
                connection.execute(GIVE_BACK, {"ids": waiting})
            raise
        return len(rows)

    def _put(self, row: Any) -> None:
        """Put one row on the queue; one that cannot be is set aside with its reason, and stops nobody else's."""
        try:
            self.queue.enqueue_call(
                ENTRY,
                args=(str(row.id),),
                job_id=f"{row.id}-{row.attempts}",
                timeout=self.lease - 5,
                result_ttl=0,
                failure_ttl=7 * 86400,
                ttl=self.lease,
            )
        except RedisError:
            raise
        except Exception as error:
            log.error("row set aside", row=str(row.id), tenant=row.owner, error=type(error).__name__)
            with self.engines.platform.begin() as connection:
                connection.execute(SET_ASIDE, {"id": row.id, "reason": type(error).__name__})

    def beat(self) -> None:
        """Say that work is being carried: a relay that stands still is seen by its silence."""
        with self.engines.platform.begin() as connection:
            connection.execute(BEAT)

    def stopped(self) -> None:
        """Say that it was stopped on purpose."""
        with self.engines.platform.begin() as connection:
            connection.execute(STOPPED)

    def tick(self, now: datetime | None = None) -> None:
        """Ask for the periodic work of this minute, once whatever clocks and relays do; sweep what is done."""
        period = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M")
        with self.engines.platform.begin() as connection:
            connection.execute(TICK, {"period": period})
            connection.execute(SWEEP)


def in_turns(rows: Iterable[Any]) -> list[Any]:
    """Rows so ordered that the first of every commune come first, then the second ones…"""
    turns: Counter[str] = Counter()
    placed = []
    for row in sorted(rows, key=lambda row: row.due_at):
        placed.append((turns[row.owner], row.due_at, row))
        turns[row.owner] += 1
    return [row for *_, row in sorted(placed, key=lambda place: place[:2])]


def run_relay(stop: threading.Event | None = None) -> None:
    """Carry until told to stop. A database or a queue that is away is waited for."""
    stop = stop or _stop_on_signals()
    return_memory_early()
    settings = config()
    logs.configure(local=settings.local)
    engines = Engines(settings.database_url, settings.tenant_keys, most=1, threads=1)
    broker = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    queue = Queue(QUEUE, connection=broker, serializer=JSONSerializer)
    relay = Relay(engines, queue, settings.lease_seconds)
    last_minute, beaten = "", -BEAT_SECONDS
    while not stop.is_set():
        try:
            if time.monotonic() - beaten >= BEAT_SECONDS:
                relay.beat()
                beaten = time.monotonic()
            minute = datetime.now(UTC).strftime("%H:%M")
            if minute != last_minute:
                relay.tick()
                last_minute = minute
            pause = 0.05 if relay.step() or relay.midway else 0.3
        except (SQLAlchemyError, RedisError) as error:
            log.warning("relay waits", error=type(error).__name__)
            pause = 2.0
        stop.wait(pause)
    with suppress(SQLAlchemyError):
        relay.stopped()


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    handler: Callable[[int, Any], None] = lambda number, frame: stop.set()  # noqa: E731
    signal.signal(signal.SIGTERM, handler)
    signal.signal(signal.SIGINT, handler)
    return stop

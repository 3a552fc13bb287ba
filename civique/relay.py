"""The relay: takes rows of the outbox and puts them on the queues. Imports no Flask, and no module.

Messages and work have queues of their own (``civique.lanes``). In each, communes are served in turns, few rows of each
at a time: one that floods the outbox delays nobody but itself. A row is leased, not deleted: what a killed worker leaves
is taken again when the lease ends. Every minute the relay also asks for the tick that starts periodic work; every twenty
seconds it ends what a commune's role runs for too long.
"""

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from civique.core import logs
from civique.core.config import config
from civique.lanes import ENTRY, LANES, Lane
from civique.services.memory import return_memory_early
from tenants import clock
from tenants.engines import Engines
from tenants.watchdog import end_overlong

log = structlog.get_logger()
RUN_SECONDS = 110
"""Time given to a job's transaction; PostgreSQL would end it soon after."""
COMMUNES = 100
"""Communes looked at by one step in one lane."""

# Lanes in which a row is ready: one look at the index each, whatever waits for later.
READY = text(
    """
    SELECT lane FROM unnest(CAST(:lanes AS text[])) AS l(lane)
     WHERE EXISTS (SELECT FROM platform.outbox o WHERE o.done_at IS NULL AND o.lane = l.lane AND o.ready_at <= now())
    """
)
# The next communes that have something waiting in a lane, found one by one in the index, however many rows each has.
OWNERS = text(
    """
    WITH RECURSIVE waiting AS (
        (SELECT owner, 1 AS place FROM platform.outbox
          WHERE done_at IS NULL AND lane = :lane AND owner > :after ORDER BY owner LIMIT 1)
        UNION ALL
        SELECT (SELECT o.owner FROM platform.outbox o
                 WHERE o.done_at IS NULL AND o.lane = :lane AND o.owner > w.owner ORDER BY o.owner LIMIT 1), place + 1
          FROM waiting w WHERE w.owner IS NOT NULL AND place < :communes)
    SELECT owner FROM waiting WHERE owner IS NOT NULL
    """
)
# Of each the oldest rows that are ready, up to its share less what the workers hold; first those of a first turn.
TAKE = text(
    """
    WITH held AS (
        SELECT owner, count(*) AS rows FROM platform.outbox
         WHERE lane = :lane AND done_at IS NULL AND leased_until IS NOT NULL AND leased_until >= now() GROUP BY owner),
    offered AS (
        SELECT t.id, w.place, t.turn FROM unnest(CAST(:owners AS text[])) WITH ORDINALITY AS w(owner, place), LATERAL (
            SELECT s.id, row_number() OVER (ORDER BY s.ready_at) AS turn FROM (
                SELECT o.id, o.ready_at FROM platform.outbox o
                 WHERE o.lane = :lane AND o.owner = w.owner AND o.done_at IS NULL AND o.ready_at <= now()
                 ORDER BY o.ready_at
                 LIMIT greatest(:share - coalesce((SELECT h.rows FROM held h WHERE h.owner = w.owner), 0), 0)
                 FOR UPDATE SKIP LOCKED) s) t),
    taken AS (
        SELECT id, turn, place FROM offered ORDER BY turn, place
         LIMIT greatest(:depth - (SELECT coalesce(sum(rows), 0) FROM held), 0))
    UPDATE platform.outbox o
       SET leased_until = clock_timestamp() + make_interval(secs => :lease), attempts = attempts + 1, started_at = NULL
      FROM taken WHERE o.id = taken.id
    RETURNING o.id, o.owner, o.attempts, taken.turn, taken.place
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
WATCH_SECONDS = 20.0
"""Between two looks at what communes' roles run: each opens a connection of the owner's."""
CALM_AFTER = 10.0
"""Seconds without work after which the relay looks once a second."""
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
    """Carries rows from PostgreSQL to the queues.

    Args:
        queues: the queue of each lane, by the lane's name.
        lease_seconds: how long a row that was put stays with the queue before it is put again.
    """

    def __init__(self, engines: Engines, queues: dict[str, Queue], lease_seconds: int = 20) -> None:
        self.engines = engines
        self.queues = queues
        self.lease = lease_seconds
        self.midway = False
        """Whether communes remain to be looked at although the last step put nothing."""
        self._after = dict.fromkeys(queues, "")

    def step(self) -> int:
        """Take rows that are ready and put them on the queues, in each lane one of each commune in turn.

        The job id is made of the row and the attempt: putting it twice makes one job.

        Returns:
            How many rows were put.
        """
        self.midway = False
        with self.engines.platform.begin() as connection:
            ready = set(connection.execute(READY, {"lanes": list(self.queues)}).scalars())
            taken = [(LANES[name], self._take(connection, LANES[name])) for name in self.queues if name in ready]
        waiting = [row.id for _, rows in taken for row in rows]
        put = len(waiting)
        try:
            for lane, rows in taken:
                for row in rows:
                    self._put(lane, row)
                    waiting.remove(row.id)
        except RedisError:
            with self.engines.platform.begin() as connection:
                connection.execute(GIVE_BACK, {"ids": waiting})
            raise
        return put

    def _take(self, connection: Connection, lane: Lane) -> list[Any]:
        """Rows of one lane, in the order of their turns. The turn goes round: it begins after the last commune served."""
        owners = self._owners(connection, lane, self._after[lane.name])
        taking = {"lane": lane.name, "owners": owners, "share": lane.share, "depth": lane.depth, "lease": self.lease}
        rows = sorted(connection.execute(TAKE, taking), key=lambda row: (row.turn, row.place))
        first = [row.owner for row in rows if row.turn == 1]
        self._after[lane.name] = first[-1] if first else owners[-1]
        self.midway = self.midway or (not first and len(owners) == COMMUNES)
        return rows

    def _owners(self, connection: Connection, lane: Lane, after: str) -> list[str]:
        """Communes that have something waiting in a lane, from one on and round again."""
        values = {"lane": lane.name, "communes": COMMUNES}
        owners = list(connection.execute(OWNERS, {**values, "after": after}).scalars())
        if after and len(owners) < COMMUNES:
            known = set(owners)
            owners += [o for o in connection.execute(OWNERS, {**values, "after": ""}).scalars() if o not in known]
        return owners[:COMMUNES]

    def _put(self, lane: Lane, row: Any) -> None:
        """Put one row on its queue; one that cannot be is set aside with its reason, and stops nobody else's."""
        try:
            self.queues[lane.name].enqueue_call(
                ENTRY,
                args=(str(row.id),),
                job_id=f"{row.id}-{row.attempts}",
                timeout=RUN_SECONDS,
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
        period = (now or clock.now()).strftime("%Y-%m-%dT%H:%M")
        with self.engines.platform.begin() as connection:
            connection.execute(TICK, {"period": period})
            connection.execute(SWEEP)


def run_relay(stop: threading.Event | None = None) -> None:
    """Carry until told to stop. A database or a queue that is away is waited for."""
    stop = stop or _stop_on_signals()
    return_memory_early()
    settings = config()
    logs.configure(local=settings.local)
    engines = Engines(settings.database_url, settings.tenant_keys, most=1, threads=1)
    broker = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    queues = {name: Queue(lane.queue, connection=broker, serializer=JSONSerializer) for name, lane in LANES.items()}
    relay = Relay(engines, queues, settings.lease_seconds)
    last_minute, beaten, watched, busy = "", -BEAT_SECONDS, -WATCH_SECONDS, time.monotonic()
    while not stop.is_set():
        try:
            if time.monotonic() - beaten >= BEAT_SECONDS:
                beaten = time.monotonic()
                relay.beat()
            if time.monotonic() - watched >= WATCH_SECONDS:
                watched = time.monotonic()
                end_overlong(engines)
            minute = clock.now().strftime("%H:%M")
            if minute != last_minute:
                relay.tick()
                last_minute = minute
            if relay.step() or relay.midway:
                pause, busy = 0.05, time.monotonic()
            else:
                pause = 0.3 if time.monotonic() - busy < CALM_AFTER else 1.0
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

"""Connections of one process to its communes: kept a while after their use, under one bound for all communes together."""

import threading
import time
from collections import OrderedDict
from typing import Any, NamedTuple

from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import ConnectionPoolEntry, Pool

IDLE_SECONDS = 60.0
"""A connection that nobody used for so long is closed."""
PATIENCE = 10.0
"""Seconds that a thread waits when all the connections of the process are in use."""


class _Idle(NamedTuple):
    pool: "CommunePool"
    since: float


class Connections:
    """Counts the open connections of all communes of a process, at most ``most``.

    Each belongs to the pool of its commune, and is lent by that pool alone. When there is no room for one more, the one
    that has been idle the longest, of whichever commune, is closed.
    """

    def __init__(self, most: int, idle_seconds: float = IDLE_SECONDS) -> None:
        self.most = most
        self.idle_seconds = idle_seconds
        self.open = 0
        """Connections that are open, in use or idle, or that are being opened."""
        self._changed = threading.Condition()
        self._idle: OrderedDict[ConnectionPoolEntry, _Idle] = OrderedDict()
        self._timed = False

    def take(self, pool: "CommunePool") -> ConnectionPoolEntry:
        """A connection of this pool: the one that was used last, or a new one.

        Raises:
            NoConnection: all connections of the process stay in use.
        """
        leaving = None
        with self._changed:
            if not self._changed.wait_for(lambda: self._idle or self.open < self.most, PATIENCE):
                raise NoConnection(f"{self.most} connections in use for {PATIENCE:g} s", code="3o7r")
            if pool.idle:
                return self._leave_idle(pool.idle[-1])
            if self.open < self.most:
                self.open += 1
            else:
                leaving = self._leave_idle(next(iter(self._idle)))  # the new one takes its place in the count
        try:
            if leaving is not None:
                leaving.close()
            return pool.connect_new()
        except BaseException:
            self._count_closed(1)
            raise

    def give_back(self, pool: "CommunePool", entry: ConnectionPoolEntry) -> None:
        """Keep a connection for the next one who needs it; one that was lost, or whose pool is closed, is let go."""
        with self._changed:
            kept = entry.dbapi_connection is not None and not pool.closed
            if kept:
                pool.idle.append(entry)
                self._idle[entry] = _Idle(pool, time.monotonic())
                self._changed.notify()
                self._look_again_in(self.idle_seconds)
        if not kept:
            self._close([entry])

    def close(self, pool: "CommunePool") -> None:
        """Close the connections of a pool: the idle ones now, those in use when they come back."""
        with self._changed:
            pool.closed = True
            leaving = [self._leave_idle(entry) for entry in list(pool.idle)]
        self._close(leaving)

    def _leave_idle(self, entry: ConnectionPoolEntry) -> ConnectionPoolEntry:
        self._idle.pop(entry).pool.idle.remove(entry)
        return entry

    def _look_again_in(self, seconds: float) -> None:
        if not self._timed:
            self._timed = True
            timer = threading.Timer(seconds, self._close_idle)
            timer.daemon = True
            timer.start()

    def _close_idle(self) -> None:
        leaving = []
        with self._changed:
            self._timed = False
            ends = time.monotonic() - self.idle_seconds
            for entry, idle in list(self._idle.items()):  # the first one has been idle the longest
                if idle.since > ends:
                    self._look_again_in(idle.since - ends)
                    break
                leaving.append(self._leave_idle(entry))
        self._close(leaving)

    def _close(self, entries: list[ConnectionPoolEntry]) -> None:
        try:
            for entry in entries:
                entry.close()
        finally:
            self._count_closed(len(entries))

    def _count_closed(self, number: int) -> None:
        with self._changed:
            self.open -= number
            self._changed.notify(number)


class CommunePool(Pool):
    """The connections of one commune's role, counted with those of the others."""

    def __init__(self, creator: Any, connections: Connections, **options: Any) -> None:
        super().__init__(creator, **options)
        self._connections = connections
        self.idle: list[ConnectionPoolEntry] = []
        self.closed = False

    def connect_new(self) -> ConnectionPoolEntry:
        """Open one connection more, already counted."""
        return self._create_connection()

    def recreate(self) -> "CommunePool":
        """An empty pool of the same commune: what follows this one when it is disposed of."""
        return CommunePool(self._creator, self._connections, _dispatch=self.dispatch, dialect=self._dialect)

    def dispose(self) -> None:
        """Let every connection go."""
        self._connections.close(self)

    def status(self) -> str:
        """For the log of SQLAlchemy."""
        return f"{len(self.idle)} idle connections"

    def _do_get(self) -> ConnectionPoolEntry:
        return self._connections.take(self)

    def _do_return_conn(self, record: ConnectionPoolEntry) -> None:
        self._connections.give_back(self, record)

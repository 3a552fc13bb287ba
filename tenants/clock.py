"""The database's clock, as this process knows it: what deadlines, lives of codes and purges are judged by.

It is read when a connection is made and when a commune is looked up, then carried on by the time that has passed since: the
machine's own calendar, which may jump, has no part in it, and a page costs no statement more.
"""

import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.pool import Pool

STEP = 1.0
"""Seconds by which a reading must be earlier than what is known to be a clock that was put back: less is an answer that
was long to come."""
# Counts on while the machine sleeps, where the system has it; nothing sets it.
_STOPWATCH = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

_ahead: float | None = None  # seconds to add to the stopwatch


def now() -> datetime:
    """This moment by the database's clock, in UTC; by the machine's while no connection was ever made."""
    if _ahead is None:
        return datetime.now(UTC)
    return datetime.fromtimestamp(time.clock_gettime(_STOPWATCH) + _ahead, UTC)


def note(moment: datetime) -> None:
    """Take what the database has just said of its clock."""
    global _ahead
    read = moment.timestamp() - time.clock_gettime(_STOPWATCH)
    if _ahead is None or read > _ahead or read < _ahead - STEP:
        _ahead = read


def follow(source: Engine | Pool) -> None:
    """Read the clock at each connection that an engine or a pool makes."""
    event.listen(source, "connect", _read)


def _read(connection: Any, _record: Any) -> None:
    connection.autocommit = True  # one exchange, not three
    note(connection.execute("SELECT clock_timestamp()").fetchone()[0])
    connection.autocommit = False

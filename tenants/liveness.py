"""A connection that ended while nobody used it is made anew before it is lent: after a restart of PostgreSQL, the first
request of each commune works. Its socket is looked at; nothing is asked of the server."""

import select
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import Pool


def watch(source: Engine | Pool) -> None:
    """Look at each connection that an engine or a pool is about to lend."""
    event.listen(source, "checkout", _refuse_ended)


def _refuse_ended(connection: Any, _record: Any, _proxy: Any) -> None:
    """Say to the pool that this connection ended, and those of its age with it.

    A server that has something to say to an idle connection mostly says that it ends it; a setting that changed is read,
    and the connection lent.
    """
    try:
        while _readable(connection.fileno()):
            connection.pgconn.consume_input()
    except psycopg.OperationalError as ended:
        raise InvalidatePoolError("the connection ended while it was idle") from ended


def _readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))

"""What a commune's role runs for too long: it may set its own time-outs, so the owner ends it from outside."""

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tenants.engines import Engines

log = structlog.get_logger()

LONGEST_QUERY = 30
"""Seconds of one statement; twice what the role's own time-out allows."""
LONGEST_IDLE = 120
"""Seconds during which a transaction may hold its locks and do nothing; twice what the role's own time-out allows."""
TEMPORARY = "1GB"
"""What a connection may write to temporary files. Only a superuser may set it, so that no role undoes it."""

# Without the right to see others' statistics, their state is NULL: nothing is found, and « doctor » says so.
_END = text(
    r"""
    SELECT usename, pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
     WHERE datname = current_database() AND usename ~ '^t_[a-z0-9]{12}$'
       AND CASE state WHEN 'active' THEN query_start < clock_timestamp() - make_interval(secs => :query)
                      WHEN 'idle in transaction' THEN state_change < clock_timestamp() - make_interval(secs => :idle)
                      WHEN 'idle in transaction (aborted)'
                      THEN state_change < clock_timestamp() - make_interval(secs => :idle) ELSE false END
    """
)


def end_overlong(engines: Engines, *, query: float = LONGEST_QUERY, idle: float = LONGEST_IDLE) -> list[str]:
    """End the connections of communes' roles whose statement, or idle transaction, lasts too long.

    Args:
        query: seconds that a statement may last.
        idle: seconds that a transaction may idle.

    Returns:
        Roles of the connections that were ended, one a connection.
    """
    try:
        with engines.owner.connect() as connection:
            ended = list(connection.execute(_END, {"query": query, "idle": idle}).scalars())
    except SQLAlchemyError as error:  # a managed server may not give the right: « doctor » says so
        log.warning("overlong queries cannot be ended", error=type(error).__name__)
        return []
    for role in ended:
        log.warning("overlong query ended", tenant=role)
    return ended


def not_held(engines: Engines) -> list[str]:
    """What no watchdog holds on this server, in words; empty when all is held."""
    found = []
    with engines.owner.connect() as connection:
        sees, ends, files = connection.execute(
            text(
                "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), "
                "pg_has_role(current_user, 'pg_signal_backend', 'USAGE'), "
                "(SELECT setting FROM pg_catalog.pg_settings WHERE name = 'temp_file_limit')"
            )
        ).one()
    if not (sees and ends):
        found.append("queries of a commune that last longer than 30 s are not ended")
    if files == "-1":
        found.append("temporary files of a query are not bounded")
    return found

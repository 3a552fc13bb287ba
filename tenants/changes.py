"""How many times the content of each place changed: counted by its own role, read by the platform's role for all of them.

So a page that has not changed is given without a connection to its commune.
"""

from sqlalchemy import Connection, Engine, text

# All that a commune's role may do with the counters: the owner's function counts one for who is connected. Row and
# content become visible together, at the commit.
COUNT_CHANGE = """
CREATE OR REPLACE FUNCTION platform.count_change() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO platform.site_version AS known (owner, version) VALUES (session_user, 1)
    ON CONFLICT (owner) DO UPDATE SET version = known.version + 1 RETURNING version
$$"""
COUNT = text("SELECT platform.count_change()")
READ = text("SELECT version FROM platform.site_version WHERE owner = :owner")


def open_counters(connection: Connection) -> None:
    """Let every role count its own changes. The right goes to PUBLIC, as that of the outbox; none on the table."""
    connection.exec_driver_sql(COUNT_CHANGE)


def count_of(platform: Engine, schema: str) -> int:
    """Changes of a place so far, as committed; 0 when it never changed."""
    with platform.connect() as connection:
        # One statement outside any transaction: nothing to begin, nothing to end.
        return connection.execution_options(isolation_level="AUTOCOMMIT").execute(READ, {"owner": schema}).scalar() or 0

"""The database as a whole: its owner, schema ``platform``, and what is revoked so that no commune sees another."""

from typing import LiteralString

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.schema import CreateIndex, CreateTable

from tenants.changes import open_counters
from tenants.engines import Engines
from tenants.keys import scram_verifier
from tenants.models import PlatformBase
from tenants.plan import VERSION_TABLE, SchemaPlan
from tenants.provision import narrow
from tenants.tenant import PLATFORM
from tenants.watchdog import TEMPORARY

CATALOGUES = ("pg_catalog", "information_schema")
# Relations of the catalogues that a connection needs and that speak of no one: time zones, its own settings.
OPEN_TO_ALL = ("pg_timezone_names", "pg_timezone_abbrevs", "pg_settings", "pg_collation")
# Functions that look at the server or at others: sizes, statistics, who is connected, definitions by number, locks that
# all communes share, large objects, waiting. Those that only compute (immutable) are left.
LOOKING = (
    r"^(pg_|lo_|lo(read|write)$|binary_upgrade|brin_(sum|desum)marize|gin_clean|has_.*_privilege$|txid_|currtid2$|"
    r"aclexplode$|format_type$|(col|obj|shobj)_description$|row_security_active$|inet_server_|.*_to_xml)"
)
# Of these, what the views above or everyday SQL need, and that speaks of no one.
HARMLESS = (
    "pg_typeof",
    "pg_client_encoding",
    "pg_encoding_to_char",
    "pg_char_to_encoding",
    "pg_input_is_valid",
    "pg_input_error_info",
    "pg_column_size",
    "pg_column_compression",
    "pg_collation_for",
    "pg_timezone_names",
    "pg_timezone_abbrevs_zone",
    "pg_timezone_abbrevs_abbrevs",
    "pg_timezone_abbrevs",
    "pg_show_all_settings",
    "pg_get_keywords",
    "pg_basetype",
)
# Other databases of every server, where nothing is closed.
NEIGHBOUR_DATABASES = ("postgres", "template1")
OPEN_FUNCTIONS = """
    SELECT p.oid FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.provolatile <> 'i' AND p.prorettype <> 'trigger'::regtype
       AND p.proname ~ %(looking)s AND p.proname <> ALL (%(harmless)s)
       AND pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE')"""

# Rows of one commune that may wait for their turn. A mailing to 5,000 people is one row a person.
MOST_WAITING = 10_000
LATEST = "400 days"
"""How far ahead work may be asked; a moment beyond, or before now, is brought back between the two."""
ENQUEUE = f"""
CREATE OR REPLACE FUNCTION platform.enqueue(id uuid, job text, args jsonb, due_at timestamptz) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
    INSERT INTO platform.outbox (id, owner, job, args, due_at)
    SELECT $1, session_user, $2, $3,
           least(greatest(coalesce($4, clock_timestamp()), clock_timestamp()), clock_timestamp() + interval '{LATEST}')
     WHERE (SELECT count(*) FROM (SELECT FROM platform.outbox o WHERE o.owner = session_user AND o.done_at IS NULL
                                   LIMIT {MOST_WAITING}) w) < {MOST_WAITING}
    RETURNING true
$$"""


def create_database(superuser_url: str, owner_password: str, database: str = "civique") -> None:
    """Make the owner's role and the database; for the embedded server, where we are the superuser. Can run twice."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'civique'").fetchone()
        if not exists:
            verifier = sql.Literal(scram_verifier(owner_password))
            connection.execute(sql.SQL("CREATE ROLE civique LOGIN CREATEROLE PASSWORD {}").format(verifier))
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
        if not exists:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER civique").format(sql.Identifier(database)))


def harden(superuser_url: str, owner: str = "civique") -> None:
    """Close the catalogues to everybody but the owner. Needs the superuser, on the application's database. Can run twice.

    A commune's role keeps what a connection needs; names of schemas, roles, databases, sizes, statistics, the text of
    others' queries and the locks that all share are out of reach.
    """
    with psycopg.connect(superuser_url) as connection:

        def run(statement: LiteralString, name: str = owner) -> None:
            connection.execute(sql.SQL(statement).format(name=sql.Identifier(name), owner=sql.Identifier(owner)))

        for schema in CATALOGUES:
            run("REVOKE SELECT ON ALL TABLES IN SCHEMA {name} FROM PUBLIC", schema)
            run("GRANT SELECT ON ALL TABLES IN SCHEMA {name} TO {owner}", schema)
        for secret in ("pg_authid", "pg_subscription", "pg_user_mapping", "pg_largeobject", "pg_statistic"):
            run("REVOKE ALL ON pg_catalog.{name} FROM {owner}", secret)
        # As on any server: a dump by the owner counts the subscriptions, without their passwords.
        run("GRANT SELECT (oid, subdbid, subname, subowner, subenabled) ON pg_catalog.pg_subscription TO {owner}")
        for name in OPEN_TO_ALL:
            run("GRANT SELECT ON pg_catalog.{name} TO PUBLIC", name)
        run("GRANT pg_signal_backend TO {owner}")
        run("GRANT pg_read_all_stats TO {owner}")
        temporary: LiteralString = f"ALTER DATABASE {{name}} SET temp_file_limit = '{TEMPORARY}'"
        run(temporary, connection.info.dbname)
        run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        _close_functions(connection, owner)
        run("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC")
        run("GRANT USAGE ON LANGUAGE plpgsql TO {owner}")
        run("REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC", connection.info.dbname)
        run("GRANT TEMPORARY ON DATABASE {name} TO {owner}", connection.info.dbname)
        for database in NEIGHBOUR_DATABASES:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone():
                run("REVOKE CONNECT, TEMPORARY ON DATABASE {name} FROM PUBLIC", database)
                run("GRANT CONNECT ON DATABASE {name} TO {owner}", database)


def _close_functions(connection: psycopg.Connection, owner: str) -> None:
    """Leave the functions that look around to the owner: he has them himself before everybody loses them."""
    wanted = {"looking": LOOKING, "harmless": list(HARMLESS)}
    query = f"SELECT oid::regprocedure::text FROM ({OPEN_FUNCTIONS}) AS open"
    signatures: list[LiteralString] = [row[0] for row in connection.execute(query, wanted)]
    if signatures:
        functions = sql.SQL(", ").join(sql.SQL(signature) for signature in signatures)
        for statement in ("GRANT EXECUTE ON FUNCTION {} TO {}", "REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC"):
            connection.execute(sql.SQL(statement).format(functions, sql.Identifier(owner)))


def exposed(engines: Engines) -> list[str]:
    """What any role can read or call and that ``harden`` would have closed, in words; empty when all is well."""
    query = f"""
        SELECT 'relation ' || n.nspname || '.' || c.relname FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'v')
           AND c.relname <> ALL (%(open)s) AND pg_catalog.has_table_privilege('public', c.oid, 'SELECT')
        UNION ALL SELECT 'function ' || oid::regprocedure FROM ({OPEN_FUNCTIONS}) AS open
        UNION ALL SELECT 'language plpgsql' WHERE pg_catalog.has_language_privilege('public', 'plpgsql', 'USAGE')
        UNION ALL SELECT 'temporary tables'
         WHERE pg_catalog.has_database_privilege('public', pg_catalog.current_database(), 'TEMPORARY')
        UNION ALL SELECT 'schema public' WHERE pg_catalog.has_schema_privilege('public', 'public', 'CREATE')
        UNION ALL SELECT 'database ' || datname FROM pg_catalog.pg_database
         WHERE datname = ANY (%(databases)s) AND pg_catalog.has_database_privilege('public', oid, 'CONNECT')
        ORDER BY 1"""
    wanted = {
        "open": list(OPEN_TO_ALL),
        "looking": LOOKING,
        "harmless": list(HARMLESS),
        "databases": list(NEIGHBOUR_DATABASES),
    }
    with engines.owner.connect() as connection:
        return list(connection.exec_driver_sql(query, wanted).scalars())


def create_platform(engines: Engines, plan: SchemaPlan) -> None:
    """Make the platform's role, schema and tables when they are missing. Can run twice, and at every start.

    The platform is a place like a commune: it has the core's tables too (operators, sessions, audit, messages), and
    beside them the registry, the outbox and the tables of ``civique.platform``.
    """
    with engines.owner.begin() as connection:
        exists = text("SELECT pg_catalog.to_regclass('platform.tenant')")
        if connection.execute(exists).scalar() is None:
            # Before there is a platform there is no commune either, whose role could hold this lock.
            connection.execute(text("SELECT pg_catalog.pg_advisory_xact_lock(710203)"))
        if connection.execute(exists).scalar() is not None:
            connection.exec_driver_sql(f"LOCK TABLE platform.{VERSION_TABLE} IN SHARE ROW EXCLUSIVE MODE")
            _platform_role(connection, engines)
            _open_outbox(connection)
            open_counters(connection)
            return
        _platform_role(connection, engines)
        connection.exec_driver_sql("CREATE SCHEMA IF NOT EXISTS platform")
        connection.exec_driver_sql("SET LOCAL search_path = platform")
        connection.exec_driver_sql(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        connection.exec_driver_sql(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA platform GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO platform"
        )
        connection.exec_driver_sql("GRANT USAGE ON SCHEMA platform TO platform")
        for statement in plan.statements["core"]:
            connection.exec_driver_sql(statement)
        for table in plan.tables["core"]:
            if "grants" in table.info:
                narrow(connection, PLATFORM.role, table.name, table.info["grants"])
        for table in PlatformBase.metadata.sorted_tables:
            connection.execute(CreateTable(table))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index))
        _open_outbox(connection)
        open_counters(connection)
        for module in ("core", "platform"):
            connection.exec_driver_sql(f"INSERT INTO {VERSION_TABLE} VALUES (%s)", (plan.head(module),))


def _platform_role(connection: Connection, engines: Engines) -> None:
    verifier = scram_verifier(engines.keys.password(PLATFORM.role, engines.keys.current))
    exists = connection.execute(text("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'platform'")).scalar()
    if not exists:
        connection.exec_driver_sql("CREATE ROLE platform LOGIN NOINHERIT")
        connection.exec_driver_sql("ALTER ROLE platform SET search_path = platform")
    connection.exec_driver_sql(sql.SQL("ALTER ROLE platform PASSWORD {}").format(sql.Literal(verifier)).as_string())


def _open_outbox(connection: Connection) -> None:
    """Let every commune's role add to the outbox, in its own name and up to a limit, and do nothing else there.

    The role has no right on the table: it calls a function of the owner's, which writes who is connected and counts what
    waits. So neither a bug nor somebody's SQL can fill the disk that all communes share. The right goes to PUBLIC:
    granted to each of 3,000 roles it would overflow the row of the catalogue (which cannot be toasted) and list every
    neighbour.
    """
    connection.exec_driver_sql("GRANT USAGE ON SCHEMA platform TO PUBLIC")
    connection.exec_driver_sql("REVOKE INSERT (id, job, args, due_at) ON platform.outbox FROM PUBLIC")
    connection.exec_driver_sql(ENQUEUE)

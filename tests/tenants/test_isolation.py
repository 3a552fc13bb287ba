"""What a commune's own connection can reach, tried with SQL on a real server: never another commune's rows or name."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

SECRET = "Secret-de-la-voisine"


@pytest.fixture
def two(commune, neighbour):
    """A commune whose connection is tried, and a neighbour that holds a secret."""
    neighbour.person("Odile", SECRET)
    return commune, neighbour


def attempt(commune, query, **values):
    """Run SQL as the commune and give what it says, rows or error, as text."""
    try:
        return str(commune.sql(query, **values))
    except DBAPIError as error:
        return f"refused: {error.orig}"


ATTACKS = {
    "direct": "SELECT family_name FROM {neighbour}.person",
    "stacked": "SELECT 1; SELECT family_name FROM {neighbour}.person",
    "commit inside": "COMMIT; SELECT family_name FROM {neighbour}.person",
    "search_path": "SELECT set_config('search_path', '{neighbour}', false), (SELECT family_name FROM person LIMIT 1)",
    "set role": "SET ROLE {neighbour}",
    "set role owner": "SET ROLE civique",
    "set session authorization": "SET SESSION AUTHORIZATION {neighbour}",
    "set_config role": "SELECT set_config('role', '{neighbour}', false)",
    "do block": "DO $$ BEGIN EXECUTE 'SELECT family_name FROM {neighbour}.person'; END $$",
    "query_to_xml": "SELECT query_to_xml('SELECT family_name FROM {neighbour}.person', true, false, '')",
    "schema_to_xml": "SELECT schema_to_xml('{neighbour}', true, false, '')",
    "database_to_xml": "SELECT database_to_xml(true, false, '')",
    "ts_stat": "SELECT word FROM ts_stat('SELECT to_tsvector(family_name) FROM {neighbour}.person')",
    "table_to_xml": "SELECT table_to_xml('{neighbour}.person', true, false, '')",
    "copy program": "COPY (SELECT 1) TO PROGRAM 'id'",
    "copy file": "COPY person FROM '/etc/passwd'",
    "read file": "SELECT pg_read_file('postgresql.conf')",
    "large object": "SELECT lo_import('/etc/passwd')",
    "large object of its own": "SELECT lo_from_bytea(0, 'x')",
    "empty large object": "SELECT lo_creat(-1), lo_create(0)",
    "registry": "SELECT name FROM platform.tenant",
    "outbox of others": "SELECT owner FROM platform.outbox",
    "outbox in another's name": "INSERT INTO platform.outbox (id, owner, job, args) VALUES (gen_random_uuid(), '{neighbour}', 'core.purge', '{{}}')",
    "grant": "GRANT USAGE ON SCHEMA {neighbour} TO CURRENT_USER",
    "create in public": "CREATE TABLE public.leak (a int)",
    "create in platform": "CREATE TABLE platform.leak (a int)",
    "temporary table": "CREATE TEMPORARY TABLE leak (a int)",
    "new role": "CREATE ROLE intruder SUPERUSER",
    "alter own role": "ALTER ROLE CURRENT_USER SUPERUSER",
    "dblink": "CREATE EXTENSION dblink",
    "function definer": "CREATE FUNCTION steal() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::text'",
    "truncate audit": "TRUNCATE audit_entry",
    "rewrite audit": "UPDATE audit_entry SET action = 'nothing'",
    "delete audit": "DELETE FROM audit_entry",
    "roles": "SELECT rolname FROM pg_roles",
    "users": "SELECT usename FROM pg_user",
    "schemas": "SELECT nspname FROM pg_namespace",
    "tables": "SELECT schemaname, tablename FROM pg_tables",
    "classes": "SELECT relname FROM pg_class",
    "activity": "SELECT usename, query FROM pg_stat_activity",
    "statistics": "SELECT schemaname, n_live_tup FROM pg_stat_user_tables",
    "databases": "SELECT datname, datacl FROM pg_database",
    "role settings": "SELECT * FROM pg_db_role_setting",
    "information schema": "SELECT table_schema FROM information_schema.tables",
    "information schemata": "SELECT schema_name FROM information_schema.schemata",
    "column statistics": "SELECT most_common_vals FROM pg_stats",
    "locks": "SELECT * FROM pg_locks",
    "notify": "SELECT pg_notify('a', 'b')",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_sql_as_a_commune_neither_reads_nor_writes_the_neighbour(two, name):
    commune, neighbour = two
    answer = attempt(commune, ATTACKS[name].format(neighbour=neighbour.tenant.schema))
    assert SECRET not in answer
    if "{neighbour}" not in ATTACKS[name]:
        assert neighbour.tenant.schema not in answer
    if name != "search_path":  # answers, from one's own schema: names were resolved before the path moved
        assert answer.startswith("refused:"), f"{name} answered {answer[:300]}"
    assert neighbour.sql("SELECT count(*) FROM person WHERE family_name = :n", n=SECRET)[0][0] == 1
    assert commune.sql("SELECT CURRENT_USER")[0][0] == commune.tenant.role


def test_search_path_poisoned_in_one_transaction_is_gone_in_the_next(two):
    """Whatever a request leaves behind, the pool's next user is still in its own schema."""
    commune, neighbour = two
    attempt(commune, f"SET search_path = {neighbour.tenant.schema}")
    assert commune.sql("SELECT count(*) FROM person WHERE family_name = :n", n=SECRET) == [(0,)]


# What remains: names of neighbours are opaque, and only who knows an object's number learns one of them. Frozen here:
# a new trace makes this test fail.
TRACES = {
    "name of a role by its number": "SELECT regrole(oid::oid) FROM generate_series(16384, 16500) oid",
    "name of a table by its number": "SELECT regclass(oid::oid) FROM generate_series(16384, 17500) oid",
}


@pytest.mark.parametrize("name", TRACES)
def test_remaining_traces_hold_opaque_names_only(two, name):
    commune, neighbour = two
    answer = attempt(commune, TRACES[name])
    assert SECRET not in answer
    for word in (neighbour.tenant.slug, neighbour.tenant.name, neighbour.tenant.insee):
        assert word not in answer


def test_no_catalogue_is_open_but_the_listed_ones(services):
    from civique.core.process import engines
    from tenants.cluster import exposed_relations

    assert exposed_relations(engines()) == []


def test_one_session_one_commune(two):
    from civique.core.people.models import Person
    from civique.core.process import engines
    from tenants.session import TenantMismatch, entered, session_for

    commune, neighbour = two
    with session_for(engines(), commune.tenant) as session:
        session.query(Person).count()
        with entered(neighbour.tenant), pytest.raises(TenantMismatch):
            session.query(Person).count()


def test_no_commune_no_connection(services):
    from civique.core.process import engines
    from tenants.session import NoTenant, TenantSession

    with pytest.raises(NoTenant):
        TenantSession(engines()).execute(text("SELECT 1"))


def test_cookie_of_a_neighbour_signs_nobody_in_and_leaves_a_line(two):
    commune, neighbour = two
    secretary = neighbour.person("Sylvie", "Voisine", "administrator", email="s@exemple.fr")
    signed_in = neighbour.client(secretary)
    cookie = signed_in.client.get_cookie("civique", domain=neighbour.host.split(":")[0])
    intruder = commune.client()
    intruder.client.set_cookie("civique", cookie.value, domain=commune.host.split(":")[0])
    page = intruder.get("/mairie")
    assert page.status == 303
    assert page.location.startswith("/connexion")
    assert "access.unknown_cookie" in {row[0] for row in commune.sql("SELECT action FROM audit_entry")}


def test_visit_cookie_of_a_neighbour_reads_as_empty(two):
    """The form token of one commune is refused by the other: its signature holds the commune."""
    commune, neighbour = two
    client = neighbour.client()
    form = client.get("/connexion").form("/connexion")
    cookie = client.client.get_cookie("visite", domain=neighbour.host.split(":")[0])
    intruder = commune.client()
    intruder.client.set_cookie("visite", cookie.value, domain=commune.host.split(":")[0])
    assert intruder.post("/connexion", {**form, "email": "a@exemple.fr"}).status == 400


def test_host_header_attacks(commune):
    """Addresses in pages and messages come from the registry, never from the Host header."""
    client = commune.client()
    for host in (
        "evil.example",
        f"{commune.tenant.slug}.civique.localhost.evil.example",
        "civique.localhost@evil.example",
    ):
        client.host = host
        page = client.get("/")
        assert page.status == 404, host
        assert commune.tenant.name not in page.text


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/a\nb"],
)
def test_no_open_redirect(target):
    from civique.web.access import safe_path

    assert safe_path(target) == "/"

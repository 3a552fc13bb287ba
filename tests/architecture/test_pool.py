"""Communes that tests share one after the other: nothing of a test is left for the next, and no page is taken for an
older one."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import text

from civique.core.documents.operations import keep_file, store
from civique.core.i18n import speaking
from civique.core.process import engines, provisioner, registry
from civique.core.registry import modules
from civique.core.switching import switch_off, switch_on
from civique.demo import fill
from civique.demonstration import blou
from tests.fixtures import Commune

VILLAGE = "49030"
MADE = {"uuid", "timestamp with time zone", "date"}
"""Types of what is made anew at each opening: identifiers and moments."""


@pytest.fixture
def lend(pool):
    """Takes communes of the pool, and gives back those that the test still has."""
    taken = []

    def take(*names, **facts):
        taken.append(pool.take(VILLAGE, names, {"demonstration": True, **facts}))
        return Commune(taken[-1])

    yield take
    for tenant in taken:
        if registry().by_schema(tenant.schema) is not None:
            pool.give_back(tenant)


def optional():
    return tuple(manifest.name for manifest in modules().optional)


def contents(tenant, *, identifiers=True):
    """Every row of a commune and of the platform's tables that name it, by table; the change counter is not told."""
    found = {}
    with engines().owner.begin() as connection:
        columns = connection.execute(
            text(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = :schema ORDER BY 1, 2"
            ),
            {"schema": tenant.schema},
        ).all()
        for table in sorted({table for table, _column, _kind in columns}):
            left = [column for t, column, kind in columns if t == table and not identifiers and kind in MADE]
            rows = connection.execute(
                text(f"SELECT (to_jsonb(t) - CAST(:left AS text[]))::text FROM {tenant.schema}.{table} t"),
                {"left": left},
            )
            found[table] = sorted(row[0] for row in rows)
        for table, column, value in (
            ("outbox", "owner", tenant.role),
            ("periodic_run", "owner", tenant.role),
            ("tenant_host", "tenant_id", tenant.id),
        ):
            query = text(f"SELECT count(*) FROM platform.{table} WHERE {column} = :value")
            found[table] = connection.execute(query, {"value": value}).scalar_one()
    return found


def live_in(commune):
    """Something in nearly every table, a file, a domain, work that waits."""
    with commune.session() as session, speaking("fr"):
        fill(session, commune.tenant, blou.build)
        keep_file(session, BytesIO(b"%PDF-1.4 of a test"), name="essai.pdf", mime="application/pdf")
    provisioner().add_host(commune.tenant, "www.blou.example", verified=True)


def test_a_commune_handed_out_twice_is_as_new(lend, pool):
    first = lend(*optional())
    new = contents(first.tenant)
    live_in(first)
    full = contents(first.tenant)
    assert sum(new[table] != full[table] for table in new) > 40
    assert list(store().iter_space(first.tenant.schema)) != []
    pool.give_back(first.tenant)
    again = lend(*optional())
    assert again.tenant == first.tenant
    assert contents(again.tenant) == new
    assert list(store().iter_space(again.tenant.schema)) == []
    told = contents(again.tenant, identifiers=False)
    pool.give_back(again.tenant)
    pool.forget()
    opened = lend(*optional())
    assert opened.tenant.schema != again.tenant.schema
    assert contents(opened.tenant, identifiers=False) == told


def test_no_page_is_taken_for_the_one_of_another_test(lend, pool):
    seen = set()
    for turn in range(3):
        commune = lend()
        for _ in range(turn):
            commune.person(f"Camille {turn}", "Martin")
        page = commune.client().get("/")
        assert page.status == 200
        assert page.headers["ETag"] not in seen
        seen.add(page.headers["ETag"])
        assert commune.client().get("/", headers={"If-None-Match": page.headers["ETag"]}).status == 304
        pool.give_back(commune.tenant)


def test_a_session_of_another_test_opens_nothing(lend, pool):
    commune = lend()
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    assert client.get("/mairie").status == 200
    pool.give_back(commune.tenant)
    assert lend().tenant == commune.tenant
    assert client.get("/mairie").status == 303


def switched_on(commune):
    switch_on(commune.tenant, "sample")


def switched_on_and_off(commune):
    switch_on(commune.tenant, "sample")
    switch_off(commune.tenant, "sample")


def suspended(commune):
    provisioner().set_state(commune.tenant, "suspended", "Facture en attente.")


def deleted(commune):
    provisioner().delete(commune.tenant, forget_files=store().delete_space, rest=timedelta(0))


def of_another_password(commune):
    commune.sql("ALTER ROLE CURRENT_USER PASSWORD 'another'")


def of_other_settings(commune):
    commune.sql("ALTER ROLE CURRENT_USER SET statement_timeout = 0")


def owner_does(statement):
    def change(commune):
        with engines().owner.begin() as connection:
            connection.exec_driver_sql(statement.format(schema=commune.tenant.schema))

    return change


@pytest.mark.parametrize(
    "change",
    [
        switched_on,
        switched_on_and_off,
        suspended,
        deleted,
        of_another_password,
        of_other_settings,
        owner_does("ALTER TABLE {schema}.person ADD COLUMN intruder int"),
        owner_does("ALTER TABLE {schema}.person ALTER COLUMN trust SET DEFAULT 'verified'"),
        owner_does("ALTER TABLE {schema}.person ALTER COLUMN given_name DROP NOT NULL"),
        owner_does("ALTER TABLE {schema}.person DROP CONSTRAINT ck_person_trust"),
        owner_does("CREATE TABLE {schema}.another (id int)"),
        owner_does("DROP INDEX {schema}.ix_person_folded"),
        owner_does("GRANT DELETE ON {schema}.audit_entry TO {schema}"),
        owner_does("UPDATE platform.tenant SET name = 'Ailleurs' WHERE schema = '{schema}'"),
    ],
)
def test_a_commune_of_another_shape_is_not_handed_out_again(lend, pool, change):
    commune = lend()
    change(commune)
    pool.give_back(commune.tenant)
    assert registry().by_schema(commune.tenant.schema) is None
    assert lend().tenant.schema != commune.tenant.schema


def test_a_commune_that_somebody_still_writes_in_is_not_handed_out_again(lend, pool):
    commune = lend()
    with commune.session() as session:
        session.execute(text("UPDATE setting SET revision = revision"))
        pool.give_back(commune.tenant)
    assert lend().tenant.schema != commune.tenant.schema


def test_what_is_asked_at_the_opening_is_what_is_handed_out(lend, pool):
    plain, schemas = lend(), set()
    pool.give_back(plain.tenant)
    for names, facts in (((), {}), (("sample",), {}), ((), {"demonstration": False})):
        commune = lend(*names, **facts)
        assert commune.tenant.modules == {"core", *names}
        assert commune.tenant.demonstration == facts.get("demonstration", True)
        schemas.add(commune.tenant.schema)
        pool.give_back(commune.tenant)
    assert len(schemas) == 3

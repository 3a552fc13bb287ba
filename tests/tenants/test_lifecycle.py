"""Communes come, change, leave, come back: provisioning, keys, archives, deletion, migrations."""

import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text

from civique.app import Dispatcher
from civique.core.config import config
from civique.core.documents.operations import keep_file, store
from civique.core.opening import open_commune
from civique.core.process import engines, provisioner, registry
from civique.core.registry import modules
from tenants.check import check_all
from tenants.provision import TenantExists
from tenants.registry import RESERVED, Registry, valid_slug
from tenants.session import entered
from tenants.transfer import ImportRefused, export_tenant, import_tenant
from tests.client import PageClient
from tests.defences import defence, replaced

pytestmark = pytest.mark.fresh_communes


def test_a_commune_is_what_its_models_say(make_commune):
    commune = make_commune("49030", "fund")
    assert check_all(engines(), provisioner(), [commune.tenant.schema]) == []


def test_check_sees_a_lost_index_and_a_foreign_column(commune):
    with engines().owner.begin() as connection:
        connection.execute(text(f"DROP INDEX {commune.tenant.schema}.ix_person_folded"))
        connection.execute(text(f"ALTER TABLE {commune.tenant.schema}.person ADD COLUMN intruder int"))
    lines = check_all(engines(), provisioner(), [commune.tenant.schema])[0].lines
    assert any("ix_person_folded" in line and line.startswith("−") for line in lines)
    assert any("person.intruder" in line and line.startswith("+") for line in lines)


def test_migrations_build_what_the_models_say(services):
    """The Alembic branches alone give the same schema as the models, module by module."""
    from tenants.check import expected_facts, facts
    from tenants.migrate import create_by_migrations

    plan = modules().plan
    names = [name for name in plan.tables if plan.tables[name]]
    wanted = expected_facts(provisioner(), names)
    with engines().owner.connect() as connection:
        transaction = connection.begin()
        provisioner().set_up_role(connection, "t_111111111111", engines().keys.current)
        provisioner().create_schema(connection, "t_111111111111")
        create_by_migrations(connection, "t_111111111111", plan, names)
        found = facts(connection, "t_111111111111")
        transaction.rollback()
    assert found == wanted


def test_two_subscribe_the_same_commune_at_once(services):
    """One site; the other is told."""
    results = []

    def subscribe():
        try:
            results.append(open_commune(engines(), provisioner(), "49015"))
        except TenantExists as error:
            results.append(error)

    threads = [threading.Thread(target=subscribe) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kinds = sorted(type(result).__name__ for result in results)
    made = registry().by_insee("49015")
    provisioner().delete(made, forget_files=store().delete_space, rest=timedelta(0))
    assert kinds == ["Tenant", "TenantExists"]


def test_creation_killed_between_role_and_schema_is_taken_up_again(services, monkeypatch):
    def dies(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(provisioner(), "create_schema", dies)
        with pytest.raises(KeyboardInterrupt):
            open_commune(engines(), provisioner(), "49023")
    tenant = open_commune(engines(), provisioner(), "49023")
    assert tenant.state == "open"
    provisioner().delete(tenant, forget_files=store().delete_space, rest=timedelta(0))


@pytest.mark.parametrize("slug", [*sorted(RESERVED)[:6], "xn--abc", "-a", "a.b", "A", "", "a" * 60, "é"])
def test_reserved_and_malformed_names(slug):
    assert not valid_slug(slug)


def test_module_switched_on_and_off_keeps_its_data(commune):
    client = commune.client()
    assert client.get("/fonds").status == 404
    commune.switch_on("fund")
    assert client.get("/fonds").status == 200
    from civique.modules.fund.operations.funds import prepare_fund

    with commune.session() as session:
        prepare_fund(session, 2026)
    from civique.core.switching import switch_off

    commune.tenant = switch_off(commune.tenant, "fund")
    assert client.get("/fonds").status == 404
    assert commune.sql("SELECT count(*) FROM fund") == [(1,)]
    commune.switch_on("fund")
    assert commune.sql("SELECT count(*) FROM fund") == [(1,)]


def test_rekey_changes_the_password_and_everything_goes_on(commune):
    from tenants.keys import KeyRing

    before = engines().keys
    try:
        engines().keys = KeyRing({**before.keys, 2: b"k" * 32})
        commune.tenant = provisioner().rekey(commune.tenant)
        assert commune.tenant.key_version == 2
        assert commune.client().get("/").status == 200
        assert commune.sql("SELECT 1") == [(1,)]
        engines().keys = KeyRing({2: b"k" * 32})
        engines().forget(commune.tenant)
        assert commune.sql("SELECT 1") == [(1,)]
    finally:
        engines().keys = before


def test_archive_comes_back_to_the_same_bytes(make_commune, tmp_path):
    import io

    commune = make_commune("49030", "fund")
    commune.person("Nadia", "Habitante")
    with commune.session() as session:
        keep_file(session, io.BytesIO(b"%PDF-1.7 content"), name="a.pdf", mime="application/pdf", permission="fund.pay")
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    export_tenant(engines(), modules().plan, store(), commune.tenant, first, lambda step: None)
    provisioner().delete(commune.tenant, forget_files=store().delete_space, rest=timedelta(0))
    back = import_tenant(engines(), provisioner(), store(), first)
    assert back.trial_ends_on == commune.tenant.trial_ends_on
    assert back.trial_ends_on is not None, "the trial ends on the day that was promised"
    export_tenant(engines(), modules().plan, store(), back, second, lambda step: None)
    provisioner().delete(back, forget_files=store().delete_space, rest=timedelta(0))
    assert first.read_bytes() == second.read_bytes()
    rows = zipfile.ZipFile(second).read("data/core/stored_file.jsonl")
    assert b'"fund.pay"' in rows, "who may read a file comes back too"


def test_archive_holds_no_session_and_no_second_factor(commune, tmp_path):
    secretary = commune.person("Sylvie", "Secrétaire", "administrator")
    commune.client(secretary)
    target = tmp_path / "a.zip"
    export_tenant(engines(), modules().plan, store(), commune.tenant, target, lambda step: None)
    names = zipfile.ZipFile(target).namelist()
    assert "data/core/person.jsonl" in names
    for table in ("web_session", "credential", "sign_in_code", "invitation", "job_receipt"):
        assert f"data/core/{table}.jsonl" not in names


def test_altered_archive_is_refused_and_leaves_nothing(commune, tmp_path):
    target, altered = tmp_path / "a.zip", tmp_path / "altered.zip"
    export_tenant(engines(), modules().plan, store(), commune.tenant, target, lambda step: None)
    with zipfile.ZipFile(target) as source, zipfile.ZipFile(altered, "w") as copy:
        for name in source.namelist():
            data = source.read(name)
            copy.writestr(name, data + b"{}\n" if name == "data/core/person.jsonl" else data)
    with pytest.raises(ImportRefused):
        import_tenant(engines(), provisioner(), store(), altered, slug="autre-49")
    assert registry().by_slug("autre-49") is None


def test_deleted_commune_leaves_nothing_and_its_name_rests(services):
    tenant = open_commune(engines(), provisioner(), "49028")
    provisioner().delete(tenant, forget_files=store().delete_space)
    with engines().owner.connect() as connection:
        schemas = connection.execute(text("SELECT count(*) FROM pg_namespace WHERE nspname = :s"), {"s": tenant.schema})
        roles = connection.execute(text("SELECT count(*) FROM pg_roles WHERE rolname = :s"), {"s": tenant.schema})
        assert (schemas.scalar(), roles.scalar()) == (0, 0)
    assert not (store().root / tenant.schema).exists()
    with pytest.raises(TenantExists):
        provisioner().create(slug=tenant.slug, insee="49035", name="Une autre", siren="111111111")
    again = open_commune(engines(), provisioner(), "49028")  # the same SIREN takes its name back
    provisioner().delete(again, forget_files=store().delete_space, rest=timedelta(0))


@defence(
    "a commune that is deleted has no connection left",
    replaced("tenants.provision.TERMINATE", text("SELECT 1 WHERE :role = ''")),
)
def test_deleting_ends_what_is_under_way(make_commune):
    """A transaction that was left open would keep the deletion waiting for as long as it lasts."""
    commune = make_commune("49003", fresh=True)
    with ThreadPoolExecutor(1) as pool, engines().of(commune.tenant).connect() as connection:
        connection.execute(text("SELECT count(*) FROM person"))
        deletion = pool.submit(
            provisioner().delete, commune.tenant, forget_files=store().delete_space, rest=timedelta(0)
        )
        try:
            deletion.result(timeout=20)
        finally:
            connection.invalidate()
    assert registry().by_slug(commune.tenant.slug) is None


def process_that_remembers():
    """A web process that learnt of no change since it looked the commune up."""
    return Dispatcher(config(), engines(), Registry(engines().platform, config().base_domain, seconds=600))


def test_commune_deleted_while_being_read(make_commune):
    """200 before, 410 from then on, whoever asks for whatever, in this process and in those that remember the commune."""
    commune = make_commune("49003")
    elsewhere = PageClient(process_that_remembers(), commune.host)
    someone = commune.client(commune.person())
    assert {client.get("/").status for client in (elsewhere, someone)} == {200}
    with ThreadPoolExecutor(4) as pool:
        pages = [pool.submit(commune.client().get, path) for path in ("/", "/actualites", "/signaler") * 12]
        provisioner().delete(commune.tenant, forget_files=store().delete_space, rest=timedelta(0))
        pages += [pool.submit(commune.client().get, "/") for _ in range(10)]
        assert {page.result().status for page in pages} <= {200, 410}
    for client in (elsewhere, someone, commune.client()):
        for path in ("/", "/compte", "/mairie", "/nulle-part"):
            answer = client.get(path)
            if (
                answer.status == 303
            ):  # the page to sign in, which a process that remembers need not ask the database for
                answer = client.follow(answer)
            assert answer.status == 410, path
        assert client.post("/signaler", {"text": "Un banc"}).status in {400, 410}
        assert client.get("/", headers={"HX-Request": "true", "HX-Request-Type": "partial"}).status == 410
    page = commune.client().get("/")
    assert page.title == "Cette commune a quitté Civique"


def test_the_request_that_runs_when_its_commune_is_deleted(make_commune):
    """It waits for a lock when its connection is ended under it: 410 as well."""
    commune = make_commune("49003")
    client = commune.client()
    form = {**client.get("/signaler").form("/signaler"), "text": "Un banc", "name": "Ali", "email": "ali@exemple.fr"}
    with ThreadPoolExecutor(2) as pool, engines().owner.connect() as holder:
        holder.execute(text(f"LOCK TABLE {commune.tenant.schema}.question"))
        sending = pool.submit(client.post, "/signaler", form)
        waiting = text("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = CAST(:table AS regclass)")
        while holder.execute(waiting, {"table": f"{commune.tenant.schema}.question"}).first() is None:
            time.sleep(0.01)
        deleting = pool.submit(
            provisioner().delete, commune.tenant, forget_files=store().delete_space, rest=timedelta(0)
        )
        assert sending.result(60).status == 410
        holder.rollback()
        deleting.result(60)


def test_a_connection_that_ends_after_the_page_was_written_breaks_nothing(commune):
    from tenants.db import db
    from tests.fixtures import wsgi

    commune.client().get("/")
    with entered(commune.tenant), wsgi().commune.test_request_context("/", base_url=f"http://{commune.host}"):
        db.session.execute(text("SELECT 1"))
        backend = db.session.connection().connection.driver_connection.info.backend_pid
        with engines().owner.begin() as owner:
            owner.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
    assert commune.client().get("/").status == 200


def test_suspended_reads_and_refuses_writes_closed_says_why(commune):
    provisioner().set_state(commune.tenant, "suspended", "Facture en attente.")
    client = commune.client()
    page = client.get("/")
    assert page.status == 200
    assert "Facture en attente." in page.text
    reported = client.get("/signaler")
    assert 'action="/signaler"' not in reported.text, "no form is offered that would be refused"
    assert "rien ne peut être envoyé" in reported.words
    form = client.get("/connexion").form("/connexion")
    assert client.post("/signaler", {**form, "text": "x", "name": "y"}).status == 403
    administrator = commune.client(commune.person("Anne", "Admin", "administrator"))
    assert administrator.get("/mairie/reglages/contact").words.count("rien ne peut être envoyé") == 1
    assert 'method="post" action="/mairie/' not in administrator.get("/mairie/qui-fait-quoi").text
    assert administrator.submit("/mairie/export").status == 303, "a suspended commune can still leave with everything"
    provisioner().set_state(commune.tenant, "closed", "Fermé à la demande de la mairie.")
    page = client.get("/")
    assert page.status == 503
    assert "Fermé à la demande de la mairie." in page.words
    provisioner().set_state(commune.tenant, "open")
    assert client.get("/").status == 200


def test_ddl_keeps_the_road_to_sharding_open():
    """Foreign keys inside the schema, a primary key everywhere, no enum type, no trigger, one statement a string."""
    plan = modules().plan
    for module, statements in plan.statements.items():
        for statement in statements:
            assert ";" not in statement, (module, statement)
            for word in ("CREATE TYPE", "TRIGGER", "REFERENCES platform.", "SERIAL"):
                assert word not in statement, (module, statement)
        for table in plan.tables[module]:
            assert list(table.primary_key.columns), table.name
            assert table.schema is None, table.name

"""What « civique doctor » must see: a server that is open again, work given up, a database without French letters."""

import subprocess
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from civique.cli import main
from civique.core.config import config
from civique.core.process import engines, provisioner
from civique.health import faults
from civique.services.postgres import EmbeddedPostgres, binaries
from tenants.cluster import harden
from tenants.engines import Engines
from tests.conftest import VAR

pytestmark = pytest.mark.fresh_communes


def doctor(*options):
    """What the doctor says, and its exit status."""
    done = CliRunner().invoke(main, ["doctor", *options])
    return done.exit_code, done.output


@pytest.fixture
def superuser(services):
    """Address of the application's database for the superuser."""
    return EmbeddedPostgres(VAR / "postgres").url.replace("/postgres?", "/civique?")


@pytest.mark.parametrize(
    ("opening", "closing", "named"),
    [
        ("GRANT SELECT ON pg_catalog.pg_class TO PUBLIC", None, "relation pg_catalog.pg_class"),
        ("GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(float8) TO PUBLIC", None, "function pg_sleep"),
        ("GRANT CONNECT ON DATABASE postgres TO PUBLIC", None, "database postgres"),
    ],
)
def test_a_server_that_is_open_again_is_wrong(superuser, opening, closing, named):
    """After a restore or an upgrade: exit status 1, until « db harden » was run again."""
    assert doctor()[0] == 0
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(opening)
    status, said = doctor()
    assert status == 1
    assert named in said
    assert "civique db harden" in said
    assert doctor("--managed")[0] == 0
    harden(superuser)
    assert doctor()[0] == 0


def test_work_that_was_given_up_is_said(services):
    with engines().platform.begin() as connection:
        query = (
            "INSERT INTO platform.outbox (id, owner, job, args, done_at, outcome) "
            "VALUES (:id, 'platform', 'core.purge', '{}', now(), 'failed')"
        )
        connection.execute(text(query), {"id": uuid4()})
    try:
        assert "1 pieces of work were given up" in doctor()[1]
    finally:
        with engines().platform.begin() as connection:
            connection.execute(text("DELETE FROM platform.outbox"))


def test_a_commune_that_stays_half_made_is_said(commune):
    provisioner().set_state(commune.tenant, "creating")
    assert f"« {commune.tenant.slug} » is « creating »: create or import it again." in doctor()[1]


def test_a_database_that_knows_no_french_letters_is_wrong(superuser):
    """LC_CTYPE « C »: « l’école » would be one word of foreign letters."""
    name = "civique_in_c"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C' OWNER civique")
        try:
            address = config().database_url.replace("/civique?", f"/{name}?")
            sentences = faults(Engines(address, config().tenant_keys))
        finally:
            connection.execute(f"DROP DATABASE {name}")
    assert any("LC_CTYPE is « C »" in sentence for sentence in sentences)
    assert not any("LC_CTYPE" in sentence for sentence in faults(engines()))


def test_the_owner_can_still_dump(commune, tmp_path):
    """What is closed to the communes is not closed to who makes the backup: nobody needs a superuser for it."""
    commune.person("Nadia", "Habitante")
    target = tmp_path / "owner.sql"
    command = [
        binaries() / "pg_dump",
        f"--schema={commune.tenant.schema}",
        "--schema=platform",
        f"--file={target}",
        config().database_url,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    written = target.read_text()
    assert "Habitante" in written
    assert "CREATE FUNCTION platform.enqueue" in written


def test_the_demonstration_is_refused_on_a_real_domain(services, monkeypatch):
    """Its people can be played by anyone."""
    real = replace(config(), base_domain="participe.example", smtp_url="smtps://mail.example")
    monkeypatch.setattr("civique.cli.config", lambda: real)
    monkeypatch.setattr("civique.demo.load", lambda *_: pytest.fail("it was loaded"))
    done = CliRunner().invoke(main, ["demo", "load"])
    assert done.exit_code == 1
    assert "for this machine only" in done.output

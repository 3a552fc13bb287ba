"""One commune taken out of a dump and put back in place, step by step as docs/deploy.md says."""

import re
import subprocess

import pytest
from sqlalchemy import text

from civique.core.config import config
from civique.core.people.models import Person
from civique.core.process import engines, provisioner, registry
from civique.services.postgres import EmbeddedPostgres, binaries
from tenants.check import check_all
from tests.conftest import VAR

pytestmark = pytest.mark.fresh_communes


def run(program, *arguments):
    """Run one of PostgreSQL's programs and give what it printed."""
    done = subprocess.run([binaries() / program, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_one_commune_comes_back_from_a_dump_and_the_others_are_not_touched(make_commune, tmp_path):
    commune, neighbour = make_commune("49030", "fund"), make_commune("49002")
    commune.person("Nadia", "Habitante")
    neighbour.person("Odile", "Voisine")
    schema = commune.tenant.schema
    superuser = EmbeddedPostgres(VAR / "postgres").url.replace("/postgres?", "/civique?")
    dump, listing = tmp_path / "civique.dump", tmp_path / "commune.list"
    # Of the communes that earlier tests left, only these two: a whole dump gives the same entries.
    communes = [f"--schema={c.tenant.schema}" for c in (commune, neighbour)]
    run("pg_dump", "--format=custom", f"--file={dump}", *communes, superuser)

    commune.sql("DELETE FROM email_address")
    commune.sql("DELETE FROM person")
    neighbour.person("Odile", "Arrivée-Depuis")

    provisioner().set_state(commune.tenant, "closed", "Restauration en cours.")
    entries = run("pg_restore", "--list", str(dump)).splitlines()
    listing.write_text("\n".join(line for line in entries if re.search(rf"\b{schema}\b", line)))
    with engines().owner.begin() as connection:
        connection.execute(text(f"ALTER SCHEMA {schema} RENAME TO before_{schema}"))
    target = f"--dbname={config().database_url}"
    run("pg_restore", "--single-transaction", "--exit-on-error", f"--use-list={listing}", target, str(dump))
    assert check_all(engines(), provisioner(), [schema]) == []
    provisioner().set_state(commune.tenant, "open")

    assert commune.one(Person).family_name == "Habitante"
    assert commune.client().get("/").status == 200
    assert len(neighbour.all(Person)) == 2
    commune.switch_on("fund")
    assert registry().by_schema(schema).modules == {"core", "fund"}
    with engines().owner.begin() as connection:
        connection.execute(text(f"DROP SCHEMA before_{schema} CASCADE"))


def test_a_restored_commune_still_cannot_rewrite_its_audit(make_commune):
    """The narrow rights are in the dump: what the check compares holds every grant."""
    commune = make_commune("49030")
    with engines().owner.begin() as connection:
        connection.execute(text(f"GRANT DELETE ON {commune.tenant.schema}.audit_entry TO {commune.tenant.role}"))
    lines = check_all(engines(), provisioner(), [commune.tenant.schema])[0].lines
    assert lines == ("+ grant audit_entry SCHEMA DELETE",)

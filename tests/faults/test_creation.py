"""kill -9 of a creation at each of its commits: it is seen, and finished by the same command."""

import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from click.testing import CliRunner

from civique.cli import main
from civique.core.access.queries import count_administrators
from civique.core.config import ROOT
from civique.core.documents.operations import store
from civique.core.process import engines, provisioner, registry
from tenants.session import session_for

pytestmark = pytest.mark.fresh_communes
INSEE = "49012"
CREATE = ["tenant", "create", "--insee", INSEE, "--admin-email", "mairie@exemple.fr", "--modules", "fund"]
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
from civique.cli import main
left = int(sys.argv[1])
def at_commit(connection):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(Engine, "commit", at_commit)
main(sys.argv[2:])
"""


def run(*words):
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.output


def finish():
    """The same command again; the server may still be ending what the killed process held."""
    for _ in range(100):
        code, said = run(*CREATE)
        if "is being created" not in said:
            return code, said
        time.sleep(0.1)
    raise AssertionError(said)


def test_killed_at_each_commit(services):
    """Either nothing is there, or it is named by « doctor » and « tenant check » until the command was run again."""
    moments = 0
    for number in range(1, 100):
        command = [sys.executable, "-c", KILLED, str(number), *CREATE]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        registry().forget()
        made = registry().by_insee(INSEE)
        if done.returncode != -signal.SIGKILL:
            break
        moments += 1
        assert made is None or made.state == "creating", f"commit {number}: open before it is whole"
        if made is not None:
            wait_until_seen(made.slug)
        assert finish()[0] == 0, number
        tenant = registry().by_insee(INSEE)
        assert tenant.state == "open"
        with session_for(engines(), tenant) as session:
            assert count_administrators(session) == 1
        assert tenant.slug not in run("tenant", "check")[1] + run("doctor")[1]
        provisioner().delete(tenant, forget_files=store().delete_space, rest=timedelta(0))
    assert done.returncode == 0, done.stderr
    assert moments >= 4
    provisioner().delete(made, forget_files=store().delete_space, rest=timedelta(0))


def test_an_import_killed_at_each_commit(fresh_commune, tmp_path):
    """The same archive again gives the same commune, whose archive is the same to the byte."""
    fresh_commune.person("Anne", "Admin", "administrator")
    tenant, archive = fresh_commune.tenant, tmp_path / "commune.zip"
    assert run("tenant", "export", tenant.slug, str(archive))[0] == 0
    provisioner().delete(tenant, forget_files=store().delete_space, rest=timedelta(0))
    moments = 0
    for number in range(1, 100):
        command = [sys.executable, "-c", KILLED, str(number), "tenant", "import", str(archive)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        registry().forget()
        made = registry().by_insee(tenant.insee)
        if done.returncode != -signal.SIGKILL:
            break
        moments += 1
        if made is not None:
            assert made.state == "creating", f"commit {number}: open before it is whole"
            wait_until_seen(made.slug)
    assert done.returncode == 0, done.stdout + done.stderr
    assert moments >= 3
    assert run("tenant", "check") == (0, "Every schema is what it should be.\n")
    assert run("tenant", "export", made.slug, str(tmp_path / "again.zip"))[0] == 0
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    provisioner().delete(made, forget_files=store().delete_space, rest=timedelta(0))


def wait_until_seen(slug):
    """Its row is free as soon as the server has noticed that the process is gone."""
    sentence = f"« {slug} » is « creating »: create or import it again."
    deadline = time.monotonic() + 30
    while not (sentence in run("tenant", "check")[1] and sentence in run("doctor")[1]):
        assert time.monotonic() < deadline, run("tenant", "check")[1]
        time.sleep(0.1)


def test_a_commune_that_nobody_administers_is_seen_and_finished(fresh_commune):
    """However it came to be: open, with all its tables, and nobody who may enter."""
    sentence = f"« {fresh_commune.tenant.slug} » has no administrator"
    code, said = run("tenant", "check")
    assert code == 1
    assert sentence in said
    assert sentence in run("doctor")[1]
    create = ["tenant", "create", "--insee", fresh_commune.tenant.insee, "--admin-email", "mairie@exemple.fr"]
    assert run(*create)[0] == 0
    assert run("tenant", "check") == (0, "Every schema is what it should be.\n")
    assert run(*create)[0] == 1, "it has its site"

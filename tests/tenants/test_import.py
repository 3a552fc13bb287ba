"""What is no archive, or a hostile one, is refused in one sentence; what is killed halfway never answers."""

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from civique.cli import main
from civique.core.documents.operations import keep_file, store
from civique.core.opening import open_commune
from civique.core.process import engines, provisioner, registry
from civique.core.registry import modules
from tenants.transfer import export_tenant
from tests.client import PageClient
from tests.fixtures import wsgi

pytestmark = pytest.mark.fresh_communes

ROOT = Path(__file__).parent.parent.parent
INSEE = "49030"


@pytest.fixture(scope="module")
def archive(services, tmp_path_factory):
    """Archive of a commune that is no longer here: what it holds, by name."""
    from tenants.session import session_for

    tenant = open_commune(engines(), provisioner(), INSEE, modules=["fund"])
    with session_for(engines(), tenant) as session:
        keep_file(session, io.BytesIO(b"%PDF-1.7 content"), name="a.pdf", mime="application/pdf")
        session.commit()
    target = tmp_path_factory.mktemp("archive") / "a.zip"
    export_tenant(engines(), modules().plan, store(), tenant, target, lambda step: None)
    provisioner().delete(tenant, forget_files=store().delete_space, rest=timedelta(0))
    with zipfile.ZipFile(target) as source:
        return {name: source.read(name) for name in source.namelist()}


def changed(archive, **facts):
    """The archive with another manifest."""
    manifest = json.loads(archive["manifest.json"])
    for name, value in facts.items():
        manifest[name] = value(manifest[name]) if callable(value) else value
    return archive | {"manifest.json": json.dumps(manifest).encode()}


def written(entries, path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in entries.items():
            target.writestr(name, data)
    return path


def with_entry(archive, name, data):
    """The archive with one more entry, listed with its right hash."""
    listed = changed(archive, sha256=lambda known: known | {name: hashlib.sha256(data).hexdigest()})
    return listed | {name: data}


def bad_row(archive):
    data = archive["data/core/person.jsonl"] + b'{"id": "not an identifier"}\n'
    return with_entry(archive, "data/core/person.jsonl", data)


HOSTILE = {
    "a path outside": (lambda a: with_entry(a, "../../x", b"x"), "is not part of a commune"),
    "an absolute path": (lambda a: with_entry(a, "/etc/passwd", b"x"), "is not part of a commune"),
    "a file under another name": (lambda a: with_entry(a, "files/" + "0" * 64, b"x"), "altered or damaged"),
    "a wrong hash": (lambda a: a | {"data/core/person.jsonl": b"{}\n"}, "altered or damaged"),
    "an unlisted entry": (lambda a: a | {"files/" + "0" * 64: b"x"}, "what its manifest lists"),
    "a bomb": (lambda a: with_entry(a, "data/core/bomb.jsonl", b"\n" * 300_000_000), "unfolds to"),
    "a newer format": (lambda a: changed(a, format=99), "update Civique first"),
    "a newer module": (lambda a: changed(a, revisions=lambda r: r | {"core": "core_9999"}), "at another revision"),
    "an unknown module": (lambda a: changed(a, revisions=lambda r: r | {"x": "x_1"}), "at another revision"),
    "no manifest": (lambda a: {"data/core/person.jsonl": b""}, "not an archive of a commune"),
    "a manifest of another kind": (lambda a: {"manifest.json": b"[1]"}, "not an archive of a commune"),
    "a manifest nested too deep": (lambda a: {"manifest.json": b"[" * 200_000}, "not an archive of a commune"),
    "no commune": (lambda a: changed(a, commune={}), "not an archive of a commune"),
    "a time zone that is none": (
        lambda a: changed(a, commune=lambda c: c | {"time_zone": "../etc"}),
        "not an archive of a commune",
    ),
    "an end of trial that is no day": (
        lambda a: changed(a, commune=lambda c: c | {"trial_ends_on": "soon"}),
        "not an archive of a commune",
    ),
    "rows that are none": (bad_row, "its rows are not those"),
    "a table too few": (
        lambda a: {
            k: v
            for k, v in changed(
                a, sha256=lambda known: {n: h for n, h in known.items() if n != "data/core/person.jsonl"}
            ).items()
            if k != "data/core/person.jsonl"
        },
        "has not the tables",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_archive_is_refused_in_one_sentence(archive, name, tmp_path):
    make, sentence = HOSTILE[name]
    done = CliRunner().invoke(main, ["tenant", "import", str(written(make(dict(archive)), tmp_path / "x.zip"))])
    assert done.exit_code == 1
    assert sentence in done.output
    assert done.output.startswith("Error: ")
    assert len(done.output.splitlines()) == 1
    assert registry().by_insee(INSEE) is None


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 not a zip", b"PK\x03\x04 cut"])
def test_a_file_that_is_no_zip_is_refused(services, content, tmp_path):
    target = tmp_path / "x.zip"
    target.write_bytes(content)
    done = CliRunner().invoke(main, ["tenant", "import", str(target)])
    assert (done.exit_code, done.output) == (1, "Error: this is not a zip, or it is damaged\n")


def test_damaged_in_the_middle(archive, tmp_path):
    target = written(archive, tmp_path / "x.zip")
    data = bytearray(target.read_bytes())
    data[len(data) // 3 : len(data) // 3 + 200] = bytes(200)
    target.write_bytes(data)
    done = CliRunner().invoke(main, ["tenant", "import", str(target)])
    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1


def test_killed_in_the_middle_it_answers_nothing_and_is_taken_up_again(archive, services, tmp_path):
    """kill -9 when half of the rows are in: no row is there, no page answers; the same command ends the work."""
    target = written(archive, tmp_path / "x.zip")
    script = (
        "import sys, time\n"
        "from tenants import transfer\n"
        "real = transfer._load\n"
        "def stuck(connection, table, *rest):\n"
        "    real(connection, table, *rest)\n"
        "    if table.name == 'stored_file':\n"
        "        print('half', flush=True)\n"
        "        time.sleep(600)\n"
        "transfer._load = stuck\n"
        "from civique.cli import main\n"
        "main(['tenant', 'import', sys.argv[1]])\n"
    )
    command = [sys.executable, "-c", script, str(target)]
    killed = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE)
    assert killed.stdout.readline() == b"half\n"
    half = registry().by_insee(INSEE)
    assert half.state == "creating"
    registry().forget()
    from civique.core.config import config

    visitor = PageClient(wsgi(), f"{half.slug}.{config().netloc}")
    assert visitor.client.get("/", headers={"Host": visitor.host}).status_code == 503
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with engines().owner.connect() as connection:
        query = text("SELECT to_regnamespace(:schema) IS NULL")
        assert connection.execute(query, {"schema": half.schema}).scalar_one()

    done = CliRunner().invoke(main, ["tenant", "import", str(target)])
    assert done.exit_code == 0, done.output
    registry().forget()
    made = registry().by_insee(INSEE)
    assert (made.state, made.schema, made.modules) == ("open", half.schema, {"core", "fund"})
    assert PageClient(wsgi(), visitor.host).get("/").status == 200
    again = tmp_path / "again.zip"
    export_tenant(engines(), modules().plan, store(), made, again, lambda step: None)
    with zipfile.ZipFile(again) as source:
        assert {name: source.read(name) for name in source.namelist()} == archive
    provisioner().delete(made, forget_files=store().delete_space, rest=timedelta(0))
    assert CliRunner().invoke(main, ["tenant", "show", made.slug]).exit_code == 1


def test_a_module_that_was_off_is_never_on(services, tmp_path):
    """Its tables come, its pages do not, not for a moment."""
    tenant = provisioner().disable(open_commune(engines(), provisioner(), INSEE, modules=["fund"]), "fund")
    target = tmp_path / "a.zip"
    export_tenant(engines(), modules().plan, store(), tenant, target, lambda step: None)
    provisioner().delete(tenant, forget_files=store().delete_space, rest=timedelta(0))
    assert CliRunner().invoke(main, ["tenant", "import", str(target)]).exit_code == 0
    made = registry().by_insee(INSEE)
    assert made.modules == {"core"}
    provisioner().enable(made, "fund")
    provisioner().delete(made, forget_files=store().delete_space, rest=timedelta(0))

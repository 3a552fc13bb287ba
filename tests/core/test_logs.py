"""What an unexpected error leaves in the log: where it happened, never what somebody typed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civique.core.config import ROOT
from civique.core.logs import configure

SECRET = "Une-phrase-de-passe"


@pytest.fixture
def log():
    before = structlog.get_config()
    yield structlog.get_logger()
    structlog.configure(**before)


def fails(password):
    raise ValueError(f"cannot use {password}")


@pytest.mark.parametrize("local", [False, True])
def test_an_error_shows_no_local_variable(log, capsys, local):
    configure(local=local)
    try:
        fails(SECRET)
    except ValueError:
        log.exception("unexpected error", request_id="abc")
    written = capsys.readouterr().out
    assert "password" not in written.replace("fails(password)", "").replace("{password}", "")
    assert "request_id" in written
    if not local:
        assert SECRET not in written
        line = json.loads(written)
        assert line["exception"] == ["ValueError"]
        assert line["where"][-1].endswith(" fails")
        assert line["level"] == "error"


def test_an_error_of_the_database_shows_no_value(commune, log, capsys):
    configure(local=False)
    query = "INSERT INTO person (id, given_name, family_name) VALUES (gen_random_uuid(), :given, 'x')"
    with pytest.raises(DBAPIError) as caught, commune.session() as session:
        session.execute(text(query), {"given": SECRET})
    assert SECRET not in str(caught.value).replace(str(caught.value.orig), "")
    log.error("unexpected error", exc_info=caught.value)
    written = capsys.readouterr().out
    assert SECRET not in written
    assert "NotNullViolation 23502" in json.loads(written)["exception"]


def test_a_request_leaves_one_line(commune, log, capsys):
    client = commune.client()
    configure(local=False)
    client.get("/signaler?q=" + SECRET)
    written = capsys.readouterr().out
    assert SECRET not in written
    line = json.loads(written)
    assert (line["event"], line["tenant"], line["status"]) == ("request", commune.tenant.schema, 200)


NOWHERE = """
import sys
from werkzeug.test import Client
from civique.app import create_wsgi
from civique.worker import log
status = Client(create_wsgi()).get("/", headers={"Host": sys.argv[1]}).status_code
log.error("job failed")
sys.stderr.write(str(status)) if sys.argv[2] == "stdout" else open(sys.argv[3], "w").write(str(status))
"""


def test_a_log_that_cannot_be_written_breaks_no_page(commune, tmp_path):
    """A full disk or a closed pipe behind the standard output of a real process: pages answer."""
    arguments = [sys.executable, "-c", NOWHERE, commune.host]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*arguments, "stdout"], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert done.stderr.startswith("200"), done.stderr[-2000:]

    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*arguments, "stdout"], cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )
    os.close(writing)
    assert done.stderr.startswith("200"), done.stderr[-2000:]

    said = tmp_path / "said"
    with Path("/dev/full").open("w") as full:
        subprocess.run([*arguments, "file", said], cwd=ROOT, stdout=full, stderr=full, timeout=60, check=False)
    assert said.read_text() == "200"

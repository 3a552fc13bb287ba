"""The servers as an ordinary user runs them, when the tests themselves are run by root."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, sys
from pathlib import Path
import psycopg, redis
from civique.services.postgres import EmbeddedPostgres
from civique.services.valkey import EmbeddedValkey

assert os.geteuid() != 0
postgres, valkey = EmbeddedPostgres(Path(sys.argv[1]) / "postgres"), EmbeddedValkey(Path(sys.argv[1]) / "valkey")
assert postgres.account is None
try:
    postgres.start()
    valkey.start()
    assert psycopg.connect(postgres.url).execute("SELECT 40 + 2").fetchone() == (42,)
    assert redis.Redis.from_url(valkey.url).ping()
    os.kill(postgres.pid, 9)
    os.kill(valkey.pid, 9)
    postgres.start()
    valkey.start()
    assert psycopg.connect(postgres.url).execute("SELECT 40 + 2").fetchone() == (42,)
    assert redis.Redis.from_url(valkey.url).ping()
finally:
    postgres.remove()
    valkey.remove()
print("served")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests are this one, for an ordinary user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv")
def test_an_ordinary_user_needs_nothing_special(open_folder: Path) -> None:
    folder = open_folder / "own"
    folder.mkdir()
    os.chown(folder, 65534, 65534)
    # The capability lets the user read a Python that root installed for itself; it gives no right to write.
    capability = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *capability]
    result = subprocess.run(
        [*become, sys.executable, "-c", SCRIPT, folder],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert (result.returncode, result.stdout) == (0, "served\n"), result.stderr

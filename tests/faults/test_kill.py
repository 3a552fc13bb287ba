"""kill -9 of each part of a running instance, several times, while people write: what was acknowledged is there once.

One instance as ``make run`` starts it, in a folder of its own, with durable settings.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from civique.services.mail import read_folder, read_message
from civique.services.postgres import EmbeddedPostgres
from civique.services.valkey import EmbeddedValkey

SERVERS = {"postgres": EmbeddedPostgres, "valkey": EmbeddedValkey}
ROOT = Path(__file__).parent.parent.parent
HOST = "loire-authion-49.civique.localhost"


class Instance:
    """A ``civique up`` to talk to and to hurt."""

    def __init__(self, var: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.var = var
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
        self.environment = {
            **kept,
            "CIVIQUE_VAR": str(var),
            "PORT": str(self.port),
            "LIMITS": "off",
            "LEASE_SECONDS": "15",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.var / "up.log").open("ab")
        command = [sys.executable, "-m", "civique.cli", "up"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with suppress(OSError, http.client.HTTPException):
                if self.request("GET", "/readyz")[0] == 200 and self.request("GET", "/")[0] == 200:
                    return
            time.sleep(0.2)
        raise AssertionError((self.var / "up.log").read_text()[-3000:])

    def request(self, method: str, path: str, body: str = "", cookie: str = "") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Host": f"{HOST}:{self.port}", "Cookie": cookie}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        connection.close()
        return answer.status, text, (answer.getheader("Set-Cookie") or "").partition(";")[0]

    def ask(self, number: int) -> bool:
        """Send a question to the mairie as a person does; True once it is acknowledged."""
        status, text, cookie = self.request("GET", "/signaler")
        if status != 200:
            return False
        form = dict(re.findall(r'name="(csrf_token|once)"[^>]*value="([^"]+)"', text))
        form |= {"text": f"Question {number}", "name": "Ali", "email": f"q{number}@exemple.fr", "territory_id": ""}
        return self.request("POST", "/signaler", urlencode(form), cookie)[0] == 303

    def pids(self, pattern: str) -> list[int]:
        """Processes of this instance: the servers by their pid files, the programs by their command and folder."""
        if pattern in SERVERS:
            pid = SERVERS[pattern](self.var / pattern).pid
            return [pid] if pid else []
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace")
                mine = f"CIVIQUE_VAR={self.var}\0" in environment + "\0" or str(self.var) in command
                if mine and re.search(pattern, command):
                    found.append(int(entry.name))
        return found

    def kill(self, pattern: str) -> int:
        pids = self.pids(pattern)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def kill_once_there(self, name: str, seconds: float = 30) -> None:
        """Kill a part, waiting for the supervisor to have started it: pages answer before the worker is there."""
        deadline = time.monotonic() + seconds
        while not self.kill(VICTIMS[name]):
            assert time.monotonic() < deadline, f"no {name} to kill: {(self.var / 'up.log').read_text()[-3000:]}"
            time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


VICTIMS = {
    "postgres": "postgres",
    "valkey": "valkey",
    "web": r"civique.cli web",
    "worker": r"civique.cli worker|rq",
    "relay": r"civique.cli relay",
    "supervisor": r"civique.cli up",
}


@pytest.fixture
def instance(tmp_path):
    made = Instance(tmp_path / "var")
    made.var.mkdir()
    tmp_path.chmod(0o755)
    made.start()
    yield made
    made.stop()
    for pattern in VICTIMS.values():
        made.kill(pattern)


def test_what_was_acknowledged_is_there_once(instance):
    """Questions are asked all along; every part dies twice; each acknowledged question has one receipt, sent once."""
    acknowledged: list[int] = []
    stop = threading.Event()

    def people() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with suppress(OSError, http.client.HTTPException):
                if instance.ask(number):
                    acknowledged.append(number)
            stop.wait(0.15)

    crowd = threading.Thread(target=people)
    crowd.start()
    try:
        for name in ("worker", "relay", "valkey", "web", "postgres", "supervisor", "worker", "valkey", "postgres"):
            time.sleep(1.5)
            instance.kill_once_there(name)
            if name == "supervisor":
                assert instance.process is not None
                instance.process.wait(10)
                instance.start()
            else:
                instance.wait_until_ready()
    finally:
        stop.set()
        crowd.join()
    assert len(acknowledged) > 10

    wanted = {f"q{number}@exemple.fr" for number in acknowledged}
    deadline = time.monotonic() + 600  # a job that failed five times waits nearly three minutes
    while time.monotonic() < deadline:
        folder = instance.var / "mail"
        sent = Counter(read_message(folder, m.name)["To"] for m in read_folder(folder, 10_000))
        if wanted <= set(sent):
            break
        time.sleep(1)
    assert wanted - set(sent) == set(), "a receipt is missing"
    assert {address: n for address, n in sent.items() if address in wanted and n > 1} == {}, "a receipt left twice"


def test_small_faults_and_a_clean_end(instance):
    """A queue that answers no more does not stop a question; a taken port is said; Ctrl-C leaves nothing behind."""
    valkey = instance.pids("valkey")[0]
    os.kill(valkey, signal.SIGSTOP)
    try:
        assert instance.ask(1)
    finally:
        os.kill(valkey, signal.SIGCONT)

    environment = {**instance.environment, "CIVIQUE_VAR": f"{instance.var}-2"}
    command = [sys.executable, "-m", "civique.cli", "up"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"Port {instance.port} is taken" in done.stderr

    assert instance.process is not None
    instance.process.send_signal(signal.SIGINT)
    assert instance.process.wait(30) == 0
    for name, pattern in VICTIMS.items():
        assert instance.pids(pattern) == [], name

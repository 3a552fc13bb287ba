"""A whole instance, as ``civique up`` runs it in a folder of its own: to talk to, and to kill parts of."""

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from civique.bench.figure import CannotMeasure
from civique.bench.instance import free_port
from civique.core.config import ROOT
from civique.embedded import COMMAND
from civique.services.postgres import EmbeddedPostgres
from civique.services.valkey import EmbeddedValkey

SERVERS = {"postgres": EmbeddedPostgres, "valkey": EmbeddedValkey}
PROGRAMS = {
    "web": r"civique.cli web",
    "worker": r"civique.cli worker",
    "relay": r"civique.cli relay",
    "supervisor": r"civique.cli up",
}
PARTS = (*PROGRAMS, *SERVERS)
"""What can be killed, by name."""


@dataclass(frozen=True)
class Answer:
    """Status, body and cookie of a page."""

    status: int
    text: str
    cookie: str


class Whole:
    """A ``civique up``. Linux only: its processes are found in /proc.

    Args:
        folder: holds all that it keeps; must exist.
        settings: more of the environment.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.var = folder
        self.port = free_port()
        kept = {k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}}
        self.environment = {**kept, "CIVIQUE_VAR": str(folder), "PORT": str(self.port), "LIMITS": "off", **settings}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """The end of what it said."""
        return (self.var / "up.log").read_text()[-3000:]

    def start(self) -> None:
        """Start it, or start it again.

        Raises:
            CannotMeasure: it does not become ready.
        """
        with (self.var / "up.log").open("ab") as log:
            command = [*COMMAND, "up"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        self.wait_until_ready()

    def wait_until_ready(self, seconds: float = 240) -> None:
        """Return when pages answer.

        Raises:
            CannotMeasure: they do not, within so many seconds.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.answers("/readyz") and self.answers("/"):
                return
            time.sleep(0.1)
        raise CannotMeasure(f"civique up does not become ready: {self.log}")

    def answers(self, path: str) -> bool:
        """Whether a page is there."""
        with suppress(OSError, http.client.HTTPException):
            return self.request("GET", path).status == 200
        return False

    def request(
        self, method: str, path: str, body: str = "", cookie: str = "", *, site: str = "loire-authion-49"
    ) -> Answer:
        """Ask for a page of a commune's site, or send a form. Raises OSError or HTTPException."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"Host": f"{site}.civique.localhost:{self.port}", "Cookie": cookie}
            if body:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            return Answer(answer.status, text, (answer.getheader("Set-Cookie") or "").partition(";")[0])
        finally:
            connection.close()

    def question(self, number: int, *, site: str = "loire-authion-49") -> tuple[str, str] | None:
        """The form of a question to the mairie, filled in, and the cookie to send it with; None when it is not shown."""
        page = self.request("GET", "/signaler", site=site)
        if page.status != 200:
            return None
        form = dict(re.findall(r'name="(csrf_token|once)"[^>]*value="([^"]+)"', page.text))
        form |= {"text": f"Question {number}", "name": "Ali", "email": f"q{number}@exemple.fr", "territory_id": ""}
        return urlencode(form), page.cookie

    def ask(self, number: int) -> bool:
        """Send a question to the mairie as a person does; True once it is acknowledged."""
        filled = self.question(number)
        return filled is not None and self.request("POST", "/signaler", *filled).status == 303

    def pids(self, part: str) -> list[int]:
        """Processes of a part: a server by its pid file, a program by its command and folder."""
        if part in SERVERS:
            pid = SERVERS[part](self.var / part).pid
            return [pid] if pid else []
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes().decode(errors="replace") + "\0"
                if f"CIVIQUE_VAR={self.var}\0" in environment and re.search(PROGRAMS[part], command):
                    found.append(int(entry.name))
        return found

    def kill(self, part: str) -> int:
        """Kill -9 each process of a part; gives how many there were."""
        pids = self.pids(part)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def kill_one(self, part: str, chance: random.Random) -> bool:
        """Kill -9 one process of a part, or nothing when there is none."""
        pids = self.pids(part)
        if pids:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(pids), signal.SIGKILL)
        return bool(pids)

    def kill_once_there(self, part: str, seconds: float = 30) -> None:
        """Kill a part, waiting for the supervisor to have started it: pages answer before the worker is there.

        Raises:
            CannotMeasure: there is nothing to kill.
        """
        deadline = time.monotonic() + seconds
        while not self.kill(part):
            if time.monotonic() > deadline:
                raise CannotMeasure(f"no {part} to kill: {self.log}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it as Ctrl-C does, then kill what is left."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        for part in PARTS:
            self.kill(part)


def supported() -> bool:
    """Whether processes can be found on this machine."""
    return sys.platform == "linux"

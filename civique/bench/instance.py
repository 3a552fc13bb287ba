"""An instance of its own for the figures: PostgreSQL and Valkey as ``make run`` starts them, in a temporary folder."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from itertools import islice
from pathlib import Path
from socket import socket
from types import MappingProxyType

from civique.bench.figure import CannotMeasure
from civique.core.config import config
from civique.core.opening import communes, open_commune
from civique.core.process import engines, provisioner, registry
from civique.core.registry import modules
from civique.embedded import COMMAND, embedded_environment, start_services
from tenants.cluster import create_platform
from tenants.tenant import Tenant

# A deployment's settings must never reach a figure: it would be measured on a real database.
FOREIGN = ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "SECRET_KEY", "TENANT_KEYS", "CIVIQUE_EXTRA_MODULES", "THREADS")
DEPARTMENTS = ("49", "53", "72", "85", "44", "35", "61", "50", "14", "79")
PATIENCE = 60.0
"""Seconds that a program is given to answer."""


def clean_environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of programs that know nothing but their folder and their port.

    Compiled modules are kept, as on any machine: a start that compiles the whole source again is not a warm one.
    """
    foreign = {*FOREIGN, "PYTHONDONTWRITEBYTECODE"}
    kept = {name: value for name, value in os.environ.items() if name not in foreign}
    return {**kept, "CIVIQUE_VAR": str(folder), "PORT": str(port), "BASE_DOMAIN": f"civique.localhost:{port}"}


def free_port() -> int:
    """A port of this machine that nobody uses."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fetch(port: int, host: str, path: str = "/", timeout: float = 10.0) -> tuple[int, bytes]:
    """Status and body of a page, asked on loopback under the host's name."""
    connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_for(port: int, host: str, path: str, patience: float = PATIENCE) -> None:
    """Return at the first 200.

    Raises:
        CannotMeasure: it does not come.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with suppress(OSError, HTTPException):
            if fetch(port, host, path)[0] == 200:
                return
        time.sleep(0.02)
    raise CannotMeasure(f"http://{host}{path} does not answer within {patience:.0f} s")


class Instance:
    """The servers, the platform, and as many communes as a figure asks for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.plain: list[Tenant] = []
        """Communes with the core alone, in the order they were made."""
        self._codes = _codes()
        os.environ.update(clean_environment(folder, self.port))
        for name in FOREIGN:
            os.environ.pop(name, None)
        config.cache_clear()
        self._servers = start_services(folder)

    def start(self) -> None:
        """Start the servers and create the platform."""
        for server in self._servers:
            server.start()
        os.environ.update(embedded_environment(self.folder, *self._servers))
        config.cache_clear()
        create_platform(engines(), modules().plan)

    def stop(self) -> None:
        """Stop the servers and delete all they kept."""
        engines().dispose()
        for server in reversed(self._servers):
            server.remove()

    def codes(self, number: int) -> list[str]:
        """INSEE codes of communes that have no site here yet."""
        return list(islice(self._codes, number))

    def open(self, insee: str, *names: str) -> Tenant:
        """Open one commune as a subscription does."""
        return open_commune(engines(), provisioner(), insee, modules=names)

    def communes(self, number: int, progress: Callable[[str, int], Callable[[], None]]) -> list[Tenant]:
        """The first communes with the core alone, made when they are missing."""
        missing = number - len(self.plain)
        if missing > 0:
            step = progress(f"opening {missing} communes", missing)
            for code in self.codes(missing):
                self.plain.append(self.open(code))
                step()
        return self.plain[:number]

    def host(self, tenant: Tenant) -> str:
        """Host of a commune's site, with its port."""
        return f"{tenant.slug}.{config().netloc}"

    @contextmanager
    def programs(
        self, *names: str, workers: int = 1, settings: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
        """Web, worker, relay, started by their commands and stopped at the end of the block.

        Args:
            workers: processes of the web server.
            settings: more of the environment.

        Raises:
            CannotMeasure: the web process does not answer.
        """
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment |= settings
        options = {"web": ("--workers", str(workers))}
        running: dict[str, subprocess.Popen[bytes]] = {}
        try:
            with (self.folder / "programs.log").open("ab") as log:
                for name in names:
                    running[name] = subprocess.Popen(
                        [*COMMAND, name, *options.get(name, ())], env=environment, stdout=log, stderr=log
                    )
            if "web" in names:
                wait_for(self.port, config().netloc, "/readyz")
            yield running
        finally:
            stop(*running.values())

    def server_pids(self) -> list[int]:
        """PostgreSQL's postmaster and Valkey."""
        return [server.pid for server in self._servers if server.pid is not None]

    def forget(self) -> None:
        """Drop what this process remembers of the communes."""
        registry().forget()


def stop(*programs: "subprocess.Popen[bytes]") -> None:
    """Ask programs to stop, and kill those that do not."""
    for program in programs:
        program.terminate()
    for program in programs:
        try:
            program.wait(20)
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


def _codes() -> Iterator[str]:
    """INSEE codes of one département after the other, each once."""
    seen = {"49307"}  # Loire-Authion has the pages
    for department in DEPARTMENTS:
        for match in communes().search(department, limit=2_000):
            if match.commune.insee not in seen:
                seen.add(match.commune.insee)
                yield match.commune.insee

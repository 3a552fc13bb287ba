"""``civique up``: PostgreSQL, Valkey, web, worker and relay in one foreground process, everything under ``var/``.

That process lives as long as the others and does little: what needs the database is done by commands that end.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import click

from civique.core.config import ROOT, SERVERS, config
from civique.services.postgres import EmbeddedPostgres
from civique.services.process import ServiceError, die_with_parent
from civique.services.supervisor import Program, Service, Supervisor
from civique.services.valkey import EmbeddedValkey

COMMAND = (sys.executable, "-m", "civique.cli")
LEAVING_SECONDS = 5
"""How long a start waits for its port."""


def start_services(var: Path, **postgres_settings: str) -> tuple[EmbeddedPostgres, EmbeddedValkey]:
    """The two servers of an embedded instance, not yet started."""
    settings = {"max_connections": "300", **postgres_settings}
    return EmbeddedPostgres(var / "postgres", settings=settings), EmbeddedValkey(var / "valkey")


def embedded_environment(var: Path, postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> dict[str, str]:
    """Settings that the programs need to reach the embedded servers, once PostgreSQL has started."""
    from tenants.cluster import create_database, harden

    password = _owner_password(var)
    create_database(postgres.url, password)
    harden(postgres.url.replace("/postgres?", "/civique?"))
    url = postgres.url.replace("/postgres?", "/civique?")
    address = url.split("@", 1)[1]
    return {
        "CIVIQUE_VAR": str(var),
        "DATABASE_URL": f"postgresql://civique:{password}@{address}",
        "REDIS_URL": valkey.url,
    }


def _owner_password(var: Path) -> str:
    path = var / "owner-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text().strip()


def _note_servers(var: Path, found: dict[str, str]) -> None:
    """Keep the addresses for the commands of another terminal, in a file that only its owner reads."""
    path = var / SERVERS
    path.touch(mode=0o600)
    path.write_text(json.dumps(found))


def prepare_embedded(var: Path) -> None:
    """Note where the servers answer, create or migrate the schemas, load the demonstration the first time."""
    found = embedded_environment(var, *start_services(var))
    os.environ.update(found)
    _note_servers(var, found)
    config.cache_clear()
    from civique.prepare import prepare

    prepare(demonstration=True)


class Preparation:
    """Between the servers and the programs: ``prepare_embedded`` in a process that ends, then the environment of the
    programs."""

    name = "database"

    def __init__(self, var: Path, environment: dict[str, str]) -> None:
        self.var = var
        self.environment = environment

    def start(self) -> None:
        """Prepare the database and fill the environment of the programs.

        Raises:
            ServiceError: it could not be prepared; the command has said why.
        """
        if _run("prepare", self.environment):
            raise ServiceError("The database could not be prepared.")
        self.environment.update(json.loads((self.var / SERVERS).read_text()))

    def stop(self) -> None:
        """Nothing to stop."""

    def alive(self) -> bool:
        """A preparation that succeeded is not started again."""
        return True


def up(port: int) -> int:
    """Run everything until Ctrl-C or SIGTERM.

    Returns:
        Exit status: 0, or 1 with a clear message when the port is taken or a server cannot start.
    """
    if not free_within(LEAVING_SECONDS, port):
        click.echo(f"Port {port} is taken by another program. Choose another one: PORT={port + 1} make run", err=True)
        return 1
    os.environ.setdefault("PORT", str(port))
    var = Path(os.environ.get("CIVIQUE_VAR", ROOT / "var")).resolve()
    var.mkdir(parents=True, exist_ok=True)
    logs = var / "logs"
    logs.mkdir(exist_ok=True)
    postgres, valkey = start_services(var)
    environment = {**os.environ, "CIVIQUE_VAR": str(var)}
    programs = [
        Program("web", [*COMMAND, "web"], environment, log=logs / "web.log", ready=lambda: _answers(port)),
        Program("worker", [*COMMAND, "worker"], environment, log=logs / "worker.log"),
        Program("relay", [*COMMAND, "relay"], environment, log=logs / "relay.log"),
    ]
    services: list[Service] = [postgres, valkey, Preparation(var, environment)]
    try:
        return Supervisor(var, services, programs, on_ready=lambda: _say_ready(environment)).run()
    except ServiceError as error:
        click.echo(str(error), err=True)
        return 1


def _run(command: str, environment: dict[str, str]) -> int:
    """Run one of our commands to its end, which Ctrl-C does not hasten; gives its exit status."""
    ended = subprocess.run([*COMMAND, command], env=environment, process_group=0, preexec_fn=die_with_parent())
    return ended.returncode


def _say_ready(environment: dict[str, str]) -> None:
    if _run("announce", environment):
        raise ServiceError("It cannot be said yet who can sign in.")


def announce() -> None:
    """Say where to go and who can sign in."""
    from civique.core.process import engines, registry
    from civique.platform.demonstration.queries import sign_in_lines
    from tenants.session import session_for

    settings = config()
    lines = ["", "Civique is ready", f"  {settings.apex}/  subscribe, list of modules", ""]
    for tenant in registry().all("open"):
        lines.append(f"  {settings.address(tenant.slug)}/  {tenant.name}")
        if tenant.demonstration:
            with session_for(engines(), tenant) as session:
                lines += [f"      {line}" for line in sign_in_lines(session)]
    lines += [
        "",
        f"  {settings.apex}/_demo  sign in as any of them with one click",
        f"  {settings.apex}/_mail  messages sent, codes included",
        "",
    ]
    click.echo("\n".join(lines))


def free_within(seconds: float, port: int) -> bool:
    """Say whether the port is free, or becomes so: after a kill -9, the web server of before is still ending."""
    deadline = time.monotonic() + seconds
    while not _free(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False

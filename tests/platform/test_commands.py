"""Every command of the command line, as a process of its own: what it imports is what it has."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import text

from civique.cli import main
from civique.services.postgres import EmbeddedPostgres
from tests.conftest import VAR
from tests.platform.steps import platform

ROOT = Path(__file__).parent.parent.parent
# They run until they are stopped: the journeys, the tests of faults and « make run » start them as processes.
# What « up » runs, and those that it runs itself: the tests of faults start it.
UNTIL_STOPPED = {"up", "web", "worker", "relay", "prepare", "announce"}
# They write in the source or measure for minutes: a refusal shows that they load.
REFUSED = {
    "db revision": ["nothing", "x"],
    "module new": ["fund"],
    "bench": ["nothing"],
    "demo load": [],
    "translations update": ["too", "much"],
}


def commands(group: click.Group = main, before: str = "") -> Iterator[str]:
    """Names of the commands, with those of their groups."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command with its words, to its end."""
    command = [sys.executable, "-m", "civique.cli", *words]
    env = {**os.environ, **environment}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=240, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def said(*words: str) -> str:
    """What a command that succeeds writes."""
    done = run(*words)
    assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("command", sorted(commands()))
def test_every_command_says_what_it_does(command):
    assert "Usage: civique" in said(*command.split(), "--help")


@pytest.mark.parametrize(("command", "words"), REFUSED.items())
def test_a_command_of_developers_refuses_in_a_sentence(services, command, words):
    elsewhere = {"BASE_DOMAIN": "participe.example"} if command == "demo load" else {}
    done = run(*command.split(), *words, **elsewhere)
    assert done.returncode != 0
    assert "Error: " in done.stderr or "not" in done.stderr


@pytest.fixture
def used(clean) -> Iterator[set[str]]:
    """Commands run by the walk of a commune; no operator is left after it."""
    yield set()
    with platform() as session:
        session.execute(text("DELETE FROM platform.person WHERE family_name = 'Loriot'"))


def test_every_command_runs_in_a_process_of_its_own(services, used, tmp_path):
    """A commune from its opening to its end, and the platform around it."""

    def do(command: str, *words: str) -> str:
        used.add(command)
        return said(*command.split(), *words)

    archive = tmp_path / "allonnes.zip"
    do("db migrate", "--workers", "1")
    opening = "--insee", "49002", "--admin-email", "mairie@exemple.fr", "--modules", "fund"
    slug = json.loads(do("tenant create", *opening, "--json"))["slug"]
    assert slug in do("tenant list")
    assert "Allonnes" in do("tenant show", slug)
    assert do("tenant modules", slug, "--on", "sample") == "fund, sample\n"
    recovery = "--email", "mairie@exemple.fr", "--new-email", "neuve@exemple.fr", "--proof", "letter"
    assert "neuve@exemple.fr can sign in again" in do("operator recover", slug, *recovery)
    assert run("operator", "recover", slug, *recovery).returncode == 1, "nobody has the former address any more"
    assert "objects can be found" in do("tenant reindex", slug)
    assert "postgresql://t_" in do("db url", "--tenant", slug)
    assert "1 communes" in do("tenant rekey", slug, "--force")
    do("tenant suspend", slug, "--reason", "Essai")
    do("tenant resume", slug)
    assert "Every schema" in do("tenant check")
    assert str(archive) in do("tenant export", slug, str(archive))
    do("tenant delete", slug, "--yes")
    assert "allonnes-essai" in do("tenant import", str(archive), "--as", "allonnes-essai")
    for _ in range(2):
        assert "nina@exemple.fr can sign in" in do(
            "operator add", "--email", "nina@exemple.fr", "--name", "Nina Loriot"
        )
    assert "waiting" in do("outbox status")
    do("db harden", EmbeddedPostgres(VAR / "postgres").url.replace("/postgres?", "/civique?"))
    assert "Ready" in do("doctor", "--managed")
    do("translations check")
    assert used | set(REFUSED) | UNTIL_STOPPED == set(commands())


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"BASE_DOMAIN": "participe.example", "SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"BASE_DOMAIN": "participe.example", "TENANT_KEYS": ""}, "TENANT_KEYS is missing"),
        ({"TENANT_KEYS": "1:words"}, "TENANT_KEYS needs at least one key"),
        ({"DATABASE_URL": "words"}, "DATABASE_URL is not the address of a database"),
        ({"THREADS": "many"}, "THREADS is not a number"),
        ({"REDIS_URL": "words"}, "Valkey or Redis does not answer"),
        ({"DATABASE_URL": "postgresql://a:b@127.0.0.1:1/nothing"}, "PostgreSQL does not answer"),
        ({"CIVIQUE_VAR": "/nowhere/at/all", "TENANT_KEYS": "1:" + "cd" * 32}, "PostgreSQL does not answer"),
    ],
)
def test_the_doctor_never_shows_a_traceback(services, environment, sentence):
    done = run("doctor", **environment)
    assert done.returncode == 1
    assert sentence in done.stdout + done.stderr


def test_the_doctor_says_that_the_tables_are_not_there(services):
    """An update whose « db migrate » was forgotten."""
    from civique.core.process import engines

    with engines().owner.begin() as connection:
        connection.execute(text("ALTER TABLE platform.outbox RENAME TO outbox_of_before"))
    try:
        done = run("doctor", "--managed")
    finally:
        with engines().owner.begin() as connection:
            connection.execute(text("ALTER TABLE platform.outbox_of_before RENAME TO outbox"))
    assert done.returncode == 1
    assert "civique db migrate" in done.stdout


def test_the_doctor_examines_each_commune_by_itself(services, fresh_commune):
    """A commune whose tables are damaged is named; the others are still examined."""
    from civique.core.process import engines

    with engines().owner.begin() as connection:
        connection.execute(text(f'ALTER TABLE "{fresh_commune.tenant.schema}".stored_file RENAME TO lost'))
    assert f"« {fresh_commune.tenant.slug} » cannot be read" in run("doctor", "--managed").stdout

"""A program whose own calendar is wrong erases nothing, closes nothing and lets nobody stay longer: the database's counts."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from civique.core import clock, unsent
from civique.core.access.codes import make_code
from civique.core.access.operations import open_session
from civique.core.agenda.operations import plan_event
from civique.core.process import engines
from civique.core.questions.operations import receive_question
from tenants import clock as database_clock

ROOT = Path(__file__).parent.parent.parent
ELSEWHERE = """
import json, sys
from datetime import UTC, datetime, timedelta
import time_machine
days, schema, token = int(sys.argv[1]), sys.argv[2], sys.argv[3]
time_machine.travel(datetime.now(UTC) + timedelta(days=days)).start()
from civique.core import clock
from civique.core.access.operations import find_session
from civique.core.process import engines, registry
from civique.core.registry import modules
from tenants.session import session_for
tenant = registry().by_schema(schema)
with session_for(engines(), tenant) as session:
    signed_in = find_session(session, token) is not None
    for job in modules().jobs.values():
        if job.daily and job.name.partition(".")[0] in {"core", *tenant.modules}:
            job.run(session)
    session.commit()
    print(json.dumps({"own": datetime.now(UTC).isoformat(), "now": clock.now().isoformat(), "signed in": signed_in}))
"""


def elsewhere(commune, token, days):
    """What a program whose calendar is wrong by so many days says, after it visited the site and did all periodic work."""
    command = [sys.executable, "-c", ELSEWHERE, str(days), commune.tenant.schema, token]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def rows(commune):
    """How many rows each table of the commune has."""
    with engines().owner.connect() as connection:
        tables = inspect(connection).get_table_names(schema=commune.tenant.schema)
        count = f"SELECT count(*) FROM {commune.tenant.schema}."
        found = {name: connection.execute(text(count + name)).scalar() for name in tables}
    return {name: number for name, number in found.items() if number}


@pytest.fixture
def lived_in(commune):
    """A village with something of each kind that time ends; gives the token of somebody who is signed in."""
    person = commune.person()
    with commune.session() as session:
        person = session.merge(person)
        token = open_session(session, person)
        make_code(session, "camille.martin@exemple.fr", "sign_in")
        unsent.keep(session, b"b" * 32, person.id, "/signaler", [("text", "Un banc")], with_files=False)
        receive_question(session, text="Où est la benne ?", name="Karim", channel="web")
        plan_event(session, title="Permanence", starts_at=clock.now() + timedelta(days=3), place_text="Mairie")
    return token


@pytest.mark.parametrize("days", [4000, -4000])
def test_a_wrong_calendar_changes_nothing(commune, lived_in, days):
    """Eleven years ahead or behind: every periodic job runs, the visitor stays signed in, nothing is purged."""
    before = rows(commune)
    told = elsewhere(commune, lived_in, days)
    assert abs(datetime.fromisoformat(told["own"]) - datetime.now(UTC)) > timedelta(days=3999)
    assert abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC)) < timedelta(hours=1)
    assert told["signed in"]
    after = rows(commune)
    assert {name for name, number in before.items() if after.get(name, 0) < number} == set()
    assert not commune.sql("SELECT 1 FROM answer_due WHERE reminded_at IS NOT NULL")


def test_what_is_late_never_puts_the_clock_back(monkeypatch):
    """An answer that was long to come says an earlier moment, and is not believed; a clock that was set back is."""
    monkeypatch.setattr(database_clock, "_ahead", None)
    database_clock.note(datetime.now(UTC))
    known = database_clock.now()
    database_clock.note(known - timedelta(seconds=0.5))
    assert database_clock.now() >= known
    database_clock.note(known - timedelta(hours=1))
    assert database_clock.now() < known - timedelta(minutes=59)

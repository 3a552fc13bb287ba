"""Archives of minutes: no transaction waits for them, no lease ends, nothing half made is kept, and they are not in the next."""

import errno
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text

from civique.core import clock, privacy
from civique.core.config import config
from civique.core.documents.operations import keep_file, store
from civique.core.process import engines
from civique.core.registry import modules
from civique.core.tasks import SILENCE, Task, result_path, start_task
from civique.lanes import LANES
from civique.relay import Relay
from civique.web import jobs
from civique.worker import OurJob, perform
from civique.workers import OurWorker
from tests.core.test_files import kept_names

ROOT = Path(__file__).parent.parent.parent


def asked(commune):
    """An export that was asked for: its task and the row of the outbox."""
    with commune.session() as session:
        task = start_task(session, "Export", "core.export_tenant")
    with engines().platform.connect() as connection:
        query = text("SELECT id FROM platform.outbox WHERE owner = :owner AND job = 'core.export_tenant'")
        return task, connection.execute(query, {"owner": commune.tenant.role}).scalars().all()[-1]


def row_of(outbox_id):
    with engines().platform.connect() as connection:
        return connection.execute(text("SELECT * FROM platform.outbox WHERE id = :id"), {"id": outbox_id}).one()


def slowed(monkeypatch, seconds):
    """The export, slower; gives the list of its runs."""
    real, runs = jobs.export_tenant, []

    def slow(*arguments):
        runs.append(1)
        time.sleep(seconds)
        real(*arguments)

    monkeypatch.setattr(jobs, "export_tenant", slow)
    return runs


def test_no_transaction_waits_for_the_archive(commune, run_jobs, monkeypatch):
    """Longer than PostgreSQL lets a transaction idle: the job ends all the same."""
    slowed(monkeypatch, 2.5)
    monkeypatch.setattr("tenants.engines.ROLE_SETTINGS", {"idle_in_transaction_session_timeout": "1s"})
    engines().forget(commune.tenant)
    _, outbox_id = asked(commune)
    perform(str(outbox_id))
    assert row_of(outbox_id).outcome == "done"
    assert commune.one(Task).state == "done"


def test_a_work_longer_than_its_lease_runs_once_and_is_not_cut(commune, run_jobs, monkeypatch):
    """With RQ's own worker and alarm: the lease is renewed while the process lives, no other attempt starts."""
    from dataclasses import replace

    runs = slowed(monkeypatch, 8)
    short = replace(config(), lease_seconds=6)
    monkeypatch.setattr("civique.worker.config", lambda: short)
    _, outbox_id = asked(commune)
    connection = Redis.from_url(config().redis_url)
    name = f"essai-{uuid4()}"
    queues = dict.fromkeys(LANES, Queue(name, connection=connection, serializer=JSONSerializer))
    relay = Relay(engines(), queues, lease_seconds=6)
    assert relay.step() == 1
    queue = Queue(name, connection=connection, job_class=OurJob, serializer=JSONSerializer)
    OurWorker([queue], connection=connection, job_class=OurJob, serializer=JSONSerializer).work(burst=True)
    assert row_of(outbox_id).outcome == "done"
    assert (row_of(outbox_id).attempts, runs) == (1, [1])
    assert relay.step() == 0


def test_a_full_disk_is_said_and_leaves_nothing(commune, run_jobs, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tenants.transfer._write", full)
        task, outbox_id = asked(commune)
        perform(str(outbox_id))
    shown = commune.one(Task)
    assert shown.state == "failed"
    assert "place" in shown.error
    assert row_of(outbox_id).outcome == "done", "trying again by itself would not make room"
    assert list(result_path(commune.tenant, task.id).parent.iterdir()) == []
    again, second = asked(commune)
    perform(str(second))
    assert commune.one(Task, id=again.id).file.size > 0


def test_the_archive_is_not_in_the_next_one_nor_what_no_row_refers_to(commune, run_jobs):
    """Only the files that rows refer to leave: what a rolled back upload left may be anybody's."""
    import io

    with commune.session() as session:
        kept = keep_file(session, io.BytesIO(b"kept"), name="a.txt", mime="text/plain").sha256
    store().put(commune.tenant.schema, io.BytesIO(b"of a transaction that was rolled back"), 100)
    for _turn in range(2):
        task, outbox_id = asked(commune)
        perform(str(outbox_id))
    names = zipfile.ZipFile(result_path(commune.tenant, task.id)).namelist()
    assert [name for name in names if name.startswith("files/")] == [f"files/{kept}"]


def test_a_killed_worker_leaves_a_work_that_is_taken_up_again(commune, services, run_jobs):
    """kill -9 in the middle: the next attempt makes the archive; what the first left is swept."""
    task, outbox_id = asked(commune)
    script = (
        "import sys, time\n"
        "from civique.web import jobs\n"
        "from civique.worker import perform\n"
        "from tenants import transfer\n"
        "def stuck(archive, name, parts):\n"
        "    with archive.open(name, 'w') as entry:\n"
        "        entry.write(b'half')\n"
        "        print('half', flush=True)\n"
        "        time.sleep(600)\n"
        "transfer._write = stuck\n"
        "perform(sys.argv[1])\n"
    )
    command = [sys.executable, "-c", script, str(outbox_id)]
    worker = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE)
    assert worker.stdout.readline() == b"half\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    folder = result_path(commune.tenant, task.id).parent
    (half,) = folder.iterdir()
    assert half.name.endswith(".partial")
    assert commune.one(Task).state == "running"
    perform(str(outbox_id))
    assert commune.one(Task).state == "done"
    os.utime(half, (0, 0))
    with commune.session() as session:
        privacy.purge(session, modules())
    assert [file.name for file in folder.iterdir()] == [task.id.hex]


def test_a_work_that_is_silent_for_hours_is_shown_as_failed(commune, run_jobs):
    task, _ = asked(commune)
    with commune.session() as session:
        session.get(Task, task.id).created_at = clock.now() - SILENCE - timedelta(minutes=1)
    with commune.session() as session:
        assert privacy.purge(session, modules())["silent_task"] == 1
    assert commune.one(Task).state == "failed"


def test_an_erased_person_leaves_no_archive(commune, run_jobs):
    from civique.core.people.queries import get_person

    person = commune.person("Anne", "Admin", "administrator")
    with commune.session(actor=person) as session:
        task = start_task(session, "Export", "core.export_tenant")
    run_jobs()
    path = result_path(commune.tenant, task.id)
    assert path.exists()
    with commune.session() as session:
        privacy.erase(session, get_person(session, UUID(str(person.id))), modules())
    assert not path.exists()
    assert commune.all(Task) == []
    assert kept_names(commune) == []


@pytest.mark.parametrize("name", ["../x", "a" * 31, "A" * 32, ""])
def test_a_result_has_no_other_name(name, services):
    with pytest.raises(ValueError, match="result"):
        store().result("t_000000000000", name)

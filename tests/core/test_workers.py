"""The processes that work: neither a job that kills or holds one, nor a queue that hangs, keeps the others waiting."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from civique.core.config import config
from civique.core.messages.models import Message
from civique.core.messages.operations import write_to_address
from civique.core.outbox import enqueue
from civique.core.process import engines
from civique.lanes import LANES, WORKERS
from civique.relay import Relay
from civique.worker import MOST_DEATHS
from civique.workers import OurWorker
from tests.core.test_outbox import rows, words

ROOT = Path(__file__).parent.parent.parent
# The command « civique worker », with queues that no other test reads and « core.purge » doing what the test wants.
COMMAND = """
import os, re, signal, sys, time
from dataclasses import replace
from civique import lanes, workers
from civique.services import prefork
from civique.core.registry import modules
prefix = sys.argv[1]
lanes.Lane.queue = property(lambda lane: prefix + lane.name)
prefork.SHORT_LIFE = 0.0
def purge(session):
    {does}
modules().jobs["core.purge"] = replace(modules().jobs["core.purge"], run=purge)
workers.run_workers()
"""


@pytest.fixture
def work(services, run_jobs):
    """Starts workers whose ``core.purge`` does something, and carries rows to them until a condition is true."""
    prefix, started = f"essai-{uuid4()}-", []
    connection = Redis.from_url(config().redis_url)
    queues = {name: Queue(prefix + name, connection=connection, serializer=JSONSerializer) for name in LANES}
    relay = Relay(engines(), queues, lease_seconds=1)

    def run(does, until, lease=1):
        command = [sys.executable, "-c", COMMAND.replace("{does}", does), prefix]
        environment = {**os.environ, "LEASE_SECONDS": str(lease)}
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True))
        deadline = time.monotonic() + 90
        while not until():
            assert time.monotonic() < deadline
            relay.step()
            time.sleep(0.05)
        return started[-1]

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(commune):
    with commune.session() as session:
        return enqueue(session, "core.purge")


def outcome(outbox_id):
    return rows(id=outbox_id)[0].outcome


def test_a_job_that_kills_its_worker_is_given_up(commune, neighbour, work):
    """After a few tries, and meanwhile a neighbour's is done: the process is there again at once."""
    mine, theirs = ask(commune), ask(neighbour)
    kills = f"session.tenant.schema == {commune.tenant.schema!r} and os.kill(os.getpid(), signal.SIGKILL)"
    work(kills, lambda: outcome(mine) and outcome(theirs))
    assert (outcome(mine), outcome(theirs)) == ("failed", "done")
    (row,) = rows(id=mine)
    assert (row.error, row.failures, row.starts) == ("WorkerDied", 0, MOST_DEATHS + 2)


def test_what_a_killed_worker_held_is_given_back_at_once(commune, work, tmp_path):
    """Its lease would have lasted an hour."""
    outbox_id, first = ask(commune), tmp_path / "first"
    does = (
        f"__import__('pathlib').Path({str(first)!r}).exists() or (open({str(first)!r}, 'w'), os.kill(os.getpid(), 9))"
    )
    work(does, lambda: outcome(outbox_id) == "done", lease=3600)
    assert rows(id=outbox_id)[0].starts == 2


def test_a_message_does_not_wait_for_work(commune, work):
    """While a job lasts, a code leaves."""
    lasting = ask(commune)
    with commune.session() as session:
        code = write_to_address(session, "a@exemple.fr", "test", words, secret=True)
    work("time.sleep(600)", lambda: commune.one(Message, id=code.id).state == "sent")
    assert outcome(lasting) is None


def test_workers_end_their_job_when_they_are_stopped(commune, work):
    outbox_id = ask(commune)
    process = work("time.sleep(2)", lambda: rows(id=outbox_id)[0].started_at)
    process.terminate()
    assert process.wait(30) == 0
    assert outcome(outbox_id) == "done"


def test_processes_do_not_outlive_the_one_that_started_them(commune, work):
    outbox_id = ask(commune)
    process = work("pass", lambda: outcome(outbox_id) == "done")
    children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    assert len(children) == len(WORKERS)
    process.kill()
    process.wait()
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("does", "limits"),
    [
        ("re.match('(a+)+$', 'a' * 60 + 'b')", "stuck=1"),
        ("time.sleep(600)", "stuck=1, longest=1"),
    ],
)
def test_a_job_stuck_in_c_or_endless_is_ended(does, limits):
    """The first lets no other thread run, and no signal arrive; the second lets them, and lasts."""
    script = (
        f"import re, time\nfrom civique.workers import ended_when_stuck\nwith ended_when_stuck({limits}):\n    {does}\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert b"Timeout" in done.stderr


def test_a_job_that_lasts_and_lets_others_run_is_left_alone():
    script = "import time\nfrom civique.workers import ended_when_stuck\nwith ended_when_stuck(stuck=0.5):\n    time.sleep(2)\n"
    script += "time.sleep(1)\nprint('whole')\n"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"whole\n")


def test_a_queue_that_hangs_does_not_hold_the_relay(commune, run_jobs):
    """It accepts and never answers: the step ends with an error that the relay waits on, its row is given back."""
    outbox_id = ask(commune)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}"
        hanging = Redis.from_url(address, socket_timeout=0.3, socket_connect_timeout=0.3)
        relay = Relay(engines(), dict.fromkeys(LANES, Queue("x", connection=hanging, serializer=JSONSerializer)))
        with pytest.raises(RedisError):
            relay.step()
    assert rows(id=outbox_id)[0].leased_until is None


class Tired(Exception):
    """Enough looks were taken."""


def test_a_queue_that_is_away_is_looked_at_every_few_seconds(services, monkeypatch):
    """RQ waits longer and longer, up to a minute, which codes would wait after five minutes of outage."""
    waits = []

    def wait(seconds):
        waits.append(seconds)
        if len(waits) == 12:
            raise Tired

    alive = Redis.from_url(config().redis_url)
    nowhere = Redis(unix_socket_path="/nowhere/valkey.sock", retry=Retry(NoBackoff(), 0))
    worker = OurWorker([Queue("any", connection=alive)], connection=alive)
    worker.connection = nowhere
    monkeypatch.setattr(worker, "set_state", lambda _state: None)  # it is away once the worker listens
    monkeypatch.setattr("rq.worker.base.time.sleep", wait)
    with pytest.raises(Tired):
        worker.dequeue_job_and_maintain_ttl(None)
    assert max(waits) <= 5

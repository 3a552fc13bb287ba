"""The processes that work: one for messages, one for everything else, forked from one that has loaded the modules.

What they load is shared between them, and one that dies is there again in a moment, without loading anything.
"""

import faulthandler
import gc
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import text

from civique.core import logs
from civique.core.config import config
from civique.core.process import engines
from civique.core.registry import modules
from civique.lanes import WORKERS, Lane
from civique.services.memory import return_memory_early
from civique.services.prefork import keep
from civique.services.process import command_line
from civique.worker import OurJob

# Compared as text: what stands in the queue is not trusted.
GIVE_BACK = text(
    "UPDATE platform.outbox SET leased_until = NULL WHERE CAST(id AS text) = ANY (:ids) AND done_at IS NULL"
)
JOBS_A_LIFE = 2000
"""Jobs after which a process is replaced by a fresh one."""
STUCK = 60.0
"""Seconds during which a job may keep every other thread of its process from running."""
LONGEST = 1800.0
"""Seconds that a job may last, with what it prepares."""


class OurWorker(SimpleWorker):
    """RQ's worker with our job class, running jobs in its own process: ten times more jobs a second than a fork for each.

    Nothing is lost when a job takes the process down: the outbox row is leased, and taken again.
    """

    job_class = OurJob
    max_connection_wait_time = 3.0
    """Seconds between two looks at a queue that is away. RQ's own grow to a minute, which codes then wait once it is back."""

    def perform_job(self, *arguments: Any, **named: Any) -> Any:
        """Run a job, which ends this process when it is stuck or lasts too long."""
        with ended_when_stuck():
            return super().perform_job(*arguments, **named)


@contextmanager
def ended_when_stuck(stuck: float | None = None, longest: float | None = None) -> Any:
    """End this process when the block keeps it from running anything else, in C where no signal arrives, or never ends.

    A timer of the interpreter that needs no lock of its own is pushed back as long as another thread can run and the
    time given is not over. What ran is on the error output, without any value.

    Args:
        stuck: seconds without a turn for other threads; ``STUCK`` by default.
        longest: seconds that the block may last; ``LONGEST`` by default.
    """
    patience, end = stuck or STUCK, time.monotonic() + (longest or LONGEST)
    done = threading.Event()

    def push_back() -> None:
        while time.monotonic() < end and not done.wait(patience / 4):
            faulthandler.dump_traceback_later(patience, exit=True)

    faulthandler.dump_traceback_later(patience, exit=True)
    timer = threading.Thread(target=push_back, daemon=True)
    timer.start()
    try:
        yield
    finally:
        done.set()
        timer.join()
        faulthandler.cancel_dump_traceback_later()


def run_workers() -> None:
    """Keep one process for each group of lanes until told to stop; those that run end their job first."""
    return_memory_early()
    logs.configure(local=config().local)
    modules()
    gc.freeze()  # the objects that are there are never looked at again: their pages stay shared
    keep({name: partial(_work, lanes) for name, lanes in WORKERS.items()})


def give_back_of_the_dead(connection: Redis) -> None:
    """Give back what killed processes of this machine held: their rows wait for the end of no lease."""
    held: list[str] = []
    for worker in OurWorker.all(connection=connection, job_class=OurJob, serializer=JSONSerializer):
        if worker.hostname == socket.gethostname() and worker.pid and not command_line(worker.pid):
            held += [execution.job_id[:36] for execution in worker.get_current_executions()]  # a row, then its attempt
            worker.register_death()  # type: ignore[no-untyped-call]
    if held:
        with engines().platform.begin() as database:
            database.execute(GIVE_BACK, {"ids": held})


def _work(lanes: Sequence[Lane]) -> None:
    """Work until told to stop, or until enough was done."""
    connection = Redis.from_url(config().redis_url)
    queues = [Queue(lane.queue, connection=connection, job_class=OurJob, serializer=JSONSerializer) for lane in lanes]
    worker = OurWorker(
        queues,
        connection=connection,
        job_class=OurJob,
        serializer=JSONSerializer,
        worker_ttl=60,
        default_result_ttl=0,
    )
    give_back_of_the_dead(connection)
    worker.work(logging_level="WARNING", max_jobs=JOBS_A_LIFE)

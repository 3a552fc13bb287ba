"""The processes that work: one for messages, one for everything else, forked from one that has loaded the modules.

What they load is shared between them, and one that dies is there again in a moment, without loading anything.
"""

import faulthandler
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from civique.core import logs
from civique.core.config import config
from civique.core.registry import modules
from civique.lanes import WORKERS, Lane
from civique.services.memory import return_memory_early
from civique.services.process import die_with_parent
from civique.worker import OurJob

log = structlog.get_logger()
JOBS_A_LIFE = 2000
"""Jobs after which a process is replaced by a fresh one."""
SHORT_LIFE = 5.0
"""Seconds: a process that lived less waits as long before it is replaced."""
STUCK = 60.0
"""Seconds during which a job may keep every other thread of its process from running."""
LONGEST = 1800.0
"""Seconds that a job may last, with what it prepares."""
_SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)


class OurWorker(SimpleWorker):
    """RQ's worker with our job class, running jobs in its own process: ten times more jobs a second than a fork for each.

    Nothing is lost when a job takes the process down: the outbox row is leased, and taken again.
    """

    job_class = OurJob

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


def run_workers() -> int:
    """Keep one process for each group of lanes until told to stop; those that run end their job first.

    Returns:
        Exit status.
    """
    return_memory_early()
    logs.configure(local=config().local)
    modules()
    gc.freeze()  # the objects that are there are never looked at again: their pages stay shared
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    running = {_fork(lanes, 0.0): (name, time.monotonic()) for name, lanes in WORKERS.items()}
    while signal.sigwait(_SIGNALS) == signal.SIGCHLD:
        for pid in _ended(running):
            name, begun = running.pop(pid)
            pause = SHORT_LIFE if time.monotonic() - begun < SHORT_LIFE else 0.0
            log.info("worker replaced", worker=name)
            running[_fork(WORKERS[name], pause)] = (name, time.monotonic())
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in running:
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
    return 0


def _ended(running: dict[int, Any]) -> list[int]:
    """Processes that have ended: one signal may stand for several."""
    return [pid for pid in running if os.waitpid(pid, os.WNOHANG)[0] == pid]


def _fork(lanes: Sequence[Lane], pause: float) -> int:
    """Start a process that works on these lanes, after a pause in seconds; gives its number."""
    follow = die_with_parent()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        if follow is not None:
            follow()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        time.sleep(pause)
        _work(lanes)
        status = 0
    except BaseException as error:
        log.error("worker ended", error=", ".join(logs.names(error)))
    finally:
        sys.stderr.flush()
        os._exit(status)


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
    worker.work(logging_level="WARNING", max_jobs=JOBS_A_LIFE)

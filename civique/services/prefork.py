"""Processes forked from one that has loaded what they need; one that dies is there again in a moment."""

import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog

from civique.services.process import die_with_parent

SHORT_LIFE = 5.0
"""Seconds: a process that lived less is replaced after a pause."""
PAUSE = 1.0
"""Seconds of that pause."""
_SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)

log = structlog.get_logger()
Work = Callable[[], None]


def keep(works: Mapping[str, Work]) -> None:
    """Keep one process for each work until told to stop by SIGTERM or SIGINT, then let each end in its own way.

    Call it from a process that has one thread. The works meet SIGTERM and SIGINT as a new process does.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    running = {_fork(work, 0.0): (name, time.monotonic()) for name, work in works.items()}
    while signal.sigwait(_SIGNALS) == signal.SIGCHLD:
        for pid in _ended(running):
            name, begun = running.pop(pid)
            log.info("process replaced", name=name)
            pause = PAUSE if time.monotonic() - begun < SHORT_LIFE else 0.0
            running[_fork(works[name], pause)] = (name, time.monotonic())
    for pid in running:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in running:
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)


def _ended(running: Mapping[int, object]) -> list[int]:
    """Processes that have ended: one signal may stand for several."""
    return [pid for pid in running if os.waitpid(pid, os.WNOHANG)[0] == pid]


def _fork(work: Work, pause: float) -> int:
    """Start a process that works, after a pause in seconds; gives its number."""
    follow = die_with_parent()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        if follow is not None:
            follow()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        time.sleep(pause)
        work()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException as error:
        log.error("process ended", error=type(error).__name__)
    finally:
        sys.stderr.flush()
        os._exit(status)

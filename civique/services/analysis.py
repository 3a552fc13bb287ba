"""Looking at the files that people send, in a process of its own: little memory, little time, one file at once.

What decodes pictures and workbooks is written in C, and a file can be made to swell. The process reads one file, answers, and
ends: at rest it costs nothing; what goes wrong ends that process alone. It imports neither Flask nor the database, and no
transaction should wait for it.
"""

import fcntl
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, BinaryIO

ROOT = Path(__file__).parents[2]
# The package itself imports what a web process needs; the worker does without.
START = (
    "import sys, types; package = types.ModuleType('civique'); package.__path__ = [sys.argv[1] + '/civique'];"
    " sys.modules['civique'] = package; from civique.services.analysis import main; main()"
)
PATIENCE = 20
"""Seconds that a file waits for the one that is being looked at; pages wait 30."""


class AnalysisFailed(Exception):
    """Nothing can be said of a file; `reason` is `busy` (others are being looked at) or `heavy` (it asked too much, or
    broke what read it)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Work:
    """What may be asked: a function that takes the file and gives what JSON can say, and pieces; bytes of memory, seconds."""

    module: str
    function: str
    memory: int
    seconds: int


WORKS = {
    "pictures": Work("civique.services.images", "read_pictures", 700_000_000, 10),
    "pdf": Work("civique.services.pdf_scripts", "read_scripts", 300_000_000, 3),
    "office": Work("civique.services.office", "read_programs", 300_000_000, 3),
    "workbook": Work("civique.services.workbooks", "read_workbook", 400_000_000, 4),
}
"""Memory is of addresses, of which a good part is never used; what is measured stands in decision 0019."""


def analyse(work: str, source: BinaryIO | bytes, *arguments: int) -> tuple[Any, list[bytes]]:
    """Have a file looked at; it is read from its beginning.

    Returns:
        What the function of the work says, and its pieces.

    Raises:
        AnalysisFailed: see there.
    """
    with tempfile.TemporaryFile() as copy:
        if isinstance(source, bytes):
            copy.write(source)
        else:
            source.seek(0)
            shutil.copyfileobj(source, copy)
            source.seek(0)
        copy.seek(0)
        with _turn():
            return _run(work, copy, arguments)


def _run(work: str, copy: IO[bytes], arguments: tuple[int, ...]) -> tuple[Any, list[bytes]]:
    asked = WORKS[work]
    bounds = map(str, (asked.memory, asked.seconds))
    command = [sys.executable, "-I", "-c", START, str(ROOT), work, *bounds, *map(str, arguments)]
    # Without arenas for each thread, what malloc asks for is what is used.
    environment = {"MALLOC_ARENA_MAX": "1", "LANG": "C.UTF-8"}
    limit = asked.seconds * 2 + 1
    try:
        done = subprocess.run(command, stdin=copy, capture_output=True, timeout=limit, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise AnalysisFailed("heavy") from error
    if done.returncode != 0:
        raise AnalysisFailed("heavy")
    head, _, rest = done.stdout.partition(b"\n")
    answer, sizes = json.loads(head)
    ends = [sum(sizes[:number]) for number in range(len(sizes) + 1)]
    return answer, [rest[start:end] for start, end in pairwise(ends)]


@contextmanager
def _turn() -> Iterator[None]:
    """One file at once, whatever the threads and the processes of this account on this machine."""
    lock = os.open(_lock_file(), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        end = time.monotonic() + PATIENCE
        while not _locked(lock):
            if time.monotonic() > end:
                raise AnalysisFailed("busy")
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@cache
def _lock_file() -> Path:
    return Path(tempfile.gettempdir()) / f"civique-analysis-{os.getuid()}.lock"


def main() -> None:
    """What the process runs: the file is its standard input; what JSON can say goes out on one line, then the pieces."""
    work = WORKS[sys.argv[2]]
    os.nice(10)  # whoever reads a page comes first; on a machine at rest it changes nothing
    memory, seconds, *arguments = map(int, sys.argv[3:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    for none in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(none, (0, 0))
    answer, pieces = getattr(import_module(work.module), work.function)(sys.stdin.buffer, *arguments)
    sys.stdout.buffer.write(json.dumps([answer, [len(piece) for piece in pieces]]).encode() + b"\n")
    for piece in pieces:
        sys.stdout.buffer.write(piece)

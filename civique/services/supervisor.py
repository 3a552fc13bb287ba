"""The foreground process of a demonstration: it starts servers and programs, watches them, leaves nothing behind."""

import ctypes
import fcntl
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from civique.services.process import ServiceError, command_line

TURN = 0.25
"""Seconds between two looks at the programs."""
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 60.0
"""Seconds of life after which the pause before a restart is the shortest again."""
LONGEST_LINE = 65_536

PR_SET_PDEATHSIG = 1


class Service(Protocol):
    """A server that is started and stopped by calls: `EmbeddedPostgres`, `EmbeddedValkey`."""

    name: str

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def alive(self) -> bool: ...


@dataclass(frozen=True)
class Program:
    """A command that runs in the foreground, with its whole environment.

    Its output goes to the supervisor's, each line after its name, or to the file `log`.
    `ready` is asked, a few times per second, whether the program does its work; it must answer quickly.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path | None = None
    ready: Callable[[], bool] | None = None


class Supervisor:
    """Runs services, then programs, until SIGINT, SIGTERM or SIGHUP; restarts with back-off those that die.

    `folder` is where a second supervisor is told that there is one; `on_ready` is called once, when every program is
    ready; `output` receives the programs' lines; `patience` is the number of seconds a program has to stop.
    """

    def __init__(
        self,
        folder: Path,
        services: Sequence[Service],
        programs: Sequence[Program],
        *,
        on_ready: Callable[[], None] | None = None,
        output: BinaryIO | None = None,
        patience: float = 10,
    ) -> None:
        self._folder = folder
        self._services = [_Watched(service.name, service.start) for service in services]
        self._alive = {service.name: service.alive for service in services}
        self._stops = [service.stop for service in services]
        self._output = output or sys.stdout.buffer
        self._selector = selectors.DefaultSelector()
        self._programs = [_Running(program, self._selector, self._say) for program in programs]
        self._on_ready = on_ready
        self._patience = patience
        self._stopping = False
        self._hurried = False

    def run(self) -> int:
        """Run until a signal asks to stop, then stop everything; return 0.

        Raises ServiceError when another supervisor runs on the folder or when a service cannot be started at first.
        """
        with self._alone(), self._signals():
            try:
                for service in self._services:
                    if not self._stopping:
                        service.start()
                for program in self._programs:
                    if not self._stopping:
                        program.watch.start()
                while not self._stopping:
                    self._turn()
            finally:
                self._stop()
        return 0

    def _turn(self) -> None:
        self._forward(TURN)
        for service in self._services:
            if service.due(self._alive[service.name]()):
                self._say("civique", f"{service.name} has stopped: it is started again")
                try:
                    service.start()
                except ServiceError as error:
                    self._say("civique", str(error))
        for program in self._programs:
            if program.watch.due(program.alive()):
                self._say("civique", f"{program.name} has stopped (code {program.code}): it is started again")
                program.watch.start()
        if self._on_ready and all(program.ready() for program in self._programs):
            announce, self._on_ready = self._on_ready, None
            announce()

    def _stop(self) -> None:
        try:
            for program in self._programs:
                program.ask_to_stop()
            deadline = time.monotonic() + self._patience
            while not self._hurried and time.monotonic() < deadline:
                if not any(program.alive() for program in self._programs):
                    break
                self._forward(0.05)
            for program in self._programs:
                program.kill()
            self._forward(0)
        finally:
            for stop in reversed(self._stops):
                stop()

    def _forward(self, seconds: float) -> None:
        """Pass on what the programs wrote, for at most `seconds` when they write nothing."""
        if not self._selector.get_map():
            time.sleep(seconds)
            return
        for key, _ in self._selector.select(seconds):
            key.data()

    def _say(self, name: str, line: str) -> None:
        with suppress(BrokenPipeError):
            self._output.write(f"{name:>9} | {line}\n".encode())
            self._output.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "supervisor.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                message = f"Civique runs already in {self._folder} (process {lock.read().strip() or 'unknown'})."
                raise ServiceError(message) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def note(number: int, frame: object) -> None:
            self._hurried = self._stopping
            self._stopping = True

        before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Watched:
    """When to start something again: after 1 s, then 2 s, 4 s… at most 30 s while it keeps dying."""

    def __init__(self, name: str, begin: Callable[[], None]) -> None:
        self.name = name
        self._begin = begin
        self._started = 0.0
        self._due: float | None = None
        self._pause = 1.0

    def start(self) -> None:
        self._due = None
        self._started = time.monotonic()
        self._begin()

    def due(self, alive: bool) -> bool:
        """Tell whether it is dead and the pause before its restart is over."""
        if alive:
            return False
        now = time.monotonic()
        if self._due is None:
            if now - self._started > HEALTHY_AFTER:
                self._pause = 1.0
            self._due = now + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
        return now >= self._due


class _Running:
    """A program and its process, if any."""

    def __init__(self, program: Program, selector: selectors.BaseSelector, say: Callable[[str, str], None]) -> None:
        self.name = program.name
        self.code: int | None = None
        self.watch = _Watched(program.name, self._begin)
        self._program = program
        self._selector = selector
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._family: dict[int, str] = {}
        self._line = b""

    def alive(self) -> bool:
        if self._process is None:
            return False
        if self._process.poll() is None:
            return True
        self.code = self._process.returncode
        self._kill_group(self._process)
        self._process = None
        return False

    def ready(self) -> bool:
        return self.alive() and (self._program.ready is None or self._program.ready())

    def ask_to_stop(self) -> None:
        if self._process and self.alive():
            self._family = _descendants(self._process.pid)
            self._process.terminate()

    def kill(self) -> None:
        """End the program and all that it started, in whatever session."""
        if self._process:
            self._family |= _descendants(self._process.pid)
            self._kill_group(self._process)
            self._process.wait()
        for pid, command in self._family.items():
            if command_line(pid) == command:  # else it has ended, and its number may be another's
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    @staticmethod
    def _kill_group(process: "subprocess.Popen[bytes]") -> None:
        """Kill the program's own children too: they may hold its port."""
        with suppress(ProcessLookupError, PermissionError):  # macOS: PermissionError when only a zombie is left
            os.killpg(process.pid, signal.SIGKILL)

    def _begin(self) -> None:
        log = self._program.log
        if log is None:
            self._process = self._popen(subprocess.PIPE)
            pipe = self._process.stdout
            assert pipe is not None
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, lambda: self._read(pipe))
        else:
            with log.open("ab") as file:
                self._process = self._popen(file)

    def _popen(self, output: IO[bytes] | int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self._program.argv,
            env=self._program.env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(),  # safe: the supervisor has one thread
        )

    def _read(self, pipe: IO[bytes]) -> None:
        data = pipe.read(65_536)
        if not data:
            self._selector.unregister(pipe)
            pipe.close()
        text = self._line + (data or b"")
        if text and (not data or len(text) > LONGEST_LINE):
            text += b"\n"
        *lines, self._line = text.split(b"\n")
        for line in lines:
            self._say(self.name, line.decode(errors="replace"))


def die_with_parent() -> Callable[[], None] | None:
    """What a child does, for ``preexec_fn``, to be told to stop when this process is killed: on Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found before the fork
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # killed in between
            os._exit(1)

    return ask


def _descendants(pid: int) -> dict[int, str]:
    """Return the processes started by `pid`, by these, and so on, with their command lines."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents():
        children.setdefault(parent, []).append(child)
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        new = children.get(waiting.pop(), [])
        found.update((child, command_line(child)) for child in new)
        waiting.extend(new)
    return found


def _parents() -> Iterator[tuple[int, int]]:
    """Yield each process id of the system with that of its parent."""
    if sys.platform == "linux":
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # The name between parentheses may itself hold spaces and parentheses.
                yield int(entry.parent.name), int(entry.read_text().rpartition(")")[2].split()[1])
    else:
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            child, parent = line.split()
            yield int(child), int(parent)

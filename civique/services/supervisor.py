"""The foreground process of a demonstration: it starts servers and programs, watches them, leaves nothing behind."""

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

from civique.services.process import ServiceError, command_line, die_with_parent

TURN = 0.25
"""Seconds between two looks at the programs."""
SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 5.0
"""Seconds before something that has died is started again: the shortest, then twice as much each time, up to the longest."""
HEALTHY_AFTER = 3.0
"""Seconds of life after which the pause before a restart is the shortest again."""
ATTEMPTS = 6
"""How often a service is started at first before it is given up."""
ATTEMPT_PAUSE = 1.0
"""Seconds between two of these attempts."""
LONGEST_LINE = 65_536


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

    `folder` is where a second supervisor is told that there is one; `on_ready` is called when every program is ready, again
    after a pause while it fails; `output` receives the programs' lines; `patience` is the number of seconds a program has to stop.
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
        self._announcing = _Watched("announcement", on_ready) if on_ready else None
        self._patience = patience
        self._stopping = False
        self._hurried = False

    def run(self) -> int:
        """Run until a signal asks to stop, then stop everything; return 0.

        Raises ServiceError when another supervisor runs on the folder or when a service cannot be started at first, after
        several attempts.
        """
        with self._alone(), self._signals():
            try:
                for number in range(len(self._services)):
                    self._first_start(number)
                for program in self._programs:
                    if not self._stopping:
                        program.watch.start()
                while not self._stopping:
                    self._turn()
            finally:
                self._stop()
        return 0

    def _first_start(self, number: int) -> None:
        """Start a service, and again those before it that have died meanwhile, which it may need."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                for service in self._services[: number + 1]:
                    fresh = service is self._services[number] or not self._alive[service.name]()
                    if fresh and not self._stopping:
                        service.start()
                return
            except ServiceError as error:
                if attempt == ATTEMPTS:
                    raise
                self._say("civique", f"{error} It is tried again.")
                time.sleep(ATTEMPT_PAUSE)

    def _turn(self) -> None:
        self._forward(TURN)
        for service in self._services:
            if service.due(self._alive[service.name]()):
                self._again(service, f"{service.name} has stopped")
        for program in self._programs:
            if program.watch.due(program.alive()):
                self._again(program.watch, f"{program.name} has stopped (code {program.code})")
        if (
            self._announcing
            and all(program.ready() for program in self._programs)
            and self._announcing.due(alive=False)
        ):
            with suppress(Exception):  # what it needs to know may be away for a moment
                self._announcing.start()
                self._announcing = None

    def _again(self, watched: "_Watched", why: str) -> None:
        """Start something again; what cannot be started now is tried again after a pause."""
        self._say("civique", f"{why}: it is started again")
        try:
            watched.start()
        except (ServiceError, OSError) as error:
            self._say("civique", str(error))

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
        with suppress(OSError):  # nobody reads any more, or the disk that holds the output is full
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
    """When to start something again: after half a second, then twice as long each time while it keeps dying, at most 5 s."""

    def __init__(self, name: str, begin: Callable[[], None]) -> None:
        self.name = name
        self._begin = begin
        self._started = 0.0
        self._due: float | None = None
        self._pause = SHORTEST_PAUSE

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
                self._pause = SHORTEST_PAUSE
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
            with _opened(log) as file:
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


def _opened(log: Path) -> IO[bytes]:
    """The file of a log; nowhere when a full disk has no room for a new one."""
    try:
        return log.open("ab")
    except OSError:
        return Path(os.devnull).open("ab")


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

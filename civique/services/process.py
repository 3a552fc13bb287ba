"""What the embedded servers share: their folders, their password, how they are started, found again and stopped.

A server outlives the process that started it when that process is killed. The next start must therefore find it again,
from another process: this is why nothing here depends on being the parent of the server.
"""

import ctypes
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar

# Not tempfile.gettempdir(): TMPDIR may be long (a Unix socket path has at most 107 bytes), closed to the account the
# server runs under, or different in the next shell, where the server would no longer be found.
SOCKETS = Path("/tmp")  # noqa: S108
# Where a server started by root keeps what its account could not reach in the folder asked for.
FALLBACK = Path("/var/tmp")  # noqa: S108

LOG_LIMIT = 10_000_000
"""Bytes above which a server's log starts again from nothing."""


class ServiceError(RuntimeError):
    """An embedded server cannot be started, or its folders cannot be trusted. The message is meant for a person."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account under which root runs the servers: PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @classmethod
    def for_servers(cls) -> "Account | None":
        """Return the account `nobody` when the current user is root, None when nothing special is needed."""
        if os.geteuid() != 0:
            return None
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_uid, entry.pw_gid)


def command_line(pid: int) -> str:
    """Return the command line of a process, empty when it has ended (even if nobody has waited for it yet)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False
    ).stdout


def reachable(path: Path) -> bool:
    """Tell whether any account may traverse `path` and its parents (for a file: run it)."""
    path = path.resolve()
    return all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents))


def reachable_copy(folders: list[Path], program: str) -> Path:
    """Return a folder that holds `folders` and from which any account can run `program` (relative to it).

    This is the parent of `folders` when it is reachable; else a copy owned by root, made once per installed version.

    Raises ServiceError when the place of the copy belongs to somebody else.
    """
    parent = folders[0].parent
    if reachable(parent / program):
        return parent
    info = (parent / program).stat()
    copy = FALLBACK / f"civique-{_short_hash(f'{parent / program} {info.st_mtime_ns} {info.st_size}')}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=FALLBACK, prefix=f"{copy.name}-"))
        for folder in folders:
            shutil.copytree(folder, draft / folder.name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process has just made the same copy
            shutil.rmtree(draft)
    if copy.is_symlink() or copy.stat().st_uid != os.geteuid():
        raise ServiceError(f"{copy} belongs to another user: it cannot be trusted. Remove it and start again.")
    return copy


def private_folder(path: Path, account: Account | None) -> Path:
    """Make `path` a folder with mode 0700, owned by `account` (by the current user when None).

    Raises ServiceError when something else is there, or when it belongs to another user.
    """
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    if not _is_ours(path, account):
        raise ServiceError(f"{path} is not a folder of the current user: it cannot be trusted. Remove it.")
    if account:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
    return path


def _is_ours(folder: Path, account: Account | None) -> bool:
    info = folder.lstat()
    return stat.S_ISDIR(info.st_mode) and info.st_uid in (os.geteuid(), account.uid if account else os.geteuid())


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class EmbeddedServer(ABC):
    """A server run from binaries of the virtual environment, reached by a Unix socket only.

    `folder` holds the password, the log and the server's files. When root runs it, the server itself runs as `nobody`;
    if `nobody` cannot reach `folder`, the files are under /var/tmp and `folder/files` is a symbolic link to them.
    `settings` are settings of the server that take the place of ours (for tests above all).
    """

    name: str
    start_seconds: ClassVar[float] = 60
    stop_signals: ClassVar[tuple[tuple[signal.Signals, float], ...]]
    """Signals that stop the server, most polite first, each with the seconds it is given."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder.resolve()
        self.settings = dict(settings or {})
        self.account = Account.for_servers()
        self._files = self.folder / "files"
        self.log_file = self.folder / "log"
        self.socket_folder = SOCKETS / f"civique-{_short_hash(str(self.folder))}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address for clients, with the password. Known before the first start."""

    @property
    def files(self) -> Path:
        """Where the server keeps its files, symbolic links followed: its account cannot follow ours."""
        return self._files.resolve()

    @property
    @abstractmethod
    def _server_pid_file(self) -> Path:
        """The file in which the server itself writes its process id."""

    @abstractmethod
    def _prepare(self) -> None:
        """Make what the server needs before it starts; `files` and `socket_folder` exist."""

    @abstractmethod
    def _command(self) -> list[str]:
        """The command that runs the server in the foreground; it must name `socket_folder`."""

    @abstractmethod
    def _answers(self) -> bool:
        """Tell whether the server accepts a client now. Raises ServiceError if waiting longer is useless."""

    @property
    def password(self) -> str:
        """The password of the server, made at first use and kept in a file of the current user only."""
        path = self.folder / "password"
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            with self._lock():
                if not path.exists():
                    self._write_private(path, secrets.token_urlsafe(24), account=None)
            return path.read_text(encoding="ascii")

    @property
    def pid(self) -> int | None:
        """The process id of the running server, whichever process started it; None when it does not run."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        for path in (self._server_pid_file, self.socket_folder / "pid"):
            with suppress(OSError, ValueError, IndexError):
                pid = int(path.read_text().splitlines()[0])
                # A number may have been given to another process since: the socket folder is named by ours only.
                if str(self.socket_folder) in command_line(pid):
                    return pid
        return None

    def alive(self) -> bool:
        """Tell whether the server runs."""
        return self.pid is not None

    def start(self) -> None:
        """Start the server and return once it answers. Does nothing when it runs already, even for another process.

        Raises ServiceError, with the end of the log, when it cannot be started.
        """
        try:
            self._start()
        except OSError as error:  # a folder of another user (was it root?), a full disk…
            raise ServiceError(f"{self.name} cannot be started: {error}") from error

    def _start(self) -> None:
        self.password  # noqa: B018 - made before the lock is taken
        with self._lock():
            # A server whose folder was deleted under it, or with another password, is replaced.
            if self._server_pid_file.exists():
                with suppress(ServiceError):
                    if self._wait():
                        return
            self._halt()
            self._open_folders()
            try:
                self._prepare()
                self._launch()
            except ServiceError:
                self._halt()
                raise

    def stop(self) -> None:
        """Stop the server, whichever process started it. Does nothing when it does not run."""
        if self.folder.exists():
            with self._lock():
                self._halt()

    def remove(self) -> None:
        """Stop the server and delete everything it kept, data included."""
        self.stop()
        shutil.rmtree(self.files, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _launch(self) -> None:
        for pause in (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, None):
            log_start = self._spawn()
            if self._wait():
                return
            tail = self._log_since(log_start)
            if pause is None or self.alive() or not self._worth_retrying(tail):
                break
            time.sleep(pause)
        raise ServiceError(f"{self.name} does not start. The end of its log ({self.log_file}):\n{tail}")

    def _worth_retrying(self, log: str) -> bool:
        """Tell whether the refusal written in `log` may be over at the next attempt."""
        return False

    def _spawn(self) -> int:
        """Start the process; return where its part of the log begins."""
        with self._open_log() as log:
            start = log.tell()
            self._process = self._popen(self._command(), log)
        (self.socket_folder / "pid").write_text(f"{self._process.pid}\n")
        return start

    def _popen(self, command: list[str], output: IO[bytes]) -> "subprocess.Popen[bytes]":
        account = self.account
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=self.files,
            # PGPORT, PGDATA… of the caller would change the server.
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            # Ctrl-C in the terminal is for the supervisor, which stops its servers last.
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )

    def _wait(self) -> bool:
        """Wait until the server answers; False when it ends or takes too long."""
        deadline = time.monotonic() + self.start_seconds
        while time.monotonic() < deadline:
            if self._answers():
                return True
            if not self.alive():
                return False
            time.sleep(0.05)
        return False

    def _halt(self) -> None:
        # Without its files a server has nothing left to save, and PostgreSQL does not manage to shut down.
        signals = self.stop_signals if self._server_pid_file.exists() else self.stop_signals[-1:]
        for number, seconds in signals:
            deadline = time.monotonic() + seconds
            pid = self.pid
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            while self.alive() and time.monotonic() < deadline:
                time.sleep(0.02)
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=1)
        if not self.alive() and self.socket_folder.exists() and _is_ours(self.socket_folder, self.account):
            shutil.rmtree(self.socket_folder)

    def _open_folders(self) -> None:
        if self.account and not self._files.exists() and not reachable(self.folder):
            if self._files.is_symlink():
                raise ServiceError(f"The files of {self.name} are gone: {self._files} points to nothing. Remove it.")
            self._files.symlink_to(tempfile.mkdtemp(dir=FALLBACK, prefix=f"{self.socket_folder.name}-"))
        private_folder(self.files, self.account)
        private_folder(self.socket_folder, self.account)
        for file in self.socket_folder.iterdir():  # what a killed server left may name another program by now
            file.unlink()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if not self.folder.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            # `nobody` must traverse it, and nobody else has anything to list in it.
            self.folder.chmod(0o711 if self.account else 0o700)
        with (self.folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write_private(self, path: Path, text: str, account: Account | None) -> None:
        """Write a file that only `account` (the current user when None) can read, whole or not at all."""
        draft = path.with_name(f"{path.name}.draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        if account:
            os.chown(draft, account.uid, account.gid)
        draft.rename(path)

    def _open_log(self) -> IO[bytes]:
        too_long = self.log_file.exists() and self.log_file.stat().st_size > LOG_LIMIT
        log = self.log_file.open("wb" if too_long else "ab")
        os.fchmod(log.fileno(), 0o600)
        return log

    def _log_since(self, start: int) -> str:
        with self.log_file.open("rb") as log:
            log.seek(max(start, log.seek(0, os.SEEK_END) - 4_000))
            return log.read().decode(errors="replace").strip()


_PR_SET_PDEATHSIG = 1


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child does, after the fork, to be told to stop when its parent is killed: on Linux only."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl  # found before the fork
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # killed in between
            os._exit(1)

    return ask

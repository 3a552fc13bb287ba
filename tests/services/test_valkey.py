import os
import shutil
import signal
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from civique.services.process import ServiceError, command_line
from civique.services.valkey import EmbeddedValkey

Serve = Callable[..., EmbeddedValkey]


def test_it_serves_on_a_private_socket_with_a_password(valkey: EmbeddedValkey) -> None:
    client = redis.Redis.from_url(valkey.url)
    assert client.ping()
    assert set(client.config_get("port").values()) <= {"0", b"0"}
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(valkey.url.replace(valkey.password, "wrong")).ping()
    assert stat.S_IMODE(valkey.socket_folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((valkey.folder / "password").stat().st_mode) == 0o600
    assert valkey.pid is not None
    assert valkey.password not in command_line(valkey.pid)


def test_it_keeps_everything_and_evicts_nothing(valkey: EmbeddedValkey) -> None:
    client = redis.Redis.from_url(valkey.url, decode_responses=True)
    wanted = {"appendonly": "yes", "appendfsync": "no", "maxmemory-policy": "noeviction"}
    assert {name: client.config_get(name)[name] for name in wanted} == wanted


def test_another_process_finds_the_running_server(valkey: EmbeddedValkey) -> None:
    other = EmbeddedValkey(valkey.folder)
    other.start()
    assert other.pid == valkey.pid
    other.stop()
    other.stop()
    deadline = time.monotonic() + 10
    while valkey.alive():  # its process ends a moment before it may be waited for
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert not valkey.socket_folder.exists()


def test_nothing_acknowledged_is_lost_by_kill_9(valkey: EmbeddedValkey) -> None:
    acknowledged: list[int] = []

    def write(start: int, enough: threading.Event) -> None:
        try:
            with redis.Redis.from_url(valkey.url) as client:
                for number in range(start, start + 1_000_000):
                    client.set(f"note:{number}", number)
                    acknowledged.append(number)
                    if number == start + 200:
                        enough.set()
        except redis.ConnectionError:
            pass

    for round_ in range(3):
        enough = threading.Event()
        writer = threading.Thread(target=write, args=(round_ * 1_000_000, enough))
        writer.start()
        assert enough.wait(30)
        assert valkey.pid is not None
        os.kill(valkey.pid, signal.SIGKILL)
        valkey.start()
        writer.join(30)
        with redis.Redis.from_url(valkey.url) as client:
            assert client.exists(*(f"note:{number}" for number in acknowledged)) == len(acknowledged)


def test_a_folder_deleted_under_a_running_server_starts_anew(valkey: EmbeddedValkey) -> None:
    orphan = valkey.pid
    assert orphan is not None
    shutil.rmtree(valkey.files)
    shutil.rmtree(valkey.folder)
    valkey.start()
    assert command_line(orphan) == ""
    assert redis.Redis.from_url(valkey.url).ping()


def test_a_refusal_says_why(serve: Serve) -> None:
    server = serve(EmbeddedValkey, maxmemory="plenty")
    with pytest.raises(ServiceError, match=r"(?s)Valkey does not start.*maxmemory"):
        server.start()
    assert not server.alive()


def test_a_folder_closed_to_the_server_account(serve: Serve, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = serve(EmbeddedValkey, tmp_path / "a folder" / "valkey")
    server.start()
    redis.Redis.from_url(server.url).set("kept", "7")
    server.stop()
    server.start()
    assert redis.Redis.from_url(server.url).get("kept") == b"7"

"""Folders for real servers, which are stopped and removed whatever the test did to them."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from civique.services.postgres import EmbeddedPostgres
from civique.services.process import EmbeddedServer
from civique.services.valkey import EmbeddedValkey

FAST = {"fsync": "off"}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any account can traverse, unlike those of `tmp_path`."""
    folder = Path(tempfile.mkdtemp(prefix="civique-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def serve(open_folder: Path) -> Iterator[Callable[..., EmbeddedServer]]:
    """Make servers that are removed after the test."""
    servers: list[EmbeddedServer] = []

    def make(kind: type[EmbeddedServer], folder: Path | None = None, **settings: str) -> EmbeddedServer:
        servers.append(kind(folder or open_folder / kind.name.lower(), settings))
        return servers[-1]

    yield make
    for server in servers:
        server.remove()


@pytest.fixture
def postgres(serve: Callable[..., EmbeddedPostgres]) -> EmbeddedPostgres:
    server = serve(EmbeddedPostgres, **FAST)
    server.start()
    return server


@pytest.fixture
def valkey(serve: Callable[..., EmbeddedValkey]) -> EmbeddedValkey:
    server = serve(EmbeddedValkey)
    server.start()
    return server

"""Real services for every test: an embedded PostgreSQL and Valkey a test process, in a temporary folder."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

# The configuration is read from the environment before the first import of the application.
VAR = Path(tempfile.mkdtemp(prefix="civique-tests-"))
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]
os.environ.update(
    CIVIQUE_VAR=str(VAR),
    BASE_DOMAIN=f"civique.localhost:{PORT}",
    SECRET_KEY="only-for-tests-" + "x" * 32,
    TENANT_KEYS="1:" + "ab" * 32,
    CIVIQUE_EXTRA_MODULES="tests.sample civique.skeleton",
)
for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "PORT"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def servers() -> Iterator[tuple[Any, Any]]:
    """PostgreSQL and Valkey, started."""
    from civique.embedded import start_services

    postgres, valkey = start_services(VAR, fsync="off", full_page_writes="off", synchronous_commit="off")
    postgres.start()
    valkey.start()
    yield postgres, valkey
    postgres.remove()
    valkey.remove()
    shutil.rmtree(VAR, ignore_errors=True)


@pytest.fixture(scope="session")
def services(servers: tuple[Any, Any]) -> Iterator[dict[str, str]]:
    """The platform, created; gives the environment that programs need."""
    from civique.core.config import config
    from civique.core.process import engines
    from civique.core.registry import modules
    from civique.embedded import embedded_environment
    from tenants.cluster import create_platform

    os.environ.update(embedded_environment(VAR, *servers))
    config.cache_clear()
    create_platform(engines(), modules().plan)
    yield dict(os.environ)
    engines().dispose()


@pytest.fixture(scope="session")
def pool(servers: tuple[Any, Any], services: dict[str, str]) -> Iterator[Any]:
    """The communes that the tests of this process use one after the other."""
    from tests.pool import Pool

    postgres, _valkey = servers
    pool = Pool(postgres.url.replace("/postgres?", "/civique?"), VAR / "pool")
    yield pool
    pool.close()


pytest_plugins = [
    "tests.fixtures",
    "tests.lived_in",
    "tests.browser",
    "tests.dns_server",
    "tests.scheduling",
    "tests.snapshot",
]


@pytest.fixture(scope="session", autouse=True)
def database_clock_that_travels() -> Iterator[None]:
    """In a test that travels in time, the clock of the database is where the test is."""
    import time_machine

    from tenants import clock

    known = clock.now
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime.now(UTC) if time_machine.escape_hatch.is_travelling() else known())
        yield

"""Real services for every test: an embedded PostgreSQL and Valkey a test process, in a temporary folder."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
    CIVIQUE_EXTRA_MODULES="tests.sample",
)
for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL", "PORT"):
    os.environ.pop(name, None)


@pytest.fixture(scope="session")
def services() -> Iterator[dict[str, str]]:
    """PostgreSQL and Valkey started, the platform created; gives the environment that programs need."""
    from civique.core.config import config
    from civique.core.process import engines
    from civique.core.registry import modules
    from civique.embedded import embedded_environment, start_services
    from tenants.cluster import create_platform

    postgres, valkey = start_services(VAR, fsync="off", full_page_writes="off", synchronous_commit="off")
    postgres.start()
    valkey.start()
    os.environ.update(embedded_environment(VAR, postgres, valkey))
    config.cache_clear()
    create_platform(engines(), modules().plan)
    yield dict(os.environ)
    engines().dispose()
    postgres.remove()
    valkey.remove()
    shutil.rmtree(VAR, ignore_errors=True)


pytest_plugins = ["tests.fixtures", "tests.browser", "tests.snapshot"]

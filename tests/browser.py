"""A real browser on real processes: web, worker and relay as in production, Chromium of the system."""

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.fixtures import Commune

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


def chromium() -> str | None:
    """The system's Chromium, if any."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


@pytest.fixture(scope="module")
def live_modules() -> tuple[str, ...]:
    """Packages of ``CIVIQUE_EXTRA_MODULES`` for the live processes, besides the sample; a test module may have its own."""
    return ()


@pytest.fixture(scope="module")
def live(services: dict[str, str], live_modules: tuple[str, ...]) -> Iterator[str]:
    """Web, worker and relay running; gives ``host:port`` of the apex.

    For one module at a time: this worker would take the jobs that other tests run themselves.
    """
    from civique.core.config import config

    port = config().port
    environment = {**services, "PORT": str(port), "THREADS": "4", "REGISTRY_SECONDS": "0"}
    environment["CIVIQUE_EXTRA_MODULES"] = " ".join((services["CIVIQUE_EXTRA_MODULES"], *live_modules))
    log = (config().var / "live.log").open("ab")
    command = [sys.executable, "-m", "civique.cli"]
    programs = [
        subprocess.Popen([*command, name], env=environment, stdout=log, stderr=log)
        for name in ("web", "worker", "relay")
    ]
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield f"civique.localhost:{port}"
    finally:
        for program in programs:
            program.terminate()
        for program in programs:
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                program.kill()


def _wait(address: str) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise RuntimeError("the web process does not answer")


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Any]:
    """One Chromium a test process."""
    from playwright.sync_api import sync_playwright

    path = chromium()
    if path is None:
        pytest.fail("No Chromium on this machine: install it (apt install chromium) or run BROWSER=none make test.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium_browser: Any, live: str) -> Iterator[Callable[..., Any]]:
    """Opens a page of a phone or a screen; closes them, and fails the test on a script error or a foreign request."""
    contexts: list[Any] = []
    problems: list[str] = []

    def new_page(width: int = 360, *, javascript: bool = True, **options: Any) -> Any:
        context = chromium_browser.new_context(
            viewport={"width": width, "height": 740}, locale="fr-FR", java_script_enabled=javascript, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(f"script error: {error}"))
        page.on("request", lambda r: problems.append(f"foreign: {r.url}") if _foreign(r.url) else None)
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert not problems, problems


def _foreign(address: str) -> bool:
    return ".localhost:" not in address and not address.startswith(("data:", "blob:", "about:"))


@pytest.fixture
def address(live: str) -> Callable[[Commune, str], str]:
    """Full address of a page of a commune, on the live processes."""

    def full(commune: Commune, path: str = "/") -> str:
        return f"http://{commune.tenant.slug}.{live}{path}"

    return full


@pytest.fixture
def sign_in(live: str) -> Callable[..., None]:
    """Puts the session cookie of a person in a page's browser."""

    def enter(page: Any, commune: Commune, person: Any) -> None:
        client = commune.client(person)
        token = client.client.get_cookie("civique", domain=commune.host.split(":")[0]).value
        page.context.add_cookies([{"name": "civique", "value": token, "url": f"http://{commune.tenant.slug}.{live}/"}])

    return enter

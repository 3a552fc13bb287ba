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
    """The system's Chromium, if any: first the one without windows, which opens a page three times as fast."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


class Web:
    """The web process of a test process: started at its first need, and again when other packages are wanted."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._packages: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None

    def serve(self, packages: tuple[str, ...]) -> None:
        """Be there, with these packages of modules besides the sample."""
        if self._process is not None and self._process.poll() is None and packages == self._packages:
            return
        self.stop()
        self._packages, environment = packages, with_packages(self._environment, packages)
        self._process = start("web", environment)
        _wait(f"http://127.0.0.1:{environment['PORT']}/readyz")

    def stop(self) -> None:
        """Be there no more."""
        if self._process is not None:
            stop([self._process])


def with_packages(environment: dict[str, str], packages: tuple[str, ...]) -> dict[str, str]:
    """Environment of the live processes."""
    from civique.core.config import config

    extra = " ".join((environment["CIVIQUE_EXTRA_MODULES"], *packages))
    own = {"PORT": str(config().port), "THREADS": "4", "REGISTRY_SECONDS": "0", "CIVIQUE_EXTRA_MODULES": extra}
    return environment | own


def start(name: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a program as in production; what it says is in ``live.log``."""
    from civique.core.config import config

    with (config().var / "live.log").open("ab") as log:
        return subprocess.Popen([sys.executable, "-m", "civique.cli", name], env=environment, stdout=log, stderr=log)


def stop(programs: list[subprocess.Popen[bytes]]) -> None:
    """Ask programs to stop, and wait until they have."""
    for program in programs:
        program.terminate()
    for program in programs:
        try:
            program.wait(10)
        except subprocess.TimeoutExpired:
            program.kill()


@pytest.fixture(scope="session")
def web(services: dict[str, str]) -> Iterator[Web]:
    """The web process, when something asks for it."""
    made = Web(services)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def live_modules() -> tuple[str, ...]:
    """Packages of ``CIVIQUE_EXTRA_MODULES`` for the live processes, besides the sample; a test module may have its own."""
    return ()


@pytest.fixture(scope="module")
def live(web: Web, live_modules: tuple[str, ...]) -> str:
    """The web process is running; gives ``host:port`` of the apex. What it asks for is done with ``working`` alone."""
    from civique.core.config import config

    web.serve(live_modules)
    return f"civique.localhost:{config().port}"


@pytest.fixture(scope="module")
def working(live: str, services: dict[str, str], live_modules: tuple[str, ...]) -> Iterator[None]:
    """The worker and the relay are running too.

    For one module at a time: they would take the jobs that other tests run themselves.
    """
    programs = [start(name, with_packages(services, live_modules)) for name in ("worker", "relay")]
    yield
    stop(programs)


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
        # Without motion: what is looked at is what the page comes to.
        usual = {"viewport": {"width": width, "height": 740}, "locale": "fr-FR", "reduced_motion": "reduce"}
        context = chromium_browser.new_context(java_script_enabled=javascript, **usual, **options)
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

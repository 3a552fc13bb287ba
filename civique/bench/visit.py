"""The first visit of public pages in Chromium: bytes and requests on the wire, elements, EcoIndex."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from civique.bench import ecoindex
from civique.bench.figure import CannotMeasure, Measure
from civique.bench.instance import fetch
from civique.bench.stage import Stage

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@dataclass
class Traffic:
    """What went over the wire for one page, as Chromium itself counts it: headers and bodies as they were received."""

    requests: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    received: float = 0.0
    elements: int = 0
    worker_requests: int = 0
    worker_received: float = 0.0

    def listen(self, tools: Any) -> None:
        """Note what the page asks for."""
        tools.on("Network.requestWillBeSent", lambda event: self.requests.append(event["request"]["url"]))
        tools.on("Network.responseReceived", lambda event: self._answered(event["response"]))
        tools.on("Network.loadingFinished", lambda event: self._received(event["encodedDataLength"]))
        tools.send("Network.enable")

    def add_worker(self, requests: list[Any], port: int) -> None:
        """Note what the service worker asked for; a file that Chromium had already costs nothing."""
        for request in requests:
            sizes = request.sizes()
            length = sizes["responseHeadersSize"] + sizes["responseBodySize"]
            if request.url.endswith("/sw.js"):  # the body of the worker itself is not told
                length += len(fetch(port, urlsplit(request.url).netloc, "/sw.js")[1])
            self.worker_requests += length > 0
            self.worker_received += length

    def _answered(self, response: dict[str, Any]) -> None:
        if response["status"] >= 400:
            self.refused.append(response["url"])

    def _received(self, length: float) -> None:
        self.received += length


def measure(stage: Stage) -> list[Measure]:
    """Each page is visited by a browser that knows nothing of the site."""
    tenant, paths = stage.lived_in
    host = stage.instance.host(tenant)
    with stage.instance.programs("web"), _chromium() as browser:
        pages = {name: _first_visit(browser, host, path, stage.instance.port) for name, path in paths.items()}
    everything = list(pages.values())
    foreign = [url for traffic in everything for url in traffic.requests if urlsplit(url).netloc != host]
    refused = [url for traffic in everything for url in traffic.refused]
    return [
        *(one for name, traffic in pages.items() for one in _measures(name, traffic)),
        Measure("Requests to a third party", len(foreign), "", bar=0, note=" ".join(foreign)),
        Measure("Requests answered by an error", len(refused), "", bar=0, note=" ".join(refused)),
        Measure(
            "The service worker fetches besides",
            max(t.worker_received for t in everything) / 1000,
            "kB",
            note=f"{max(t.worker_requests for t in everything)} requests, once a browser and release",
        ),
    ]


def _first_visit(browser: Any, host: str, path: str, port: int) -> Traffic:
    """Visit until the network is quiet and the service worker has what it keeps."""
    traffic = Traffic()
    by_worker: list[Any] = []
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fr-FR")
    context.on("requestfinished", lambda request: by_worker.append(request) if request.service_worker else None)
    try:
        page = context.new_page()
        tools = context.new_cdp_session(page)
        traffic.listen(tools)
        answer = page.goto(f"http://{host}{path}", wait_until="networkidle")
        if answer is None or answer.status != 200:
            raise CannotMeasure(f"http://{host}{path} does not answer 200 in the browser")
        tools.send("Page.getAppManifest")  # a browser with a window asks for it by itself
        page.evaluate("navigator.serviceWorker.ready")
        page.wait_for_timeout(500)
        traffic.elements = page.evaluate("document.querySelectorAll('*').length")
        traffic.add_worker(by_worker, port)
    finally:
        context.close()
    return traffic


def _measures(name: str, traffic: Traffic) -> list[Measure]:
    kilobytes, requests = traffic.received / 1000, len(traffic.requests)
    points = ecoindex.score(traffic.elements, requests, kilobytes)
    return [
        Measure(f"Bytes of « {name} »", kilobytes, "kB", bar=150),
        Measure(f"Requests of « {name} »", requests, "", bar=10),
        Measure(
            f"EcoIndex of « {name} »",
            points,
            "",
            bar=80,
            at_least=True,
            note=f"grade {ecoindex.grade(points)}; {traffic.elements} elements",
        ),
    ]


@contextmanager
def _chromium() -> Iterator[Any]:
    """A Chromium of this machine, or Playwright's own.

    Raises:
        CannotMeasure: there is no Playwright, or no browser.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise CannotMeasure(
            "Playwright is not installed: it comes with requirements-dev.txt (« make bench » installs it)."
        ) from None
    path = next((found for found in map(shutil.which, NAMES) if found), None)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        except Error as error:
            raise CannotMeasure(
                "No Chromium on this machine: apt install chromium, or playwright install chromium."
            ) from error
        try:
            yield browser
        finally:
            browser.close()

"""Every page that a link leads to, in a commune that is lived in: opened once in a real browser at 320 px (WCAG 1.4.10),
with every fold open. Nothing is broken, nothing is wider than the screen, axe finds nothing, the console is silent.

Pages that need no identifier are in ``test_pages``; here are those with an object, as somebody finds them.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Error
from werkzeug.exceptions import HTTPException

from civique.core.people.queries import get_person
from tests.architecture.test_matrix_places import lived_in
from tests.fixtures import Commune, wsgi
from tests.journeys.axe import violations

__all__ = ["lived_in"]
WIDTH = 320
# One page of each kind tells enough, but a request looks otherwise in each of its states.
OBJECTS = {"fund_desk.file": 25, "fund.follow": 25}


class Crawl:
    """Follows the links from some pages, each route once for each set of filters (see ``OBJECTS``)."""

    def __init__(self, page: Any, site: str) -> None:
        self.page, self.site = page, site
        self.routes = wsgi().commune.url_map.bind("")
        self.said: list[str] = []
        self.seen: dict[tuple[str, str], set[str]] = {}
        self.problems: list[str] = []
        page.on("console", lambda message: self.said.append(message.text) if message.type == "error" else None)

    def run(self, *begin: str) -> "Crawl":
        """Follow everything from these pages."""
        todo = list(begin)
        while todo:
            path = todo.pop(0)
            kind = self._kind(path)
            if kind is None:
                continue
            opened = self.seen.setdefault(kind, set())
            if path not in opened and len(opened) < OBJECTS.get(kind[0], 1):
                opened.add(path)
                todo += self._look(path)
        return self

    @property
    def endpoints(self) -> set[str]:
        """Routes that were opened."""
        return {endpoint for (endpoint, _filters), opened in self.seen.items() if opened}

    def _kind(self, path: str) -> tuple[str, str] | None:
        """Route and names of the filters; nothing for a file, another language or the way out."""
        parts = urlsplit(path)
        if any(
            word in path for word in ("format=", "/fichiers/", "/langue/", ".pdf", ".csv", ".json", ".ics", ".atom")
        ):
            return None
        try:
            endpoint, _values = self.routes.match(parts.path, method="GET")
        except HTTPException:
            self.problems.append(f"{path}: leads nowhere")
            return None
        return endpoint, " ".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))

    def _look(self, path: str) -> list[str]:
        """Note what is wrong with a page; give where it leads."""
        self.said.clear()
        try:
            answer = self.page.goto(self.site + path)
        except Error as error:
            if "Download is starting" in str(error):
                return []
            raise
        if answer.status != 200:
            self.problems.append(f"{path}: {answer.status}")
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        self.page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        self.problems += [f"{path}: {found}" for found in self._wrong()]
        links = self.page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
        here = (link.partition("#")[0] for link in links)
        return [
            urlsplit(self.site + path)._replace(query="").path + link if link.startswith("?") else link
            for link in here
            if link.startswith(("/", "?"))
        ]

    def _wrong(self) -> Iterator[str]:
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > WIDTH:
            yield f"{wide} px wide"
        yield from violations(self.page)
        yield from self.said


def person_of(commune: Commune, found: str) -> Any:
    """The person whose id a statement finds."""
    with commune.session() as session:
        return get_person(session, commune.sql(found)[0][0])


def test_every_page_of_the_mairie(lived_in, open_page, address, sign_in):
    page = open_page(WIDTH, color_scheme="dark")
    sign_in(page, lived_in, person_of(lived_in, "SELECT person_id FROM role_grant WHERE role = 'administrator'"))
    found = Crawl(page, address(lived_in, "")).run("/mairie", "/mairie/fonds", "/mairie/fonds?page=2")
    assert found.problems == []
    assert len(found.endpoints) > 100, "the links are followed"


def test_every_page_of_a_resident(lived_in, open_page, address, sign_in):
    page = open_page(WIDTH)
    most = "SELECT holder_id FROM fund_request WHERE holder_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
    sign_in(page, lived_in, person_of(lived_in, most))
    found = Crawl(page, address(lived_in, "")).run("/", "/mon-compte")
    assert found.problems == []
    assert len(found.endpoints) > 40, "the links are followed"

"""Every page of who signed in, in a commune that is lived in: opened once in a real browser at 320 px (WCAG 1.4.10), with
every fold open. Nothing is broken, nothing is wider than the screen, axe finds nothing, the console is silent.

A module's pages are followed from where its ``pages.py`` says; a link that leaves for another module must lead to a route.
Then come those that no link led to and that need no identifier. Who is not signed in is in ``test_pages``.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error
from werkzeug.exceptions import HTTPException

from civique.core.people.queries import get_person
from tests.architecture.test_matrix import module_of
from tests.client import PageClient
from tests.fixtures import Commune, wsgi
from tests.journeys.axe import wrong
from tests.journeys.test_pages import DESK, plain_pages
from tests.lived_in import optional_modules
from tests.pages import MODULE, Pages, pages_of

WIDTH = 320


class Crawl:
    """Follows the links of a module from some pages, each route once for each set of filters (see ``Pages.several``)."""

    def __init__(self, page: Any, site: str, module: str, pages: Pages) -> None:
        self.page, self.site, self.module, self.pages = page, site, module, pages
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
            if kind is None or (module_of(kind[0]) != self.module and path not in begin):
                continue
            opened = self.seen.setdefault(kind, set())
            if path not in opened and len(opened) < self.pages.several.get(kind[0], 1):
                opened.add(path)
                todo += self._look(path)
        return self

    def run_rest(self, paths: Iterable[str], client: PageClient) -> None:
        """Look at those of these pages that no link led to, and that are there for whom the client speaks."""
        for path in paths:
            kind = self._kind(path)
            own = kind is not None and module_of(kind[0]) == self.module and kind not in self.seen
            if own and client.get(path).status == 200:
                self._look(path)

    @property
    def endpoints(self) -> set[str]:
        """Routes of the module that were opened."""
        return {name for (name, _filters), opened in self.seen.items() if opened and module_of(name) == self.module}

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
        # The folds of the page; a menu that is open lies over it, and hides half a button: see test_navigation.
        self.page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
        self.problems += [f"{path}: {found}" for found in (*wrong(self.page), *self.said)]
        links = self.page.evaluate("[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))")
        here = (link.partition("#")[0] for link in links)
        return [
            urlsplit(self.site + path)._replace(query="").path + link if link.startswith("?") else link
            for link in here
            if link.startswith(("/", "?"))
        ]


def person_of(commune: Commune, found: str) -> Any:
    """The person whose id a statement finds."""
    with commune.session() as session:
        return get_person(session, commune.sql(found)[0][0])


def crawls() -> list[tuple[str, str]]:
    """Each module with each of those who follow its links."""
    chosen = [MODULE] if MODULE else ["core", *optional_modules()]
    return [(module, who) for module in chosen for who in pages_of(module).crawls]


@pytest.mark.parametrize(("module", "who"), crawls())
def test_every_page(module, who, lived_in, open_page, address, sign_in):
    pages = pages_of(module)
    crawl = pages.crawls[who]
    page = open_page(WIDTH, color_scheme="dark" if who == "administrator" else "light")
    person = person_of(lived_in, crawl.person)
    sign_in(page, lived_in, person)
    found = Crawl(page, address(lived_in, ""), module, pages).run(*crawl.begin)
    assert len(found.endpoints) >= crawl.least, f"the links are followed: {len(found.endpoints)}"
    rest = (path for path in plain_pages(wsgi().commune) if path.startswith(DESK) == (who == "administrator"))
    found.run_rest(rest, lived_in.client(person))
    assert found.problems == []

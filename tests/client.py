"""A client that refuses bad pages: each HTML page it fetches is checked, so that a feature's own test fails."""

import re
from functools import cached_property
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E
from werkzeug.test import Client, TestResponse

H = "{http://www.w3.org/1999/xhtml}"
# html5lib does not know some valid things: void elements of SVG, and its tokenizer's remarks on « / » in SVG tags.
E164 = re.compile(r"\+(?:33|262|590|594|596)\d{9}")
TOLERATED = {"non-void-element-with-trailing-solidus"}


# What holds words only, and what it must not hold: html5lib lets it be, browsers and screen readers guess.
PHRASING = ("span", "strong", "em", "small", "b", "i", "label", "button", "legend", "h1", "h2", "h3", "h4")
FLOW = frozenset(
    f"{H}{tag}"
    for tag in (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "details",
            "dialog",
            "div",
            "dl",
            "fieldset",
            "figure",
            "footer",
        ),
        *("form", "h1", "h2", "h3", "h4", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"),
    )
)


class BadPage(AssertionError):
    """A page that would make a person or a screen reader stumble."""


class Page:
    """An answer with what a test wants to read of it."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        readable = (response.mimetype or "").startswith(("text/", "application/"))
        self.text = response.get_data().decode("utf-8", "replace") if readable else ""
        self.headers = response.headers
        self.location = response.headers.get("Location", "")

    @cached_property
    def tree(self) -> Element | None:
        """Its elements, when it is HTML."""
        if self.response.mimetype != "text/html" or not self.text:
            return None
        return parse(self.text)[0]

    @property
    def words(self) -> str:
        """What a reader sees of the main part, on one line, spaces folded (non-breaking ones too)."""
        assert self.tree is not None
        main = next(iter(self.tree.iter(f"{H}main")), self.tree)
        return " ".join(" ".join(main.itertext()).split())

    @property
    def title(self) -> str:
        """First heading."""
        assert self.tree is not None
        return " ".join("".join(next(self.tree.iter(f"{H}h1")).itertext()).split())

    def links(self) -> list[str]:
        """Addresses of the links."""
        assert self.tree is not None
        return [a.get("href", "") for a in self.tree.iter(f"{H}a")]

    def form(self, action: str | None = None) -> dict[str, str]:
        """Values that a form would send untouched: by its action, or the only one of the main part that writes."""
        assert self.tree is not None
        main = next(iter(self.tree.iter(f"{H}main")), self.tree)
        forms = [f for f in main.iter(f"{H}form") if f.get("method", "get") == "post"]
        if action is not None:
            forms = [f for f in forms if f.get("action", "").split("?")[0] == action]
        assert forms, f"no form for {action}: {[f.get('action') for f in main.iter(H + 'form')]}"
        return dict(_values(forms[0]))


def _values(form: Element) -> list[tuple[str, str]]:
    found = []
    for element in form.iter():
        name = element.get("name")
        if not name:
            continue
        kind = element.get("type", "text")
        if element.tag == f"{H}input" and kind in {"checkbox", "radio"}:
            if element.get("checked") is not None:
                found.append((name, element.get("value", "on")))
        elif element.tag == f"{H}input" and kind not in {"submit", "file"}:
            found.append((name, element.get("value", "")))
        elif element.tag == f"{H}textarea":
            found.append((name, "".join(element.itertext()).lstrip("\n")))
        elif element.tag == f"{H}select":
            options = list(element.iter(f"{H}option"))
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            found += [(name, o.get("value", "")) for o in chosen]
    return found


class PageClient:
    """A browser without JavaScript on one host."""

    def __init__(self, application: Any, host: str) -> None:
        self.client = Client(application)
        self.host = host

    def get(self, path: str, **options: Any) -> Page:
        """Fetch a page."""
        return self._open("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> Page:
        """Send a form as it is given, without token unless it holds one."""
        return self._open("POST", path, data=data or {}, **options)

    def submit(self, path: str, data: dict[str, Any] | None = None, *, on: str | None = None, **options: Any) -> Page:
        """Open the page ``on`` (the form's own path by default), fill its form for ``path``, send it."""
        page = self.get(on or path)
        assert page.status == 200, f"{on or path}: {page.status}"
        return self.post(path, {**page.form(path), **(data or {})}, **options)

    def follow(self, page: Page) -> Page:
        """Go where a 303 leads."""
        assert page.status == 303, f"{page.status}: {page.text[:2000]}"
        return self.get(page.location)

    def sign_in(self, commune: Any, person: Any, *, strong: bool = True) -> None:
        """Open a session for a person, as the sign-in page does."""
        from civique.core.access.operations import open_session
        from civique.core.people.queries import get_person

        with commune.session() as session:
            token = open_session(session, get_person(session, person.id), strong=strong)
        self.client.set_cookie("civique", token, domain=self.host.split(":")[0])

    def _open(self, method: str, path: str, **options: Any) -> Page:
        if path.startswith("http"):
            path = "/" + path.split("/", 3)[3]
        address, _, query = path.partition("?")
        if "query" in options:
            query = urlencode(options.pop("query"))
        response = self.client.open(
            address, method=method, query_string=query, base_url=f"http://{self.host}", **options
        )
        page = Page(response)
        if response.mimetype == "text/html" and page.text:
            fragment = dict(options.get("headers", {})).get("HX-Request-Type") == "partial"
            seen = sha256(TOKEN.sub("", page.text).encode()).digest(), fragment
            if seen not in FINE:
                page.tree = check(page.text, f"{method} {path}", fragment=fragment)
                FINE.add(seen)
        return page


TOKEN = re.compile(r'(?<=name="csrf_token" value=")[\w.-]+(?=")')
FINE: set[tuple[bytes, bool]] = set()
"""Pages that were checked, without what changes at each visit: those that say the same are not checked again."""


def parse(text: str) -> tuple[Element, list[Any]]:
    """The elements of a page, and what is wrong with it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    tree: Element = parser.parse(text)
    return tree, [error for error in parser.errors if error[1] not in TOLERATED]


def check(text: str, where: str, *, fragment: bool = False) -> Element:
    """Parse strictly and refuse: invalid HTML, no title or not one h1, ids twice, fields without label, inline styles or
    scripts, blocks inside words, forms that write without token, untranslated leftovers."""
    tree, errors = parse(text)
    if fragment:
        errors = [
            error
            for error in errors
            if error[1] not in {"expected-doctype-but-got-start-tag", "expected-doctype-but-got-chars"}
        ]
    if errors:
        position, code, data = errors[0]
        raise BadPage(f"{where}: invalid HTML at {position}: {E[code] % data}\n{_around(text, position[0])}")
    if not fragment:
        titles = ["".join(t.itertext()).strip() for t in tree.iter(f"{H}title")]
        _require(bool(titles and titles[0].strip(" –")), where, "no title")
        _require(len(list(tree.iter(f"{H}h1"))) == 1, where, "not exactly one h1")
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    twice = {i for i in ids if ids.count(i) > 1}
    _require(not twice, where, f"ids twice: {twice}")
    labelled = {label.get("for") for label in tree.iter(f"{H}label")}
    wrapped = {id(e) for label in tree.iter(f"{H}label") for e in label.iter()}
    for tag in ("input", "select", "textarea"):
        for element in tree.iter(f"{H}{tag}"):
            hidden = element.get("type") in {"hidden", "submit"}
            named = element.get("id") in labelled or id(element) in wrapped or element.get("aria-label")
            _require(hidden or bool(named), where, f"field without label: {element.attrib}")
    for element in tree.iter():
        _require(element.get("style") is None, where, f"style attribute on {element.tag}")
        _require(not any(name.startswith("on") for name in element.attrib), where, f"inline handler on {element.tag}")
        for reference in (element.get("aria-describedby") or "").split():
            _require(reference in ids, where, f"aria-describedby to nothing: {reference}")
    number = E164.search("".join(tree.itertext()))
    _require(number is None, where, f"a telephone number as machines write it: {number and number[0]}")
    for tag in PHRASING:
        for element in tree.iter(f"{H}{tag}"):
            blocks = [
                inner.tag.removeprefix(H) for inner in element.iter() if inner is not element and inner.tag in FLOW
            ]
            allowed = tag == "legend" and set(blocks) <= {"h1", "h2", "h3", "h4"}
            _require(not blocks or allowed, where, f"{blocks} inside {tag}: {element.attrib}")
    for cell in tree.iter(f"{H}td"):
        nothing = not "".join(cell.itertext()).strip() and not list(cell)
        labelled = cell.get("data-label") is not None
        _require(not (labelled and nothing and cell.text), where, f"empty cell shown on a phone: {cell.attrib}")
    for script in tree.iter(f"{H}script"):
        _require(bool(script.get("src")), where, "inline script")
    for form in tree.iter(f"{H}form"):
        if form.get("method", "get").lower() == "post":
            names = [e.get("name") for e in form.iter() if e.get("name")]
            _require("csrf_token" in names, where, f"form without token: {form.get('action')}")
    return tree


def _require(fine: bool, where: str, sentence: str) -> None:
    if not fine:
        raise BadPage(f"{where}: {sentence}")


def _around(text: str, line: int) -> str:
    lines = text.splitlines()
    return "\n".join(lines[max(0, line - 2) : line + 1])[:600]

"""Menu of the back office: the day's work, the commune, the modules by name. The pages of a group are tabs inside it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request, url_for
from sqlalchemy import Select

from civique.core import i18n
from civique.core.access.queries import Rights
from civique.core.folding import fold
from civique.core.i18n import _l
from civique.core.loading import ask_together
from civique.core.manifest import DeskGroup, Link, Manifest
from civique.core.registry import modules
from civique.web.access import opens
from tenants.db import db
from tenants.tenant import Tenant


@dataclass(frozen=True)
class Entry:
    """A line of the menu, or a page inside it (then without ``pages``).

    ``waiting`` is how many things wait behind it, its pages included. ``current`` is ``page`` when it is the page that is
    shown, ``true`` when that page is below it, otherwise empty: the value of ``aria-current``.
    """

    label: str
    url: str
    icon: str
    name: str = ""
    query: Select[Any] | None = None
    pages: tuple["Entry", ...] = ()
    waiting: int = 0
    current: str = ""


@dataclass(frozen=True)
class Section:
    """Entries under one title."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Menu:
    """What somebody may open, with what waits, seen from one page. ``inside`` is the entry whose tabs that page shows."""

    sections: tuple[Section, ...]
    inside: Entry | None

    @property
    def waiting(self) -> int:
        """Things that wait behind the day's work and the modules."""
        return sum(entry.waiting for section in self.sections for entry in section.entries)


def desk_menu(tenant: Tenant, rights: Rights) -> Menu:
    """The menu on the page of this request; the numbers of all entries are asked in one statement."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    sections = _sections(app, tenant.modules, rights, i18n.get_locale())
    numbers = ask_together(db.session, tuple(page.query for page in _pages(sections) if page.query is not None))
    address = _current_address(sections)
    module = app.config["MODULE_OF_BLUEPRINT"].get(request.blueprint, "")
    seen = tuple(
        replace(section, entries=tuple(_seen(entry, numbers, address, module) for entry in section.entries))
        for section in sections
    )
    inside = (entry for section in seen for entry in section.entries if entry.current and len(entry.pages) > 1)
    return Menu(seen, next(inside, None))


def pages_of(menu: Menu) -> list[tuple[str, Entry]]:
    """Every page that the menu leads to, with the name of its group."""
    return [
        (entry.label if entry.pages else section.label, page)
        for section in menu.sections
        for entry in section.entries
        for page in entry.pages or (entry,)
    ]


def named(pages: list[tuple[str, Entry]], words: str) -> list[tuple[str, Entry]]:
    """Of these pages, those whose name, or that of their group, holds each of the words; without words, all of them."""
    wanted = fold(words).split()
    return [found for found in pages if all(word in fold(f"{found[0]} {found[1].label}") for word in wanted)]


@lru_cache(maxsize=256)
def _sections(app: Flask, on: frozenset[str], rights: Rights, _locale: str) -> tuple[Section, ...]:
    """The menu of the same roles, before anything is counted; labels are in the language of the request."""
    core, *others = modules().on(on)
    daily = [_page(link) for link in _links(app, core, rights) if link.daily]
    groups = [(group, _group(app, core, rights, group)) for group in core.desk_groups]
    brought = [_module(app, manifest, rights) for manifest in others]
    sections = (
        Section(str(_l("My work")), tuple(daily)),
        Section(str(_l("The commune")), tuple(entry for group, entry in groups if entry and not group.last)),
        Section(str(_l("Modules")), tuple(sorted(filter(None, brought), key=lambda entry: fold(entry.label)))),
        Section(str(_l("Administration")), tuple(entry for group, entry in groups if entry and group.last)),
    )
    return tuple(section for section in sections if section.entries)


def _links(app: Flask, manifest: Manifest, rights: Rights) -> list[Link]:
    return [
        link
        for link in manifest.desk_links
        if link.permission is None or opens(rights, app.view_functions[link.endpoint], link.permission)
    ]


def _page(link: Link) -> Entry:
    return Entry(str(link.label), url_for(link.endpoint), link.icon, query=link.count)


def _group(app: Flask, core: Manifest, rights: Rights, group: DeskGroup) -> Entry | None:
    """A group of the core; somebody who may open one of its pages alone sees that page's name."""
    pages = tuple(_page(link) for link in _links(app, core, rights) if link.group == group.code and not link.daily)
    if len(pages) == 1:
        return pages[0]
    return Entry(str(group.label), pages[0].url, group.icon, pages=pages) if pages else None


def _module(app: Flask, manifest: Manifest, rights: Rights) -> Entry | None:
    pages = tuple(_page(link) for link in _links(app, manifest, rights))
    if not pages:
        return None
    return Entry(str(manifest.label), pages[0].url, manifest.icon, name=manifest.name, pages=pages)


def _pages(sections: tuple[Section, ...]) -> Iterator[Entry]:
    for section in sections:
        for entry in section.entries:
            yield from entry.pages or (entry,)


def _current_address(sections: tuple[Section, ...]) -> str:
    """Of the addresses of the menu, the longest that this page is under. Every page is under the work list's: only itself."""
    top = url_for(current_app.config["DESK"])
    under = [
        page.url
        for page in _pages(sections)
        if request.path == page.url or (page.url != top and request.path.startswith(f"{page.url}/"))
    ]
    return max(under, key=len, default="")


def _seen(entry: Entry, numbers: dict[Select[Any], int], address: str, module: str) -> Entry:
    """An entry with its numbers, marked when this page is below it: by its address, or because its module answers."""
    pages = tuple(_seen(page, numbers, address, "") for page in entry.pages)
    own = numbers.get(entry.query, 0) if entry.query is not None else 0
    below = any(page.current for page in pages) or bool(module and entry.name == module)
    current = "true" if below else ""
    if not pages and entry.url == address:
        current = "page" if request.path == address else "true"
    return replace(entry, pages=pages, waiting=own + sum(page.waiting for page in pages), current=current)

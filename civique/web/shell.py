"""What every template finds: the commune, menus, words for dates and sums, icons."""

import re
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from flask import Flask, current_app, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from civique.core import commune, i18n, settings
from civique.core.config import ROOT, config
from civique.core.contributions.labels import things_in_words
from civique.core.durations import duration
from civique.core.i18n import gettext, ngettext, pgettext
from civique.core.manifest import Link
from civique.core.open_data import Feed
from civique.core.registry import modules
from civique.services.communes import Article, name_with_a, name_with_de
from civique.services.identifiers import format_amount, format_phone
from civique.web import menu, theme
from civique.web.access import Visitor, visitor
from civique.web.conditional import build
from tenants.db import db
from tenants.session import current_tenant
from tenants.tenant import Tenant


class Site:
    """The commune as templates see it; each part is read from the database at its first use in the request."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    @property
    def name(self) -> str:
        """Name of the commune."""
        return self.tenant.name

    @property
    def identity(self) -> commune.Identity:
        """How it presents itself."""
        return settings.get(db.session, commune.Identity)

    @property
    def contact(self) -> commune.Contact:
        """How to reach the mairie."""
        return settings.get(db.session, commune.Contact)

    @property
    def accessibility(self) -> commune.Accessibility:
        """State of conformity."""
        return settings.get(db.session, commune.Accessibility)

    @property
    def de(self) -> str:
        """« de Loire-Authion », « d’Angers », « du Mans »."""
        return name_with_de(self.name, Article(self.identity.article))

    @property
    def a(self) -> str:
        """« à Loire-Authion », « au Mans »."""
        return name_with_a(self.name, Article(self.identity.article))

    def shown_to(self, who: Visitor) -> bool:
        """Whether somebody sees the pages: everybody once the site is published, the staff until then."""
        return settings.get(db.session, commune.SetUp).published or who.rights.staff

    @property
    def address(self) -> str:
        """Address of the site."""
        return commune.site_address(self.tenant)

    @property
    def theme(self) -> str:
        """Address of the style sheet of the commune's colour."""
        return url_for("shell.theme_css", fingerprint=theme.fingerprint(self.identity.colour))

    def door(self, name: str) -> list[Link]:
        """What the modules that are on put at one of the three doors: ``inform``, ``report`` or ``participate``."""
        return [link for m in modules().of(self.tenant) for link in m.public_links if link.door == name]

    def announced(self) -> list[Feed]:
        """Feeds that the page of this request announces to readers."""
        page = None if self.tenant.is_platform else request.endpoint
        return [feed for m in modules().of(self.tenant) for feed in m.feeds if page in feed.pages]

    def desk(self) -> menu.Menu:
        """Menu of the back office on this page."""
        return menu.desk_menu(self.tenant, visitor().rights)


@cache
def icon_source(name: str) -> str:
    """Inner drawing of a lucide icon."""
    source = (ROOT / "static" / "vendor" / "lucide" / f"{name}.svg").read_text()
    inner = re.search(r"<svg[^>]*>(.*)</svg>", source, re.S)
    assert inner is not None
    return " ".join(inner.group(1).split())


@cache
def icon(name: str) -> Markup:
    """An icon drawn in the page; decoration only, so hidden from screen readers."""
    return (
        Markup(
            '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"'
            ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        )
        + Markup(icon_source(name))  # noqa: S704 (vendored file)
        + Markup("</svg>")
    )


def money(cents: int | None, *, round_euros: bool = False) -> str:
    """« 1 250,00 € »; unknown is « n. d. », never 0."""
    if cents is None:
        return gettext("n/a")
    return format_amount(cents, i18n.get_locale(), round_euros=round_euros)


@cache
def _markdown_parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")


@lru_cache(maxsize=200)  # the same few texts are shown to everybody, and a rendering costs more than a query
def markdown(text: str) -> Markup:
    """Text of the mairie as HTML: Markdown without raw HTML, then only known tags; headings start at level 2."""
    import nh3

    html = _markdown_parser().render(text)
    tags = {
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "a",
        "blockquote",
        "br",
        "hr",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
    }
    html = html.replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    clean = nh3.clean(html, tags=tags, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"})
    return Markup(clean)  # noqa: S704 (cleaned just above)


def isodate(value: date | datetime) -> str:
    """For ``<time datetime>``."""
    return value.isoformat()


def static(filename: str) -> str:
    """Address of one of our files, which changes with its content."""
    return url_for("static", filename=filename, v=_version(filename))


@cache
def _version(filename: str) -> str:
    import hashlib

    return hashlib.sha256((ROOT / "static" / filename).read_bytes()).hexdigest()[:8]


def other_page(number: int) -> str:
    """Address of another page of this list, with the same filters."""
    arguments = {**request.args.to_dict(), **(request.view_args or {}), "page": number}
    return url_for(request.endpoint or "site.home", **arguments)


def csrf_token() -> str:
    """Token of the forms of this page; a page that asks for it is not kept by anyone."""
    token: str = generate_csrf()
    return token


def cached_url(endpoint: str, **values: Any) -> str:
    """``url_for`` of the templates: the same few addresses are asked on every page.

    Not kept: what depends on the request (its blueprint, its host), and what visitors typed, which may be long.
    """
    of_the_request = endpoint.startswith(".") or "_external" in values
    if of_the_request or len(values) > 3 or not all(map(_short, values.values())):
        return url_for(endpoint, **values)
    kept = tuple((name, type(value), value) for name, value in values.items())  # True and 1 are two addresses
    return _url(current_app._get_current_object(), endpoint, kept)  # type: ignore[attr-defined]


def _short(value: Any) -> bool:
    return value is None or isinstance(value, UUID | int) or (isinstance(value, str) and len(value) <= 40)


@lru_cache(maxsize=5_000)
def _url(_app: Flask, endpoint: str, values: tuple[tuple[str, type, Any], ...]) -> str:
    return url_for(endpoint, **{name: value for name, _type, value in values})


def translated(message: str, /, **values: Any) -> Markup:
    """``_()`` of the templates: what Jinja's own answers, at half its cost; a page asks for sixty texts."""
    text = _written(i18n.get_locale(), message)
    return text % values if values or "%" in text else text


def counted(singular: str, plural: str, n: int, /, **values: Any) -> Markup:
    """``ngettext()`` of the templates, with other values than the number."""
    return Markup(ngettext(singular, plural, n, **{name: escape(value) for name, value in values.items()}))  # noqa: S704


@lru_cache(maxsize=10_000)
def _written(locale: str, message: str) -> Markup:
    with i18n.speaking(locale):
        return Markup(gettext(message))  # noqa: S704 (our own catalogues)


def init_app(app: Flask) -> None:
    """Give templates their words."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        long_date=i18n.long_date,
        clock_time=i18n.clock_time,
        date_and_time=i18n.date_and_time,
        number=i18n.number,
        file_size=i18n.file_size,
        money=money,
        date_from_iso=date.fromisoformat,
        isodate=isodate,
        day_number=i18n.day_number,
        short_month=i18n.short_month,
        markdown=markdown,
        things=lambda row, quantity=None: things_in_words(quantity or row.quantity, row.unit, row.description),
        phone=format_phone,
        duration=duration,
    )
    app.jinja_env.globals.update(
        _=translated,
        ngettext=counted,
        url_for=cached_url,
        icon=icon,
        static=static,
        csrf_token=csrf_token,
        other_page=other_page,
        build=build(),
    )
    ui = app.jinja_env.get_template("_ui/macros.html").module
    app.jinja_env.globals["ui"] = ui

    @app.context_processor
    def context() -> dict[str, Any]:
        return {
            "site": Site(current_tenant()),
            "visitor": visitor(),
            "config_": config(),
            "locale": i18n.get_locale(),
        }

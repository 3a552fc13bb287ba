"""Home page, news, pages, who’s who, search."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, current_app
from werkzeug.wrappers import Response

from civique.core import clock, search, settings
from civique.core.agenda.queries import next_events
from civique.core.commune import Identity
from civique.core.documents.models import StoredFile
from civique.core.evaluations import queries as evaluations
from civique.core.i18n import gettext as _
from civique.core.indicators.queries import has_public_figures
from civique.core.news import queries as articles
from civique.core.officials.operations import officials
from civique.core.registry import modules
from civique.core.stories import queries as stories
from civique.web.access import PUBLIC, allow, visitor
from civique.web.feeds import Entry, atom
from civique.web.figures import modules_on
from civique.web.lists import asked_words, paginate
from civique.web.pages import page
from civique.web.site.found import fixed_pages
from civique.web.site.openings import openings, ways
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("site", __name__)
CARDS = 4
"""Of the modules, shown open on the home page; the others are folded."""


@blueprint.get("/")
@allow(PUBLIC)
def home() -> Response:
    """Three doors, what goes on, the next dates."""
    cards = [c for m in modules().of(current_tenant()) if m.home_cards for c in m.home_cards(db.session)]
    cards.sort(key=lambda card: card.closes or date.max)
    news = db.session.scalars(articles.published_news().limit(3)).all()
    return page(
        "site/home.html",
        photo=_photo(),
        cards=cards[:CARDS],
        more=cards[CARDS:],
        news=news,
        events=next_events(db.session, clock.now()),
    )


def _photo() -> StoredFile | None:
    """The photo of the commune."""
    photo_id = settings.get(db.session, Identity).photo_id
    return db.session.get(StoredFile, UUID(photo_id)) if photo_id else None


@blueprint.get("/sinformer")
@allow(PUBLIC)
def inform() -> Response:
    """First door: news, agenda, pages, who does what."""
    news = db.session.scalars(articles.published_news().limit(6)).all()
    pages = articles.published_pages(db.session)
    figures = has_public_figures(db.session, modules_on())
    return page(
        "site/inform.html",
        news=news,
        pages=pages,
        figures=figures,
        evaluations=evaluations.has_published(db.session),
        stories=stories.has_published(db.session),
    )


@blueprint.get("/participer")
@allow(PUBLIC)
def participate() -> Response:
    """Third door: everything that a resident may do, by what one does, what closes soon first."""
    found = openings(
        link for m in modules().of(current_tenant()) for link in m.public_links if link.door == "participate"
    )
    return page(
        "site/participate.html",
        ways=ways(found),
        closed=[opening.link for opening in found if not opening.is_open],
        today=clock.today(),
    )


@blueprint.get("/actualites")
@allow(PUBLIC)
def news() -> Response:
    """All the news."""
    return page("site/news.html", block="rows", listing=paginate(articles.published_news()))


@blueprint.get("/actualites.atom")
@allow(PUBLIC)
def news_feed() -> Response:
    """The news, for readers and other sites."""
    rows = db.session.scalars(articles.published_news().limit(20)).all()
    entries = [Entry(f"/actualites/{a.slug}", a.title, a.published_at or a.created_at, a.summary) for a in rows]
    return atom(_("News of %(commune)s", commune=current_tenant().name), "/actualites.atom", entries)


@blueprint.get("/actualites/<slug>")
@allow(PUBLIC)
def news_item(slug: str) -> Response:
    """One news item."""
    return _article("news", slug)


@blueprint.get("/pages/<slug>")
@allow(PUBLIC)
def standing_page(slug: str) -> Response:
    """One page."""
    return _article("page", slug)


def _article(kind: str, slug: str) -> Response:
    """A published article; the mairie may also read its drafts."""
    article = articles.by_slug(db.session, slug)
    if article is None or article.kind != kind:
        abort(404)
    if article.state != "published" and not visitor().can("core.publish"):
        abort(404)
    return page("site/article.html", article=article)


@blueprint.get("/la-mairie")
@allow(PUBLIC)
def who_is_who() -> Response:
    """Élus and services."""
    return page("site/who_is_who.html", officials=officials(db.session))


@blueprint.get("/recherche")
@allow(PUBLIC)
def find() -> Response:
    """Search over everything public."""
    words = asked_words()
    kinds = {kind.code: kind.label for module in modules().of(current_tenant()) for kind in module.search}
    pages = fixed_pages(words)
    listing = paginate(search.find(words, kinds))
    return page("site/search.html", block="results", words=words, pages=pages, listing=listing, kinds=kinds)


@blueprint.get("/bloc")
@allow(PUBLIC)
def embed() -> Response:
    """Small block for the commune's existing site: open calls and next dates. The only page another site may frame."""
    cards = [link for m in modules().of(current_tenant()) for link in m.public_links]
    response = page("site/embed.html", links=cards, events=next_events(db.session, clock.now(), limit=5))
    response.headers["X-Embeddable"] = "1"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/robots.txt")
@allow(PUBLIC)
def robots() -> Response:
    """What search engines may read."""
    return current_app.response_class("User-agent: *\nDisallow: /mairie\nDisallow: /connexion\n", mimetype="text/plain")

"""News and pages of the site: write, preview, publish, withdraw, delete. The same views serve both kinds."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField

from civique.core import clock
from civique.core.documents.operations import drop_file
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.news import operations
from civique.core.news.models import Article
from civique.core.news.queries import IN_MENU, articles
from civique.web.access import allow
from civique.web.desk.labels import ARTICLE_STATES, TONES
from civique.web.desk.pictures import PictureFields, keep_picture
from civique.web.desk_list import DeskList, Filter, Order, anywhere, newest
from civique.web.forms import OnceForm, RevisionField, at_most, optional, required
from civique.web.lists import row_or_404
from civique.web.pages import go_path, notice, page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db

PERMISSION = "core.publish"
WORDS = ("title", "summary", "body")
NEWS = DeskList(
    name="actualites",
    title=_l("News"),
    select=lambda: articles("news"),
    columns=(
        Column(_l("Title"), lambda a: a.title),
        Column(_l("State"), lambda a: str(ARTICLE_STATES[a.state])),
        Column(_l("Published on"), lambda a: clock.local(a.published_at).date() if a.published_at else None),
        Column(_l("Written on"), lambda a: clock.local(a.created_at).date()),
        Column(_l("Summary"), lambda a: a.summary),
    ),
    template="desk/news/list.html",
    orders=(newest(Article.created_at), Order("titre", _l("Title"), Article.title)),
    filters=(Filter("etat", _l("State"), ARTICLE_STATES, Article.state),),
    words=anywhere(Article.title, Article.summary),
    words_label=_l("Words of the title"),
)
PAGES = replace(
    NEWS,
    name="pages",
    title=_l("Pages"),
    select=lambda: articles("page"),
    orders=(Order("menu", _l("Order in the menu"), IN_MENU), *NEWS.orders),
)
LISTS = {"news": NEWS, "page": PAGES}


class ArticleForm(OnceForm, PictureFields):
    """Words and picture of a news item or a page."""

    revision = RevisionField()
    title = StringField(_l("Title"), [required(_l("Write a title.")), at_most(160)])
    summary = TextAreaField(_l("In one or two sentences"), [optional(), at_most(400)], render_kw={"rows": 2})
    body = TextAreaField(_l("Text"), [optional(), at_most(40_000)], render_kw={"rows": 14})


@allow(PERMISSION)
def listing() -> Response:
    """What was written, drafts included."""
    return LISTS[_kind()].respond(kind=_kind(), states=ARTICLE_STATES, tones=TONES)


@allow(PERMISSION)
def new() -> Response:
    """Keep a draft, or publish at once."""
    form = ArticleForm()
    if "preview" in request.form:
        return _preview(form, None)

    def do() -> Article:
        article = operations.write_article(db.session, _kind(), form.title.data)
        _keep(form, article)
        return article

    return submit(form, do, again=lambda: _page("edit", form=form, article=None), to=_edit_path, said=_published)


@allow(PERMISSION)
def edit(article_id: UUID) -> Response:
    """Change an article, unless a colleague saved others in the meantime."""
    article = _article(article_id)
    form = ArticleForm(obj=article, alternative=article.picture.alternative if article.picture else "")
    if "preview" in request.form:
        return _preview(form, article)
    return submit(
        form,
        lambda: _keep(form, article),
        again=lambda: _page("edit", form=form, article=article),
        to=_url("edit", article),
        said=lambda _none: _published(article) or _("Saved."),
        about=lambda: article,
    )


@allow(PERMISSION)
def publish(article_id: UUID) -> Response:
    """Put it online."""
    article = _article(article_id)
    operations.publish_article(db.session, article)
    notice(_("“%(title)s” is online.", title=article.title))
    return go_path(_url("edit", article))


@allow(PERMISSION)
def withdraw(article_id: UUID) -> Response:
    """Take it off the site; it stays here."""
    article = _article(article_id)
    operations.withdraw_article(db.session, article)
    notice(_("“%(title)s” is no longer on the site. It can be put online again.", title=article.title))
    return go_path(_url("edit", article))


@allow(PERMISSION)
def remove(article_id: UUID) -> Response:
    """Delete for good, after a yes."""
    article = _article(article_id)
    if request.method == "GET":
        return _page("remove", article=article)
    picture = article.picture
    operations.remove_article(db.session, article)
    if picture is not None:
        drop_file(db.session, picture)
    notice(_("“%(title)s” is deleted.", title=article.title))
    return go_path(_url("listing"))


@allow(PERMISSION)
def move(article_id: UUID) -> Response:
    """Up or down in the menu."""
    article = _article(article_id)
    if article.kind != "page":
        abort(404)
    operations.move_article(db.session, article, -1 if request.form.get("sens") == "haut" else 1)
    return go_path(_url("listing"))


def _kind() -> str:
    return "news" if request.blueprint == "desk_news" else "page"


def _url(view: str, article: Article | None = None) -> str:
    return url_for(f".{view}", article_id=article.id) if article else url_for(f".{view}")


def _article(article_id: UUID) -> Article:
    return row_or_404(Article, article_id, kind=_kind())


def _edit_path(article: Article) -> str:
    return _url("edit", article)


def _keep(form: ArticleForm, article: Article) -> None:
    """Words and picture; « Publier » saves and publishes, the other button only saves."""
    keep_picture(form, article)
    operations.change_article(db.session, article, **{name: form[name].data or "" for name in WORDS})
    if request.form.get("then") == "publish":
        operations.publish_article(db.session, article)


def _published(article: Article) -> str:
    asked = request.form.get("then") == "publish"
    return _("“%(title)s” is online.", title=article.title) if asked else ""


def _preview(form: ArticleForm, article: Article | None) -> Response:
    """What readers will see; nothing is saved. htmx receives the preview alone."""
    return _page("edit", block="preview", form=form, article=article, previewed=True)


def _page(name: str, *, block: str | None = None, **context: Any) -> Response:
    return page(f"desk/news/{name}.html", block=block, kind=_kind(), states=ARTICLE_STATES, tones=TONES, **context)


def _blueprint(name: str, path: str) -> Blueprint:
    made = Blueprint(name, __name__, url_prefix=path)
    made.get("")(listing)
    made.route("/ecrire", methods=["GET", "POST"])(new)
    made.route("/<uuid:article_id>", methods=["GET", "POST"])(edit)
    made.post("/<uuid:article_id>/publier")(publish)
    made.post("/<uuid:article_id>/retirer")(withdraw)
    made.route("/<uuid:article_id>/supprimer", methods=["GET", "POST"])(remove)
    made.post("/<uuid:article_id>/deplacer")(move)
    return made


news = _blueprint("desk_news", "/mairie/actualites")
pages = _blueprint("desk_pages", "/mairie/pages")

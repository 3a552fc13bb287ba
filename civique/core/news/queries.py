"""Reading news and pages."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from civique.core.i18n import _l
from civique.core.news.models import Article
from civique.core.search import Described, SearchKind
from tenants.session import TenantSession


def published_news() -> Select[Article]:
    """Query of the published news, newest first."""
    return (
        select(Article)
        .where(Article.kind == "news", Article.state == "published")
        .order_by(Article.published_at.desc(), Article.id.desc())
    )


def published_pages(session: TenantSession) -> Sequence[Article]:
    """Pages in the order of the menu."""
    query = select(Article).where(Article.kind == "page", Article.state == "published")
    return session.scalars(query.order_by(Article.position, Article.title)).all()


def by_slug(session: TenantSession, slug: str) -> Article | None:
    """One article, whatever its state."""
    return session.scalars(select(Article).where(Article.slug == slug)).one_or_none()


def articles(kind: str) -> Select[Article]:
    """Query of the news or of the pages, drafts too."""
    return select(Article).where(Article.kind == kind)


IN_MENU = (Article.position, Article.title, Article.id)
"""Order of the pages in the menu."""


def _described(article: Article) -> Described:
    folder = "actualites" if article.kind == "news" else "pages"
    return Described(article.title, f"{article.summary}\n\n{article.body}", f"/{folder}/{article.slug}")


SEARCH = {
    "news": SearchKind("news", _l("News item"), lambda session: session.scalars(published_news()), _described),
    "page": SearchKind("page", _l("Page"), published_pages, _described),
}
"""What the search offers of an article, by its kind."""

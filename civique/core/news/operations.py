"""Writing news and pages."""

from typing import Any

from sqlalchemy import func, select

from civique.core import audit, clock, search
from civique.core.folding import slugify
from civique.core.news.models import Article
from civique.core.news.queries import IN_MENU, SEARCH, articles
from tenants.session import TenantSession


def write_article(session: TenantSession, kind: str, title: str, **facts: Any) -> Article:
    """Start a news item or a page, as a draft; its address is made from its title and never changes."""
    article = Article(kind=kind, title=title, slug=_free_slug(session, title), **facts)
    session.add(article)
    session.flush()
    audit.record(session, "article.written", article, kind=kind)
    return article


def change_article(session: TenantSession, article: Article, **facts: Any) -> None:
    """Change the words."""
    for name, value in facts.items():
        setattr(article, name, value)
    session.flush()
    _index(session, article)
    audit.record(session, "article.changed", article)


def publish_article(session: TenantSession, article: Article) -> None:
    """Show it to everybody. The date of a news item is that of its first publication."""
    article.state = "published"
    article.published_at = article.published_at or clock.now()
    session.flush()
    _index(session, article)
    audit.record(session, "article.published", article)


def withdraw_article(session: TenantSession, article: Article) -> None:
    """Take it off the site; it can be published again."""
    article.state = "withdrawn"
    session.flush()
    search.remove(session, article)
    audit.record(session, "article.withdrawn", article)


def move_article(session: TenantSession, article: Article, step: int) -> None:
    """Move a page up (-1) or down (1) among the pages; at the end of the list nothing moves."""
    rows = list(session.scalars(articles("page").order_by(*IN_MENU)))
    here = rows.index(article)
    there = min(max(here + step, 0), len(rows) - 1)
    rows.insert(there, rows.pop(here))
    for position, row in enumerate(rows):
        row.position = position
    session.flush()
    audit.record(session, "article.moved", article)


def remove_article(session: TenantSession, article: Article) -> None:
    """Delete it."""
    search.remove(session, article)
    audit.record(session, "article.removed", article)
    session.delete(article)
    session.flush()


def _index(session: TenantSession, article: Article) -> None:
    if article.state == "published":
        search.index(session, SEARCH[article.kind], article)


def _free_slug(session: TenantSession, title: str) -> str:
    base = slugify(title)
    taken = set(session.scalars(select(Article.slug).where(Article.slug.startswith(base, autoescape=True))))
    number = session.execute(select(func.count()).select_from(Article)).scalar_one() + 1
    return base if base not in taken else f"{base}-{number}"

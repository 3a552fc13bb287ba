"""Full-text search in French, accents ignored on both sides, over everything that residents may read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, Index, String, delete, func, select
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base
from civique.core.folding import fold
from tenants.session import TenantSession

# The text is folded in Python, so no extension is needed and « école », « ecole », « ÉCOLE » are one word.
VECTOR = "setweight(to_tsvector('pg_catalog.french', title_key), 'A') || to_tsvector('pg_catalog.french', text_key)"


class SearchEntry(Base):
    """What one public object offers to the search."""

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix_search_entry_vector", "vector", postgresql_using="gin"),)

    object_type: Mapped[str] = mapped_column(String(60), primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    extract: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(400))
    text_key: Mapped[str] = mapped_column(String(50_000))
    vector: Mapped[Any] = mapped_column(TSVECTOR, Computed(VECTOR, persisted=True))


def index(session: TenantSession, row: Any, *, title: str, text: str, path: str) -> None:
    """Offer a public object to the search, or refresh it."""
    values = {
        "object_type": row.__tablename__,
        "object_id": row.id,
        "title": title[:200],
        "extract": text.strip()[:280],
        "path": path,
        "title_key": fold(title)[:400],
        "text_key": fold(text)[:50_000],
    }
    query = insert(SearchEntry).values(values)
    session.execute(query.on_conflict_do_update(index_elements=["object_type", "object_id"], set_=values))
    session.info["changed"] = True


def remove(session: TenantSession, row: Any) -> None:
    """Take an object out of the search."""
    session.execute(
        delete(SearchEntry).where(SearchEntry.object_type == row.__tablename__, SearchEntry.object_id == row.id)
    )


def find(session: TenantSession, words: str, limit: int = 30) -> Sequence[SearchEntry]:
    """Objects that hold the words, best first; a word may be the beginning of the one that is there."""
    keys = fold(words).split()[:10]
    if not keys:
        return []
    exact = func.plainto_tsquery("pg_catalog.french", " ".join(keys))
    begun = func.to_tsquery("pg_catalog.simple", " & ".join(f"{key}:*" for key in keys))
    either = exact.op("||")(begun)
    query = (
        select(SearchEntry)
        .where(SearchEntry.vector.op("@@")(either))
        .order_by(func.ts_rank(SearchEntry.vector, either).desc(), SearchEntry.title)
        .limit(limit)
    )
    return session.scalars(query).all()

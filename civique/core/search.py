"""Full-text search in French, accents ignored on both sides, over everything that residents may read."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, Index, String, delete, func, select
from sqlalchemy.dialects.postgresql import TSVECTOR, insert
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base
from civique.core.folding import fold
from civique.core.loading import among
from tenants.session import TenantSession

# The text is folded in Python, so no extension is needed and « école », « ecole », « ÉCOLE » are one word.
VECTOR = "setweight(to_tsvector('pg_catalog.french', title_key), 'A') || to_tsvector('pg_catalog.french', text_key)"


@dataclass(frozen=True)
class Described:
    """What the search keeps of an object: title, words, path of its page."""

    title: str
    text: str
    path: str


@dataclass(frozen=True)
class SearchKind:
    """Objects that everybody may find, as a manifest declares them.

    Args:
        code: kept with each object that is offered; never changes.
        label: what one of them is, beside each result: « Actualité ».
        rows: all those that everybody may read now, to rebuild the index from nothing.
    """

    code: str
    label: Any
    rows: Callable[[TenantSession], Iterable[Any]]
    describe: Callable[[Any], Described]


class SearchEntry(Base):
    """What one public object offers to the search. ``kind`` is the code of a ``SearchKind``."""

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix_search_entry_vector", "vector", postgresql_using="gin"),)

    kind: Mapped[str] = mapped_column(String(60))
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    extract: Mapped[str] = mapped_column(String(300))
    path: Mapped[str] = mapped_column(String(200))
    title_key: Mapped[str] = mapped_column(String(400))
    text_key: Mapped[str] = mapped_column(String(50_000))
    vector: Mapped[Any] = mapped_column(TSVECTOR, Computed(VECTOR, persisted=True))


def index(session: TenantSession, kind: SearchKind, row: Any) -> None:
    """Offer a public object to the search, or refresh it."""
    described = kind.describe(row)
    values = {
        "kind": kind.code,
        "object_id": row.id,
        "title": described.title[:200],
        "extract": described.text.strip()[:280],
        "path": described.path[:200],
        "title_key": fold(described.title)[:400],
        "text_key": fold(described.text)[:50_000],
    }
    query = insert(SearchEntry).values(values)
    session.execute(query.on_conflict_do_update(index_elements=["object_id"], set_=values))
    session.info["changed"] = True


def remove(session: TenantSession, row: Any) -> None:
    """Take an object out of the search."""
    session.execute(delete(SearchEntry).where(SearchEntry.object_id == row.id))


def rebuild(session: TenantSession, kinds: Iterable[SearchKind]) -> int:
    """Make the index of these kinds anew, from nothing, with all that everybody may read of them.

    Returns:
        How many objects can be found.
    """
    kinds = list(kinds)
    session.execute(delete(SearchEntry).where(among(SearchEntry.kind, [kind.code for kind in kinds])))
    offered = [(kind, row) for kind in kinds for row in kind.rows(session)]
    for kind, row in offered:
        index(session, kind, row)
    return len(offered)


def find(session: TenantSession, words: str, kinds: Collection[str], limit: int = 30) -> Sequence[SearchEntry]:
    """Objects of these kinds that hold the words, best first; a word may be the beginning of the one that is there."""
    keys = fold(words).split()[:10]
    if not keys:
        return []
    exact = func.plainto_tsquery("pg_catalog.french", " ".join(keys))
    begun = func.to_tsquery("pg_catalog.simple", " & ".join(f"{key}:*" for key in keys))
    either = exact.op("||")(begun)
    query = (
        select(SearchEntry)
        .where(SearchEntry.vector.op("@@")(either), among(SearchEntry.kind, kinds))
        .order_by(func.ts_rank(SearchEntry.vector, either).desc(), SearchEntry.title)
        .limit(limit)
    )
    return session.scalars(query).all()

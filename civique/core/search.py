"""Full-text search in French, accents ignored on both sides, over everything that residents may read."""

import textwrap
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Computed, Index, Select, String, case, delete, false, func, select
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR, insert
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base
from civique.core.folding import MOST_WORDS, fold
from civique.core.loading import among
from tenants.session import TenantSession

# The text is folded in Python, so no extension is needed and « école », « ecole », « ÉCOLE » are one word.
FRENCH, SIMPLE = "pg_catalog.french", "pg_catalog.simple"
VECTOR = "setweight(to_tsvector('pg_catalog.french', title_key), 'A') || to_tsvector('pg_catalog.french', text_key)"
SHORTEST = 4
"""Letters of a word that tells what a title is about."""


@dataclass(frozen=True)
class Described:
    """What the search keeps of an object: title, words, perhaps in Markdown, path of its page."""

    title: str
    text: str
    path: str

    @property
    def extract(self) -> str:
        """The beginning of its words, without marks."""
        return textwrap.shorten(plain_text(self.text), 280, placeholder=" …")


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
        "extract": described.extract,
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


def find(words: str, kinds: Collection[str]) -> Select[SearchEntry]:
    """Query of the objects of these kinds that hold every word, best first; a word may be the beginning of one that is
    there. Articles and the like are looked for only when nothing else is."""
    keys = fold(words).split()[:MOST_WORDS]
    both = [_stem_or_beginning(key, alone=len(keys) == 1) for key in keys]
    query = select(SearchEntry).where(among(SearchEntry.kind, kinds))
    if not both:
        return query.where(false())
    asked = both[0]
    for other in both[1:]:
        asked = asked.op("&&", return_type=TSQUERY)(other)
    rank = func.ts_rank(SearchEntry.vector, asked)
    return query.where(SearchEntry.vector.op("@@")(asked)).order_by(
        rank.desc(), SearchEntry.title, SearchEntry.object_id
    )


def _stem_or_beginning(key: str, *, alone: bool) -> Any:
    stem = func.plainto_tsquery(FRENCH, key, type_=TSQUERY)
    either = stem.op("||", return_type=TSQUERY)(func.to_tsquery(SIMPLE, f"{key}:*", type_=TSQUERY))
    # « la », « du »… have no stem: they would be the beginning of anything.
    return either if alone else case((func.numnode(stem) == 0, stem), else_=either)


def alike(column: Any, text: str) -> ColumnElement[bool]:
    """Condition: a folded column shares the stem of a word of a text, « haie » and « haies ». Short words do not count."""
    words = [word for word in fold(text).split() if len(word) >= SHORTEST]
    found: ColumnElement[bool] = func.to_tsvector(FRENCH, column).op("@@", is_comparison=True)(
        func.to_tsquery(FRENCH, " | ".join(words))
    )
    return found if words else false()


def plain_text(markdown: str) -> str:
    """The words of a text in Markdown, on one line, without its marks."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(markdown)
    return " ".join(" ".join(_words(token)) for token in tokens if token.type in {"inline", "fence", "code_block"})


def _words(token: Any) -> Iterable[str]:
    """Each word of a token; a piece of emphasis inside a word does not cut it."""
    parts = (" " if part.type.endswith("break") else part.content for part in token.children or [token])
    return "".join(parts).split()

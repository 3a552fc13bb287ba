"""What an address asks of a list, its page of twenty rows, and rows of this commune."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import abort, request
from sqlalchemy import Select, func, select

from civique.core.base import Base
from tenants.db import db

Row = TypeVar("Row", bound=Base)

PAGE_SIZE = 20
MOST_TICKED = 100
"""Rows of a list that something is done to at once."""
DIGITS = 9
"""Of a number in an address: an integer column of the database holds them all."""


@dataclass(frozen=True)
class Listing:
    """One page of a list."""

    rows: Sequence[Any]
    total: int
    number: int
    pages: int

    @property
    def first(self) -> int:
        """Rank of the first row shown."""
        return (self.number - 1) * PAGE_SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Rank of the last row shown."""
        return min(self.number * PAGE_SIZE, self.total)


def asked(name: str, allowed: Collection[str]) -> str | None:
    """Value of a filter in the address; one that is not proposed is no filter."""
    value = request.args.get(name, "")
    return value if value in allowed else None


def asked_words() -> str:
    """What is looked for, at most 100 characters."""
    return request.args.get("q", "").strip()[:100]


def asked_ids() -> list[UUID]:
    """Rows ticked in a list, the first ``MOST_TICKED``; what is not an identifier is ignored."""
    found = []
    for text in request.values.getlist("id")[:MOST_TICKED]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def row_or_404(model: type[Row], identifier: UUID, **facts: Any) -> Row:
    """A row of this commune; another commune's does not exist here, nor one of which the facts are not true."""
    row = db.session.get(model, identifier)
    if row is None or any(getattr(row, name) != value for name, value in facts.items()):
        abort(404)
    return row


def asked_number(name: str) -> int | None:
    """Number of an argument (``?annee=2026``), or None when it is missing, is no number or has more than nine digits."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS else None


def asked_page() -> int:
    """Number in ``?page=``; one that makes no sense is 404."""
    if "page" not in request.args:
        return 1
    number = asked_number("page")
    if number is None or not 1 <= number <= 10_000:
        abort(404)
    return number


def slice_of(rows: Sequence[Any]) -> Listing:
    """The page asked of a list that is already in memory."""
    number = asked_page()
    shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return Listing(shown, len(rows), number, max(1, -(-len(rows) // PAGE_SIZE)))


def paginate(
    query: Select[Any], *, columns: bool = False, lines: Select[Any] | None = None, total: int | None = None
) -> Listing:
    """The page asked by ``?page=``; a number that makes no sense is 404, one too far is empty.

    Args:
        columns: the query asks for columns, not for one class of objects; its rows are given as they are.
        lines: what is shown of each row, its ``id`` and other columns, when the query gives identifiers alone: they are
            asked for the rows of the page, in the order of this query.
        total: the number of rows, when the page knows it already.
    """
    number = asked_page()
    before = (number - 1) * PAGE_SIZE
    found = query.limit(PAGE_SIZE).offset(before)
    if lines is not None:
        found, columns = lines.where(lines.selected_columns.id.in_(found)), True
    rows = db.session.execute(found).all() if columns else db.session.scalars(found).unique().all()
    if total is None:
        # The last page tells how many there are; of others they are counted, apart: with the rows, all would be sorted.
        total = before + len(rows) if 0 < len(rows) < PAGE_SIZE or (number == 1 and not rows) else _count(query)
    return Listing(rows, total, number, max(1, -(-total // PAGE_SIZE)))


def _count(query: Select[Any]) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return int(db.session.execute(counted).scalar_one())

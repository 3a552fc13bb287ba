"""Lists by twenty, with filters in the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from sqlalchemy import Select, func, select

from tenants.db import db

PAGE_SIZE = 20
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


def paginate(query: Select[Any], *, columns: bool = False, total: int | None = None) -> Listing:
    """The page asked by ``?page=``; a number that makes no sense is 404, one too far is empty.

    Args:
        columns: the query asks for columns, not for one class of objects, and groups nothing; its rows are given as they
            are.
        total: the number of rows, when the page knows it already.
    """
    number = asked_page()
    if total is None:
        total = db.session.execute(_count_of(query, columns)).scalar_one()
    found = query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    rows = db.session.execute(found).all() if columns else db.session.scalars(found).unique().all()
    return Listing(rows, total, number, max(1, -(-total // PAGE_SIZE)))


def _count_of(query: Select[Any], columns: bool) -> Select[int]:
    """The number of rows. Columns are replaced; objects keep a subquery, which takes their loading options as they are."""
    if columns:
        return query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    return select(func.count()).select_from(query.order_by(None).subquery())

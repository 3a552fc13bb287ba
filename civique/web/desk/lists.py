"""What the lists of the back office share: filters read from the address, rows of this commune."""

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

from flask import abort, request

from civique.core.base import Base
from tenants.db import db

Row = TypeVar("Row", bound=Base)


def asked(name: str, allowed: Collection[str]) -> str | None:
    """Value of a filter in the address; one that is not proposed is no filter."""
    value = request.args.get(name, "")
    return value if value in allowed else None


def asked_words() -> str:
    """What is looked for, at most 100 characters."""
    return request.args.get("q", "").strip()[:100]


def asked_ids() -> list[UUID]:
    """Rows ticked in a list, at most 100; what is not an identifier is ignored."""
    found = []
    for text in request.values.getlist("id")[:100]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def row_or_404(model: type[Row], identifier: UUID) -> Row:
    """A row of this commune; another commune's does not exist here."""
    row = db.session.get(model, identifier)
    if row is None:
        abort(404)
    return row

"""How a module says which documents it makes for each of its rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from tenants.session import TenantSession


@dataclass(frozen=True)
class Personalised:
    """A document that is made for each of several rows.

    Args:
        code: ``module.what``, at most 40 characters.
        label: names it, and the file.
        template: Typst; it reads ``title``, ``author``, ``language`` and ``documents``, and begins a page for each.
        data: gives a document for each of these rows that are still there, in the order of printing; one after
            the other (``yield``) when each takes time, so that the page shows how far they are.
        permission: who may ask for it and fetch it.
    """

    code: str
    label: Any
    template: Path
    data: Callable[[TenantSession, Sequence[UUID]], Iterable[dict[str, Any]]]
    permission: str

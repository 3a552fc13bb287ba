"""What may be entered at a stall: a module declares its kinds in ``Manifest.stall_forms``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenants.session import TenantSession

ANSWERS = ("email", "phone", "letter", "none")
"""How somebody wants to be answered."""


@dataclass(frozen=True)
class StallField:
    """One question of a kind. ``kind`` is line, text (several lines) or choice; ``limit`` counts characters; ``parse`` reads
    what was written, or raises ``Refused`` with a sentence (``civique.core.imports.cells``)."""

    name: str
    label: Any
    kind: str = "line"
    required: bool = False
    hint: Any = ""
    limit: int = 200
    choices: Callable[[TenantSession], Sequence[tuple[str, Any]]] | None = None
    parse: Callable[[str], Any] = str


@dataclass(frozen=True)
class StallFacts:
    """What the house asked at every stall, checked, and the module's own fields in ``values``.

    ``reference`` is the one that was read out; ``territory_id`` is None for the whole commune.
    """

    reference: str
    channel: str
    name: str
    answer_by: str
    email: str | None
    phone: str | None
    street: str
    postal_code: str
    city: str
    territory_id: UUID | None
    values: Mapping[str, Any]

    @property
    def address(self) -> str | None:
        """Postal address on one line."""
        city = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, city) if part) or None


@dataclass(frozen=True)
class Received:
    """What an entry became: its row, the mairie's reference of it, its page at the desk."""

    row: Any
    reference: str
    path: str


@dataclass(frozen=True)
class StallForm:
    """A kind of entry. ``receive(session, facts)`` takes one, as the module's own operations do; it is called once.
    ``when`` tells whether the page offers it today; what a tablet kept is received whatever it says."""

    code: str
    label: Any
    fields: tuple[StallField, ...]
    receive: Callable[[TenantSession, StallFacts], Received]
    when: Callable[[TenantSession], bool] | None = None

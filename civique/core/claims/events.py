"""How the core asks modules what a reference is, and tells them whose it is."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Paper:
    """Something left on paper: its row, its reference, how it begins, the name it was left under, whose it is (if known).

    ``path`` is its page at the desk.
    """

    row: Any
    reference: str
    title: str
    name: str
    person_id: UUID | None
    path: str


@dataclass(frozen=True)
class PaperSought:
    """Who has this reference, or this object? Listeners add what they have to ``found``; never what was sent by the site."""

    reference: str
    object_type: str | None = None
    object_id: UUID | None = None
    found: list[Paper] = field(default_factory=list)


@dataclass(frozen=True)
class PaperClaimed:
    """The mairie says that an object is this person's: the module that has it makes it theirs."""

    object_type: str
    object_id: UUID
    person_id: UUID

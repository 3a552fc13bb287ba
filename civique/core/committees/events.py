"""How committees ask modules what may be put on an order of the day, and tell them what was said of it."""

from dataclasses import dataclass, field
from uuid import UUID

from civique.core.committees.models import AgendaItem


@dataclass(frozen=True)
class ItemSource:
    """What an agenda item is about: its title, the row and the page of the module that keeps it (if any).

    Args:
        summary: what it is, in a few words.
        amount_cents: what is asked, in cents; ``whom`` who asks.
        people: identifiers of those tied to it, who take no part (FON-07).
        organisations: identifiers of those tied to it, whose representatives take no part.
    """

    title: str
    object_type: str | None = None
    object_id: UUID | None = None
    path: str = ""
    summary: str = ""
    amount_cents: int | None = None
    people: tuple[UUID, ...] = ()
    organisations: tuple[UUID, ...] = ()
    whom: str = ""


@dataclass(frozen=True)
class ItemsSought:
    """What may be put on an order of the day now, at most ``limit`` of each module; or, with ``ids``, what these objects
    are. Listeners add theirs to ``found``: who may read a meeting reads them."""

    ids: frozenset[UUID] | None = None
    limit: int = 100
    found: list[ItemSource] = field(default_factory=list)


@dataclass(frozen=True)
class ItemAdded:
    """An object was put on an order of the day; a listener may refuse it (``Refused``)."""

    item: AgendaItem


@dataclass(frozen=True)
class OpinionRecorded:
    """A committee gave its opinion on an item; a listener may refuse it (``Refused``)."""

    item: AgendaItem

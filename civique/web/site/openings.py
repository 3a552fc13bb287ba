"""« Participer »: what is open now, by what a resident does there, what closes soon first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select

from civique.core import clock
from civique.core.i18n import _l
from civique.core.manifest import DEEDS, Link
from tenants.db import db


@dataclass(frozen=True)
class Deed:
    """Something that a resident may do."""

    label: Any
    icon: str


@dataclass(frozen=True)
class Opening:
    """A public link, and until when it is open: None when no day is known."""

    link: Link
    closes: date | None
    is_open: bool


@dataclass(frozen=True)
class Way:
    """What is open for one deed."""

    deed: Deed
    openings: list[Opening]


DEED_LABELS = {
    "propose": Deed(_l("Propose"), "sparkles"),
    "help": Deed(_l("Lend a hand"), "hand-heart"),
    "opinion": Deed(_l("Give one’s opinion"), "megaphone"),
    "sit": Deed(_l("Sit on a council"), "users"),
    "vote": Deed(_l("Vote, choose"), "vote"),
    "": Deed(_l("And also"), "party-popper"),
}


def openings(links: Iterable[Link]) -> list[Opening]:
    """These links with their days; all the days are asked in one statement."""
    links = list(links)
    queries = tuple(link.closes for link in links if link.closes is not None)
    row = list(db.session.execute(_at_once(queries), {"today": clock.today()}).one()) if queries else []
    found = []
    for link in links:
        opened, closes = (True, None) if link.closes is None else (row.pop(0), row.pop(0))
        found.append(Opening(link, closes, opened))
    return found


def ways(found: Iterable[Opening]) -> list[Way]:
    """What is open, by deed: first the deed and the link that close first."""
    opened = sorted((opening for opening in found if opening.is_open), key=_soonest)
    by_deed = [(code, [opening for opening in opened if opening.link.deed == code]) for code in (*DEEDS, "")]
    return sorted(
        (Way(DEED_LABELS[code], here) for code, here in by_deed if here), key=lambda way: _soonest(way.openings[0])
    )


def _soonest(opening: Opening) -> date:
    return opening.closes or date.max


@lru_cache(maxsize=64)
def _at_once(queries: tuple[Select[Any], ...]) -> Select[Any]:
    # The queries are constants of the manifests: one statement for each choice of modules.
    return select(*(column for query in queries for column in (query.exists(), query.scalar_subquery())))

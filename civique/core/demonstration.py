"""What a module's ``demo(session, world)`` finds when a demonstration commune is filled."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from civique.core import clock
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.territory.models import Place, Territory


@dataclass
class World:
    """A demonstration commune while it is being filled; everything in it was made by operations of the core.

    ``people`` is by role code (``administrator``, ``secretary``…); ``residents`` have an e-mail address, ``paper``
    none. ``organisations``, ``territories`` (communes déléguées and quarters) and ``places`` are by name. ``source`` is
    the quoted document of the commune with its marks of origin (the 31 actions of Loire-Authion), or empty.
    ``random`` is seeded: the same release gives the same demonstration, apart from dates, which follow ``today``.
    """

    today: date
    random: random.Random
    people: dict[str, Person] = field(default_factory=dict)
    residents: list[Person] = field(default_factory=list)
    paper: list[Person] = field(default_factory=list)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    territories: dict[str, Territory] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)

    def on(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment some days from today (before it when negative), in the commune's time."""
        return datetime.combine(self.today + timedelta(days=days), time(hour, minute), tzinfo=clock.zone())

    @property
    def delegated(self) -> list[Territory]:
        """Communes déléguées; empty in most communes."""
        return [territory for territory in self.territories.values() if territory.kind == "delegated"]

    def resident(self, rank: int) -> Person:
        """One of the residents, whatever the number."""
        return self.residents[rank % len(self.residents)]

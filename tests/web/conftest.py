"""A village where something takes contributions: a collection of the sample module. The fund is off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from civique.core.people.queries import get_person
from tests.fixtures import VILLAGE, Commune


@dataclass
class Partners:
    """The village, its secretary, a resident, and the collection that partners help."""

    commune: Commune
    secretary: Any
    resident: Any
    pickup: Any

    @property
    def code(self) -> str:
        """The collection in addresses."""
        return f"encombrants-{self.pickup.day}"

    def close(self) -> None:
        """The collection is over: it takes no more help."""
        self.commune.sql("UPDATE sample_pickup SET day = day - 30")


@pytest.fixture
def world(make_commune: Callable[..., Commune]) -> Partners:
    from tests.sample.operations import ask_pickup

    commune = make_commune("49002", "sample")
    secretary = commune.person("Sylvie", "Secrétaire", "secretary")
    resident = commune.person("Nadia", "Habitante")
    with commune.session() as session:
        pickup = ask_pickup(session, None, "Les greniers de la rue du Port", commune.today + timedelta(days=2))
    return Partners(commune, secretary, resident, pickup)


@pytest.fixture
def village(make_commune):
    """A commune without communes déléguées, where the sample module is on, and no fund."""
    return make_commune(VILLAGE, "sample")


@pytest.fixture
def nadia(village):
    return village.person("Nadia", "Habitante")


@pytest.fixture
def client(village, nadia):
    """The browser of whoever stands on the applicant's side."""
    return village.client(nadia)


@pytest.fixture
def desk(village):
    return village.client(village.person("Sylvie", "Secrétaire", "secretary"))


@pytest.fixture
def pickup(village, nadia):
    """Something of the sample module that she asked."""
    from tests.sample.operations import ask_pickup

    with village.session() as session:
        return ask_pickup(session, get_person(session, nadia.id), "Le port fleuri", village.today)

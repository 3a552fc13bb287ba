"""A village where something takes contributions: a collection of the sample module. The fund is off."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.fixtures import Commune


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

"""Communes as the demonstration fills them, with every module: something in nearly every table."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fixtures import LOIRE_AUTHION, VILLAGE, Commune


def optional_modules() -> list[str]:
    """Modules that a commune may switch on, without the tests' own."""
    from civique.core.registry import modules

    return [manifest.name for manifest in modules().optional if not manifest.package.startswith("tests.")]


def village(tenant: Any) -> None:
    """Fill a village."""
    from civique.demonstration import blou

    _fill(tenant, blou.build)


def with_communes_deleguees(tenant: Any) -> None:
    """Fill Loire-Authion."""
    from civique.demonstration import loire_authion

    _fill(tenant, loire_authion.build)


def _fill(tenant: Any, build: Callable[[Any, Any], None]) -> None:
    """Build the demonstration, then what the tests of each module add to it."""
    from civique.core.i18n import speaking
    from civique.core.registry import modules
    from civique.demo import fill
    from tests.pages import pages_of

    with Commune(tenant).session() as session, speaking("fr"):
        world = fill(session, tenant, build)
        for manifest in modules().of(tenant):
            pages_of(manifest.name).fill(session, world)


@pytest.fixture
def lived_in(make_commune: Callable[..., Commune]) -> Commune:
    """The village, lived in."""
    return make_commune(VILLAGE, *optional_modules(), fill=village)


@pytest.fixture
def lived_in_loire_authion(make_commune: Callable[..., Commune]) -> Commune:
    """Loire-Authion, lived in."""
    return make_commune(LOIRE_AUTHION, *optional_modules(), fill=with_communes_deleguees)

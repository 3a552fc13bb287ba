"""A village where the eighteen modules are on, in this process."""

from collections.abc import Callable, Iterator

import pytest

from tests.fixtures import Commune, wsgi
from tests.many import MANIFESTS


@pytest.fixture
def many_modules(services: dict[str, str]) -> Iterator[None]:
    """The registry with the eighteen modules, and applications made with it; both are as before at the end."""
    from civique.core.registry import modules

    registry = modules()
    permissions = {p.code: p for manifest in MANIFESTS.values() for p in manifest.permissions}
    registry.by_name.update(MANIFESTS)
    registry.permissions.update(permissions)
    wsgi.cache_clear()
    yield
    for name in MANIFESTS:
        del registry.by_name[name]
    for code in permissions:
        del registry.permissions[code]
    wsgi.cache_clear()


@pytest.fixture
def town(many_modules: None, make_commune: Callable[..., Commune]) -> Commune:
    """A commune without communes déléguées that uses everything, the fund included."""
    return make_commune("49002", "fund", *MANIFESTS)

"""A commune that looks lived in: each module writes what its manifest's ``bench`` says."""

from civique.core.process import engines
from civique.core.registry import modules
from tenants.session import session_for
from tenants.tenant import Tenant


def names() -> list[str]:
    """Modules whose pages are measured."""
    return [manifest.name for manifest in modules().optional if manifest.bench is not None]


def fill(tenant: Tenant) -> dict[str, str]:
    """Fill a commune; gives the public pages to measure, paths by name: the core's and those of its modules."""
    pages = {"home": "/"}
    with session_for(engines(), tenant) as session:
        for manifest in modules().of(tenant):
            if manifest.bench is not None:
                pages.update(manifest.bench(session))
        session.commit()
    return {**pages, "sign in": "/connexion"}

"""Loading the demonstration: three communes, each at another moment of its life. Modules add their own part."""

import random
from collections.abc import Callable, Iterable

from sqlalchemy import select

from civique.core import audit, clock, i18n
from civique.core.audit import AuditEntry
from civique.core.demonstration import World
from civique.core.opening import add_administrator, open_commune, seed
from civique.core.registry import modules
from civique.demonstration import blou, loire_authion
from civique.platform.access.operations import add_operator
from tenants.engines import Engines
from tenants.provision import Provisioner, TenantExists
from tenants.session import TenantSession, session_for
from tenants.tenant import PLATFORM, Tenant

FILLED = "demonstration.filled"
Builder = Callable[[TenantSession, World], None]


def load(engines: Engines, provisioner: Provisioner) -> list[Tenant]:
    """Create the demonstration communes and fill them; those that were filled already are left as they are.
    Killed in the middle, it can be run again.

    Loire-Authion and Blou (929 inhabitants, one village) live with every module, Angrie has just subscribed and its set-up
    is still to do. An operator looks after them at the apex.
    """
    with session_for(engines, PLATFORM) as session:
        add_operator(session, "Nora Perdrix", "nora.perdrix@exemple.fr")
        session.commit()
    optional = [manifest.name for manifest in modules().optional]
    plan: tuple[tuple[str, Iterable[str], Builder], ...] = (
        ("49307", optional, loire_authion.build),
        ("49030", optional, blou.build),
        ("49008", (), _just_subscribed),
    )
    made = []
    for insee, chosen, build in plan:
        tenant = _opened(engines, provisioner, insee, chosen)
        if tenant is None:
            continue
        with session_for(engines, tenant) as session, i18n.speaking("fr"):
            if _filled(session):
                continue
            seed(session, insee)
            fill(session, tenant, build)
            audit.record(session, FILLED)
            session.commit()
        made.append(tenant)
    return made


def _opened(engines: Engines, provisioner: Provisioner, insee: str, chosen: Iterable[str]) -> Tenant | None:
    """The commune, made now or by an earlier load that was interrupted; None when it is not ours to fill."""
    try:
        return open_commune(engines, provisioner, insee, modules=chosen, demonstration=True)
    except TenantExists:
        found = provisioner.registry.by_insee(insee)
        return found if found is not None and found.demonstration else None


def _filled(session: TenantSession) -> bool:
    """Whether an earlier load went to its end: everything of a commune is one transaction."""
    return session.scalars(select(AuditEntry.id).where(AuditEntry.action == FILLED)).first() is not None


def fill(session: TenantSession, tenant: Tenant, build: Builder) -> World:
    """Build a commune's world, then let each of its modules add what it shows."""
    world = World(today=clock.today(), random=random.Random(int(tenant.insee)))  # noqa: S311 (nothing secret)
    build(session, world)
    for manifest in modules().of(tenant):
        if manifest.demo is not None:
            manifest.demo(session, world)
    return world


def _just_subscribed(session: TenantSession, world: World) -> None:
    world.people["administrator"] = add_administrator(session, "Basile", "Cormier", "basile.cormier@exemple.fr")

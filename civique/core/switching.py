"""Switching modules on and off for a commune."""

from civique.core import audit
from civique.core.indicators.computing import declare
from civique.core.process import engines, provisioner
from civique.core.registry import modules
from tenants.registry import Tenant
from tenants.session import session_for


def switch_on(tenant: Tenant, name: str, actor_id: object = None) -> Tenant:
    """Create the module's tables if it never had them, show it, let it write its first settings.

    Raises:
        LookupError: no such module.
    """
    if name not in {manifest.name for manifest in modules().optional}:
        raise LookupError(name)
    changed = provisioner().enable(tenant, name)
    _note(changed, name, "on", actor_id)
    return changed


def switch_off(tenant: Tenant, name: str, actor_id: object = None) -> Tenant:
    """Hide the module; its data stay and come back with it."""
    changed = provisioner().disable(tenant, name)
    _note(changed, name, "off", actor_id)
    return changed


def _note(tenant: Tenant, name: str, switch: str, actor_id: object) -> None:
    with session_for(engines(), tenant) as session:
        session.info["actor_id"] = actor_id
        if switch == "on":
            declare(session, modules()[name])
        start = modules()[name].on_enable
        if switch == "on" and start is not None:
            start(session)
        audit.record(session, f"module.switched_{switch}", module=name)
        session.info["changed"] = True
        session.commit()

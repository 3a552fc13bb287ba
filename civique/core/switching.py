"""Switching modules on and off for a commune."""

from sqlalchemy import select

from civique.core import audit, settings
from civique.core.audit import AuditEntry
from civique.core.indicators.computing import declare
from civique.core.manifest import Offer
from civique.core.process import engines, provisioner
from civique.core.registry import modules
from tenants.session import TenantSession, session_for
from tenants.tenant import Tenant


def switch_on(tenant: Tenant, name: str, actor_id: object = None, offer: str = "") -> Tenant:
    """Create the module's tables if it never had them, show it, let it write its first rows.

    Args:
        offer: code of the preset chosen; its settings replace those of the module. Without one they stay as they are.

    Raises:
        LookupError: no such module, no such preset.
    """
    manifest = next((manifest for manifest in modules().optional if manifest.name == name), None)
    if manifest is None:
        raise LookupError(name)
    chosen = [preset for preset in manifest.offers if preset.code == offer]
    if offer and not chosen:
        raise LookupError(offer)
    changed = provisioner().enable(tenant, name)
    _note(changed, name, "on", actor_id, chosen[0] if chosen else None)
    return changed


def was_switched(session: TenantSession, name: str) -> bool:
    """Whether the commune switched the module on or off before: its settings are the commune's own, no preset's."""
    switched = AuditEntry.action.in_(("module.switched_on", "module.switched_off"))
    query = select(AuditEntry.id).where(switched, AuditEntry.data["module"].astext == name)
    return session.execute(query.limit(1)).first() is not None


def switch_off(tenant: Tenant, name: str, actor_id: object = None) -> Tenant:
    """Hide the module; its data stay and come back with it."""
    changed = provisioner().disable(tenant, name)
    _note(changed, name, "off", actor_id)
    return changed


def _note(tenant: Tenant, name: str, switch: str, actor_id: object, offer: Offer | None = None) -> None:
    with session_for(engines(), tenant) as session:
        session.info["actor_id"] = actor_id
        if switch == "on":
            declare(session, modules()[name])
        start = modules()[name].on_enable
        if switch == "on" and start is not None:
            start(session)
        for preset in offer.settings if offer else ():
            settings.put(session, preset)
        details = {"offer": offer.code} if offer else {}
        audit.record(session, f"module.switched_{switch}", module=name, **details)
        session.info["changed"] = True
        session.commit()

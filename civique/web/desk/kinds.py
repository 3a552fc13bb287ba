"""Kinds of gatherings of the modules that are on, and what the visitor may do with gatherings of each."""

from typing import Any
from uuid import UUID

from flask import abort
from sqlalchemy import Select

from civique.core.gatherings.declarations import GatheringKind
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.queries import gatherings
from civique.core.registry import modules
from civique.web.access import visitor
from civique.web.lists import row_or_404
from tenants.session import current_tenant

READ, RECORD, REGISTER = "gatherings.read", "gatherings.record", "gatherings.register"
"""To read a gathering; to plan and hold it; to see who registers, and to check them in. Who may do the second may do all."""


def kinds() -> dict[str, GatheringKind]:
    """Kinds by code."""
    return {kind.code: kind for manifest in modules().of(current_tenant()) for kind in manifest.gathering_kinds}


def labels() -> dict[str, Any]:
    """Words of each kind."""
    return {code: kind.label for code, kind in kinds().items()}


def may(level: str, code: str) -> bool:
    """Whether the visitor may do something with gatherings of a kind: with a permission of the core, or that of the kind."""
    who, kind = visitor(), kinds().get(code)
    return who.can(level) or who.can(RECORD) or (kind is not None and who.can(kind.permission))


def planned_kinds() -> dict[str, Any]:
    """Words of the kinds that the visitor may plan."""
    return {code: kind.label for code, kind in kinds().items() if kind.planned and may(RECORD, code)}


def listed() -> Select[Gathering]:
    """Query of the gatherings that the visitor may read, or to which they may register people."""
    codes = [code for code in kinds() if may(READ, code) or may(REGISTER, code)]
    return gatherings() if visitor().can(READ) else gatherings().where(Gathering.kind.in_(codes))


def gathering_or_404(gathering_id: UUID, level: str) -> Gathering:
    """A gathering of this commune with which the visitor may do this; 403 when they may not."""
    found = row_or_404(Gathering, gathering_id)
    if not may(level, found.kind):
        abort(403)
    return found

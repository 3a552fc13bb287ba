"""Reading the territory."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import String, bindparam, or_, select
from sqlalchemy.orm import undefer

from civique.core.territory.models import Place, Territory
from tenants.session import TenantSession


def territories(session: TenantSession, kind: str | None = None, *, shapes: bool = False) -> Sequence[Territory]:
    """Communes déléguées then quarters, in their order; with their outlines when they are to be drawn."""
    query = _OUTLINED if shapes else _IN_ORDER
    return session.scalars(query, {"kind": kind}).all()


_IN_ORDER = (
    select(Territory)
    .where(or_(bindparam("kind", type_=String).is_(None), Territory.kind == bindparam("kind")))
    .order_by(Territory.kind, Territory.position, Territory.folded)
)
_OUTLINED = _IN_ORDER.options(undefer(Territory.shape))


def places(session: TenantSession, kind: str | None = None) -> Sequence[Place]:
    """Places by name."""
    query = select(Place).order_by(Place.folded)
    return session.scalars(query.where(Place.kind == kind) if kind else query).all()


def get_territory(session: TenantSession, territory_id: UUID | None) -> Territory | None:
    """One territory."""
    return session.get(Territory, territory_id) if territory_id else None

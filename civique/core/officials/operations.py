"""Reading and writing who’s who."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from civique.core import audit
from civique.core.officials.models import Official
from tenants.session import TenantSession

ON_SITE = (Official.kind, Official.position, Official.name)
"""Order of the site: élus first, then services."""


def officials(session: TenantSession) -> Sequence[Official]:
    """Everybody in the order of the site."""
    return session.scalars(select(Official).order_by(*ON_SITE)).all()


def add_official(session: TenantSession, **facts: Any) -> Official:
    """Show somebody or a service."""
    position = session.execute(select(func.count()).select_from(Official)).scalar_one()
    official = Official(position=position, **facts)
    session.add(official)
    session.flush()
    audit.record(session, "official.added", official)
    return official


def change_official(session: TenantSession, official: Official, **facts: Any) -> None:
    """Correct a card."""
    for name, value in facts.items():
        setattr(official, name, value)
    session.flush()
    audit.record(session, "official.changed", official)


def move_official(session: TenantSession, official: Official, step: int) -> None:
    """Move a card up (-1) or down (1) among those of its kind; at the end nothing moves."""
    rows = [row for row in officials(session) if row.kind == official.kind]
    here = rows.index(official)
    rows.insert(min(max(here + step, 0), len(rows) - 1), rows.pop(here))
    for position, row in enumerate(rows):
        row.position = position
    session.flush()
    audit.record(session, "official.moved", official)


def remove_official(session: TenantSession, official: Official) -> None:
    """Take a card away."""
    audit.record(session, "official.removed", official)
    session.delete(official)
    session.flush()

"""Reading and writing who’s who."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from civique.core import audit
from civique.core.officials.models import Official
from tenants.session import TenantSession


def officials(session: TenantSession) -> Sequence[Official]:
    """Élus first, then services, in their order."""
    return session.scalars(select(Official).order_by(Official.kind, Official.position, Official.name)).all()


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


def remove_official(session: TenantSession, official: Official) -> None:
    """Take a card away."""
    audit.record(session, "official.removed", official)
    session.delete(official)
    session.flush()

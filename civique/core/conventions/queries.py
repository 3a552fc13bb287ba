"""Reading conventions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from civique.core.conventions.models import Convention
from tenants.session import TenantSession


def convention_of(session: TenantSession, about: Any) -> Convention | None:
    """The convention in force of an object."""
    query = select(Convention).where(Convention.object_id == about.id, Convention.replaced_at.is_(None))
    return session.scalars(query.options(*_whole())).one_or_none()


def former_versions(session: TenantSession, about: Any) -> Sequence[Convention]:
    """Versions that another replaced, newest first."""
    query = select(Convention).where(Convention.object_id == about.id, Convention.replaced_at.is_not(None))
    return session.scalars(query.options(*_whole()).order_by(Convention.version.desc())).all()


def _whole() -> tuple[Any, ...]:
    return (selectinload(Convention.duties), selectinload(Convention.signatures), selectinload(Convention.checks))

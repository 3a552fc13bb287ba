"""Reading conventions."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from civique.core.conventions.models import Convention
from tenants.session import TenantSession


def convention_of(session: TenantSession, about: Any) -> Convention | None:
    """The convention in force of an object."""
    return session.scalars(_IN_FORCE, {"about": about.id}).unique().one_or_none()


def former_versions(session: TenantSession, about: Any) -> Sequence[Convention]:
    """Versions that another replaced, newest first."""
    query = select(Convention).where(Convention.object_id == about.id, Convention.replaced_at.is_not(None))
    return session.scalars(query.options(*_WHOLE).order_by(Convention.version.desc())).unique().all()


# Two signatures, a few duties, a visit a year at most: joined, they are still few rows.
_WHOLE = (joinedload(Convention.duties), joinedload(Convention.signatures), joinedload(Convention.checks))
_IN_FORCE = (
    select(Convention)
    .where(Convention.object_id == bindparam("about"), Convention.replaced_at.is_(None))
    .options(*_WHOLE)
)

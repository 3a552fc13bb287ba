"""Reading agreements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from civique.core.agreements.models import Agreement
from tenants.session import TenantSession


def agreement_of(session: TenantSession, about: Any) -> Agreement | None:
    """The agreement in force of an object."""
    return session.scalars(_IN_FORCE, {"about": about.id}).unique().one_or_none()


def former_versions(session: TenantSession, about: Any) -> Sequence[Agreement]:
    """Versions that another replaced, newest first."""
    query = select(Agreement).where(Agreement.object_id == about.id, Agreement.replaced_at.is_not(None))
    return session.scalars(query.options(*_WHOLE).order_by(Agreement.version.desc())).unique().all()


# Two signatures, a few duties, a visit a year at most: joined, they are still few rows.
_WHOLE = (joinedload(Agreement.duties), joinedload(Agreement.signatures), joinedload(Agreement.checks))
_IN_FORCE = (
    select(Agreement).where(Agreement.object_id == bindparam("about"), Agreement.replaced_at.is_(None)).options(*_WHOLE)
)

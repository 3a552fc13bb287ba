"""Reading conventions."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from civique.core.conventions.models import Convention, Signature, UpkeepCheck
from tenants.session import TenantSession


def convention_of(session: TenantSession, about: Any) -> Convention | None:
    """The convention in force of an object."""
    query = select(Convention).where(Convention.object_id == about.id, Convention.replaced_at.is_(None))
    return session.scalars(query.options(*_whole())).one_or_none()


def former_versions(session: TenantSession, about: Any) -> Sequence[Convention]:
    """Versions that another replaced, newest first."""
    query = select(Convention).where(Convention.object_id == about.id, Convention.replaced_at.is_not(None))
    return session.scalars(query.options(*_whole()).order_by(Convention.version.desc())).all()


def unsigned(object_type: str) -> Select[Convention]:
    """Query of the conventions that wait for a signature, eldest first."""
    return (
        select(Convention)
        .where(
            Convention.object_type == object_type,
            Convention.state == "to_sign",
            Convention.replaced_at.is_(None),
        )
        .options(*_whole())
        .order_by(Convention.created_at, Convention.id)
    )


def checks_due(object_type: str, until: date) -> Select[UpkeepCheck]:
    """Query of the checks of upkeep to make by a day, eldest first."""
    return (
        select(UpkeepCheck)
        .join(Convention)
        .where(
            Convention.object_type == object_type, Convention.state == "signed", Convention.replaced_at.is_(None),
            UpkeepCheck.done_on.is_(None), UpkeepCheck.due_on <= until,
        )
        .order_by(UpkeepCheck.due_on)
    )  # fmt: skip


def signed_by(session: TenantSession, person_id: UUID) -> Sequence[Convention]:
    """Conventions that a person signed."""
    query = select(Convention).join(Signature).where(Signature.person_id == person_id)
    return session.scalars(query.order_by(Signature.signed_on)).all()


def _whole() -> tuple[Any, ...]:
    return (selectinload(Convention.duties), selectinload(Convention.signatures), selectinload(Convention.checks))

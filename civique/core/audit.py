"""The audit trail: append-only, ids and never names, so that erasing a person leaves it true.

The commune's role can add and read, not change or delete; an owner's job purges by age.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base, Created, Id
from tenants.session import TenantSession


class AuditEntry(Base):
    """Who did what to which object, when."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_object", "object_type", "object_id"),
        Index("ix_audit_entry_at", "at"),
        {"info": {"grants": "SELECT, INSERT"}},
    )
    shown_on_pages = False

    id: Mapped[Id]
    at: Mapped[Created]
    actor_id: Mapped[UUID | None]
    on_behalf_of: Mapped[UUID | None]
    action: Mapped[str] = mapped_column(String(80))
    object_type: Mapped[str | None] = mapped_column(String(60))
    object_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(session: TenantSession, action: str, target: Any = None, **data: Any) -> AuditEntry:
    """Add a line to the audit trail, in the caller's transaction.

    Args:
        action: ``module.object.verb``, for instance ``fund.request.granted``.
        target: the row concerned, if any.
        data: ids, states, amounts; never a name, an address or a text typed by a person.
    """
    entry = AuditEntry(
        actor_id=session.actor_id,
        on_behalf_of=session.info.get("on_behalf_of"),
        action=action,
        object_type=type(target).__tablename__ if target is not None else None,
        object_id=target.id if target is not None else None,
        data={key: _plain(value) for key, value in data.items()},
    )
    session.add(entry)
    return entry


def history(session: TenantSession, row: Any) -> Sequence[AuditEntry]:
    """What happened to a row, oldest first."""
    query = select(AuditEntry).where(AuditEntry.object_type == row.__tablename__, AuditEntry.object_id == row.id)
    return session.scalars(query.order_by(AuditEntry.at, AuditEntry.id)).all()


def last_change(session: TenantSession, row: Any) -> AuditEntry | None:
    """The last line about a row; None when there is none, or no row."""
    if row is None or not isinstance(row, Base):
        return None
    return next(reversed(history(session, row)), None)


def _plain(value: Any) -> Any:
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)

"""Reading agreements."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import joinedload

from civique.core.agreements.models import Agreement, Signature, UpkeepCheck
from tenants.session import TenantSession

# Two signatures, a few duties, a visit a year at most: joined, they are still few rows.
_WHOLE = (joinedload(Agreement.duties), joinedload(Agreement.signatures), joinedload(Agreement.checks))
_IN_FORCE = (
    select(Agreement).where(Agreement.object_id == bindparam("about"), Agreement.replaced_at.is_(None)).options(*_WHOLE)
)


def agreement_of(session: TenantSession, about: Any) -> Agreement | None:
    """The agreement of an object: its last version."""
    return last_version(session, about.id)


def last_version(session: TenantSession, object_id: UUID) -> Agreement | None:
    """The agreement about the object of this identifier."""
    return session.scalars(_IN_FORCE, {"about": object_id}).unique().one_or_none()


def versions(session: TenantSession, object_id: UUID) -> Sequence[Agreement]:
    """Every version of the agreement of an object, newest first."""
    query = select(Agreement).where(Agreement.object_id == object_id).options(*_WHOLE)
    return session.scalars(query.order_by(Agreement.version.desc())).unique().all()


def last_versions() -> Select[Agreement]:
    """Query of the agreements: their last versions."""
    return select(Agreement).where(Agreement.replaced_at.is_(None))


def has_visit(until: date) -> ColumnElement[bool]:
    """Condition: a visit of upkeep is to be made by a day."""
    return exists().where(UpkeepCheck.agreement_id == Agreement.id, *_to_visit(until))


def unsigned_by_commune(session: TenantSession, tables: Collection[str], limit: int) -> Sequence[Agreement]:
    """Agreements that the applicant has signed and the commune has not, eldest first, about objects of some tables."""
    query = select(Agreement).where(
        Agreement.state == "to_sign",
        Agreement.replaced_at.is_(None),
        Agreement.object_type.in_(tables),
        _signed("applicant"),
        ~_signed("commune"),
    )
    return session.scalars(query.order_by(Agreement.created_at).limit(limit)).all()


def unsigned_by_applicant(session: TenantSession, since: datetime, tables: Collection[str]) -> Sequence[Agreement]:
    """Agreements offered before a moment that the applicant has not signed, about objects of some tables."""
    query = select(Agreement).where(
        Agreement.state == "to_sign",
        Agreement.replaced_at.is_(None),
        Agreement.offered_at < since,
        Agreement.object_type.in_(tables),
        ~_signed("applicant"),
    )
    return session.scalars(query.order_by(Agreement.offered_at)).all()


def checks_to_make(session: TenantSession, until: date, limit: int) -> Sequence[UpkeepCheck]:
    """Visits of upkeep to make by a day, eldest first, with their agreement."""
    query = (
        select(UpkeepCheck)
        .join(UpkeepCheck.agreement)
        .options(joinedload(UpkeepCheck.agreement))
        .where(*_to_visit(until))
        .order_by(UpkeepCheck.due_on)
        .limit(limit)
    )
    return session.scalars(query).all()


def _signed(side: str) -> ColumnElement[bool]:
    return exists().where(Signature.agreement_id == Agreement.id, Signature.side == side)


def _to_visit(until: date) -> tuple[ColumnElement[bool], ...]:
    return (
        Agreement.state == "signed",
        Agreement.replaced_at.is_(None),
        UpkeepCheck.done_on.is_(None),
        UpkeepCheck.due_on <= until,
    )

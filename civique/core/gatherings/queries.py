"""Reading gatherings."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from civique.core.agenda.models import Event
from civique.core.agenda.queries import is_over
from civique.core.gatherings.models import Gathering
from tenants.session import TenantSession

PLANNED = (Gathering.held_at.is_(None), Event.state != "cancelled")
"""Conditions of a gathering that was neither held nor cancelled, on a query that joins its event."""


def gatherings(origin_id: UUID | None = None) -> Select[Gathering]:
    """Query of the gatherings with their events and attendees, newest first.

    Args:
        origin_id: of what holds them; those of all without it.
    """
    query = select(Gathering).join(Gathering.event).options(contains_eager(Gathering.event))
    query = query.options(selectinload(Gathering.attendees)).order_by(Event.starts_at.desc(), Gathering.id)
    return query.where(Gathering.origin_id == origin_id) if origin_id else query


def is_closed(now: datetime) -> ColumnElement[bool]:
    """Condition: a gathering is over. One that was held without being closed is still to be held; one that was cancelled is
    over once its day has passed."""
    return or_(Gathering.held_at.is_not(None), (Event.state == "cancelled") & is_over(now))


def planned_gatherings(session: TenantSession, origin_id: UUID) -> Sequence[Gathering]:
    """Gatherings of an origin that were neither held nor cancelled."""
    return session.scalars(gatherings(origin_id).where(*PLANNED)).all()

"""Reading the agenda."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from civique.core.agenda.models import Event
from tenants.session import TenantSession


def public_events(start: datetime, end: datetime | None = None) -> Select[Event]:
    """Query of what everyone may see from a moment on, cancelled ones included (people must know), options not."""
    finished = func.coalesce(Event.ends_at, Event.starts_at)
    query = select(Event).where(Event.public, Event.state != "option", finished >= start)
    if end is not None:
        query = query.where(Event.starts_at < end)
    return query.order_by(Event.starts_at, Event.id)


def next_events(session: TenantSession, start: datetime, limit: int = 4) -> Sequence[Event]:
    """The next public events that are not cancelled."""
    return session.scalars(public_events(start).where(Event.state == "planned").limit(limit)).all()


def clashes(session: TenantSession, event: Event) -> Sequence[Event]:
    """Other events in the same place at the same time (AGE-02)."""
    if event.place_id is None:
        return []
    end = event.ends_at or event.starts_at
    query = select(Event).where(
        Event.id != event.id,
        Event.place_id == event.place_id,
        Event.state != "cancelled",
        Event.starts_at < end,
        or_(Event.ends_at > event.starts_at, Event.starts_at >= event.starts_at),
    )
    return session.scalars(query).all()

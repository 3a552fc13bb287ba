"""Writing the agenda."""

from typing import Any

from sqlalchemy import select

from civique.core import audit, clock, search
from civique.core.agenda import queries
from civique.core.agenda.models import Event
from civique.core.territory.models import Place
from tenants.session import TenantSession


class PlaceTaken(ValueError):
    """Another event is in this place at this time (AGE-02). ``other`` is that event."""

    def __init__(self, other: Event) -> None:
        super().__init__(other.title)
        self.other = other


def plan_event(session: TenantSession, **facts: Any) -> Event:
    """Put an event in the agenda.

    Raises:
        PlaceTaken: the place is taken.
    """
    event = Event(**facts)
    session.add(event)
    session.flush()
    _refuse_clash(session, event)
    _index(session, event)
    audit.record(session, "event.planned", event)
    return event


def plan_for(session: TenantSession, origin: Any, **facts: Any) -> Event:
    """Put an object of a module in the agenda, or move what is there: never a second copy (AGE-01)."""
    key = {"origin_type": origin.__tablename__, "origin_id": origin.id}
    event = session.scalars(select(Event).filter_by(**key)).one_or_none()
    if event is None:
        return plan_event(session, **facts, **key)
    change_event(session, event, **facts)
    return event


def change_event(session: TenantSession, event: Event, **facts: Any) -> None:
    """Move or reword an event.

    Raises:
        PlaceTaken: the new place or time is taken.
    """
    for name, value in facts.items():
        setattr(event, name, value)
    event.changed_at = clock.now()
    session.flush()
    _refuse_clash(session, event)
    _index(session, event)
    audit.record(session, "event.changed", event, fields=" ".join(sorted(facts)))


def cancel_event(session: TenantSession, event: Event) -> None:
    """Cancel; the event stays in the agenda, marked, so that nobody comes for nothing (AGE-04)."""
    event.state, event.changed_at = "cancelled", clock.now()
    session.flush()
    audit.record(session, "event.cancelled", event)


def _index(session: TenantSession, event: Event) -> None:
    if event.public and event.state != "option":
        search.index(session, queries.SEARCH, event)
    else:
        search.remove(session, event)


def _refuse_clash(session: TenantSession, event: Event) -> None:
    # One at a time in a place: the second of two clerks waits here, then sees the first one's event.
    session.execute(select(Place.id).where(Place.id == event.place_id).with_for_update())
    others = queries.clashes(session, event)
    if others and event.state != "cancelled":
        raise PlaceTaken(others[0])

"""Writing the agenda."""

from typing import Any

from sqlalchemy import select

from civique.core import audit, clock, search
from civique.core.agenda import queries
from civique.core.agenda.models import Event
from civique.core.i18n import clock_time, long_date
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.territory.models import Place
from tenants.session import TenantSession


def plan_event(session: TenantSession, **facts: Any) -> Event:
    """Put an event in the agenda.

    Raises:
        Refused: the place is taken (AGE-02).
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
        Refused: the new place or time is taken (AGE-02).
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
        raise Refused(_place_taken(others[0]), "place_id", rule="AGE-02")


def _place_taken(other: Event) -> str:
    """Why a place cannot be taken: names the event that is there."""
    said = {
        "place": other.place.name if other.place else other.where,
        "title": other.title,
        "day": long_date(other.starts_at),
    }
    if other.all_day:
        return _(
            "%(place)s is taken: “%(title)s” is there all day on %(day)s. Choose another place or another day.", **said
        )
    return _(
        "%(place)s is taken: “%(title)s” is there on %(day)s at %(time)s. Choose another place or another hour.",
        time=clock_time(other.starts_at),
        **said,
    )

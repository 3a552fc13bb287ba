"""Reading the agenda."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select

from civique.core.agenda.models import Event
from civique.core.folding import holds
from civique.core.i18n import _l, long_date
from civique.core.search import Described, SearchKind
from civique.core.territory.models import Place
from tenants.session import TenantSession

UNKNOWN_END = timedelta(hours=1)
_SHOWN = Event.public, Event.state != "option"


def public_events(start: datetime, end: datetime | None = None) -> Select[Event]:
    """Query of what everyone may see from a moment on, cancelled ones included (people must know), options not."""
    finished = func.coalesce(Event.ends_at, Event.starts_at)
    query = select(Event).where(*_SHOWN, finished >= start)
    if end is not None:
        query = query.where(Event.starts_at < end)
    return query.order_by(Event.starts_at, Event.id)


def next_events(session: TenantSession, start: datetime, limit: int = 4) -> Sequence[Event]:
    """The next public events that are not cancelled."""
    return session.scalars(public_events(start).where(Event.state == "planned").limit(limit)).all()


def clashes(session: TenantSession, event: Event) -> Sequence[Event]:
    """Other events in the same place at the same time (AGE-02). One whose end is not known lasts an hour."""
    if event.place_id is None:
        return []
    query = select(Event).where(
        Event.id != event.id,
        Event.place_id == event.place_id,
        Event.state != "cancelled",
        Event.starts_at < (event.ends_at or event.starts_at + UNKNOWN_END),
        func.coalesce(Event.ends_at, Event.starts_at + UNKNOWN_END) > event.starts_at,
    )
    return session.scalars(query.order_by(Event.starts_at)).all()


def all_events() -> Select[Event]:
    """Query of every event, with its place."""
    return select(Event).outerjoin(Event.place)


def is_over(moment: datetime) -> ColumnElement[bool]:
    """Condition: an event has ended by a moment."""
    return func.coalesce(Event.ends_at, Event.starts_at) < moment


def said_in(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search, on a query that joins the place: each word is in the title or in the place of the event."""
    return holds(text, Event.title, Event.place_text, Place.folded)


def _described(event: Event) -> Described:
    day = long_date(event.starts_at, weekday=False)
    return Described(event.title, " – ".join(filter(None, (day, event.where, event.summary))), event.path)


SEARCH = SearchKind("event", _l("Event"), lambda session: session.scalars(select(Event).where(*_SHOWN)), _described)

"""The public agenda: page, iCalendar, Atom."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, abort, current_app
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agenda import queries
from civique.core.agenda.models import Event
from civique.core.commune import site_address
from civique.core.i18n import date_and_time
from civique.core.i18n import gettext as _
from civique.web.access import PUBLIC, allow
from civique.web.feeds import Entry, atom
from civique.web.lists import paginate
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("agenda", __name__)


@blueprint.get("/agenda")
@allow(PUBLIC)
def listing() -> Response:
    """What is coming, month by month."""
    return page("site/agenda.html", block="rows", listing=paginate(queries.public_events(clock.now())))


@blueprint.get("/agenda/<uuid:event_id>")
@allow(PUBLIC)
def event(event_id: UUID) -> Response:
    """One event."""
    return page("site/event.html", event=_public(event_id))


@blueprint.get("/agenda.ics")
@allow(PUBLIC)
def calendar() -> Response:
    """The agenda, to subscribe to from a phone."""
    events = db.session.scalars(queries.public_events(clock.now()).limit(300)).all()
    return _ics(list(events))


@blueprint.get("/agenda/<uuid:event_id>.ics")
@allow(PUBLIC)
def one_calendar(event_id: UUID) -> Response:
    """One event, to put in one's own agenda."""
    return _ics([_public(event_id)])


@blueprint.get("/agenda.atom")
@allow(PUBLIC)
def feed() -> Response:
    """The agenda, for readers and other sites."""
    events = db.session.scalars(queries.public_events(clock.now()).limit(40)).all()
    entries = [
        Entry(f"/agenda/{e.id}", e.title, e.changed_at, f"{date_and_time(e.starts_at)} – {e.where}".rstrip(" –"))
        for e in events
    ]
    return atom(_("Agenda of %(commune)s", commune=current_tenant().name), "/agenda.atom", entries)


def _public(event_id: UUID) -> Event:
    event = db.session.get(Event, event_id)
    if event is None or not event.public or event.state == "option":
        abort(404)
    return event


def _ics(events: list[Event]) -> Response:
    """RFC 5545: UTC times, stable identifiers, a cancelled event says so; folding and escaping by the library."""
    import icalendar

    site = site_address(current_tenant())
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Civique//Agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", current_tenant().name)
    for event in events:
        entry = icalendar.Event()
        entry.add("uid", f"{event.id}@{current_tenant().id}")
        entry.add("dtstamp", event.changed_at)
        entry.add("sequence", event.revision)
        entry.add("dtstart", clock.local(event.starts_at).date() if event.all_day else event.starts_at)
        if event.ends_at:
            # A date that ends is the day after, for RFC 5545.
            last_day = clock.local(event.ends_at).date() + timedelta(days=1)
            entry.add("dtend", last_day if event.all_day else event.ends_at)
        entry.add("summary", event.title)
        entry.add("description", event.summary)
        entry.add("location", event.where)
        entry.add("url", f"{site}/agenda/{event.id}")
        entry.add("status", "CANCELLED" if event.state == "cancelled" else "CONFIRMED")
        calendar.add_component(entry)
    return current_app.response_class(calendar.to_ical(), mimetype="text/calendar")

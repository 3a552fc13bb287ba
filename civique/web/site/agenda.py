"""The public agenda: page, iCalendar, Atom."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agenda import queries
from civique.core.agenda.days import days_between
from civique.core.agenda.declarations import Day
from civique.core.agenda.models import Event
from civique.core.gatherings.queries import gathering_of, is_open
from civique.core.i18n import date_and_time
from civique.core.i18n import gettext as _
from civique.web.access import PUBLIC, allow
from civique.web.calendars import Moment, calendar_file
from civique.web.feeds import Entry, atom
from civique.web.lists import PAGE_SIZE, Listing, paginate
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("agenda", __name__)
A_YEAR = timedelta(days=366)


@blueprint.get("/agenda")
@allow(PUBLIC)
def listing() -> Response:
    """What is coming, with the days that matter in the modules."""
    found = paginate(queries.public_events(clock.now()))
    rows = sorted([*_days_beside(found), *found.rows], key=lambda row: _day(row.starts_at))
    return page("site/agenda.html", block="rows", listing=replace(found, rows=rows))


@blueprint.get("/agenda/<uuid:event_id>")
@allow(PUBLIC)
def event(event_id: UUID) -> Response:
    """One event, with the way to register when it takes registrations."""
    found = public_event(event_id)
    gathering = gathering_of(db.session, found)
    opening = gathering.opening if gathering else None
    return page(
        "site/event.html",
        event=found,
        opening=opening,
        open=gathering is not None and is_open(gathering, opening),
    )


@blueprint.get("/agenda.ics")
@allow(PUBLIC)
def calendar() -> Response:
    """The agenda, to subscribe to from a phone."""
    events = db.session.scalars(queries.public_events(clock.now()).limit(300)).all()
    days = days_between(db.session, clock.today(), clock.today() + A_YEAR)
    return calendar_file([*map(_moment, events), *map(_day_moment, days)])


@blueprint.get("/agenda/<uuid:event_id>.ics")
@allow(PUBLIC)
def one_calendar(event_id: UUID) -> Response:
    """One event, to put in one's own agenda."""
    return calendar_file([_moment(public_event(event_id))])


@blueprint.get("/agenda.atom")
@allow(PUBLIC)
def feed() -> Response:
    """The agenda, for readers and other sites."""
    events = db.session.scalars(queries.public_events(clock.now()).limit(40)).all()
    entries = [
        Entry(e.path, e.title, e.changed_at, f"{date_and_time(e.starts_at)} – {e.where}".rstrip(" –")) for e in events
    ]
    return atom(_("Agenda of %(commune)s", commune=current_tenant().name), "/agenda.atom", entries)


def public_event(event_id: UUID) -> Event:
    """An event that everybody may see; another one is 404."""
    event = db.session.get(Event, event_id)
    if event is None or not event.public or event.state == "option":
        abort(404)
    return event


def _days_beside(found: Listing) -> list[Day]:
    """Days of the modules from the first event of a page of the agenda to the eve of the first one of the next page; in a
    year at most."""
    if found.number > found.pages:
        return []
    start, end = clock.today(), clock.today() + A_YEAR
    if found.number > 1:
        start = max(start, _day(found.rows[0].starts_at))
    if found.number < found.pages:
        following = queries.public_events(clock.now()).offset(found.number * PAGE_SIZE).limit(1)
        first = db.session.scalars(following).first()
        end = _day(first.starts_at) - timedelta(days=1) if first is not None else end
    return days_between(db.session, start, end) if start <= end else []


def _day(moment: date) -> date:
    """The day of a moment in the commune; a day is itself."""
    return clock.local(moment).date() if isinstance(moment, datetime) else moment


def _moment(event: Event) -> Moment:
    """An event as it is written in iCalendar, for which a date that ends is the day after."""
    starts_at: date = event.starts_at
    ends_at: date | None = event.ends_at
    if event.all_day:
        starts_at = clock.local(event.starts_at).date()
        ends_at = clock.local(event.ends_at).date() + timedelta(days=1) if event.ends_at else None
    return Moment(
        event.id,
        event.title,
        event.path,
        starts_at,
        ends_at,
        where=event.where,
        summary=event.summary,
        changed_at=event.changed_at,
        revision=event.revision,
        cancelled=event.state == "cancelled",
    )


def _day_moment(day: Day) -> Moment:
    """A day that matters in a module: it keeps nobody busy."""
    return Moment(day.row.id, f"{day.title} ({day.where})", day.path, day.starts_at, busy=False)

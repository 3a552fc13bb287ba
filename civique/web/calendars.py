"""Calendars to subscribe to (iCalendar, RFC 5545): UTC times, stable identifiers; folding and escaping by the library."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import current_app
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.commune import site_address
from tenants.session import current_tenant


@dataclass(frozen=True)
class Moment:
    """What happens at a moment, or on a day. A date that ends is the day after. What is cancelled says so; what is not
    ``busy`` keeps nobody busy. ``revision`` grows when it changes."""

    id: UUID
    title: str
    path: str
    starts_at: date
    ends_at: date | None = None
    where: str = ""
    summary: str = ""
    changed_at: datetime | None = None
    revision: int = 0
    cancelled: bool = False
    busy: bool = True


def calendar_file(moments: Iterable[Moment]) -> Response:
    """A calendar of these moments."""
    import icalendar

    tenant = current_tenant()
    site, calendar = site_address(tenant), icalendar.Calendar()
    calendar.add("prodid", "-//Civique//Agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", tenant.name)
    for moment in moments:
        entry = icalendar.Event()
        entry.add("uid", f"{moment.id}@{tenant.id}")
        entry.add("dtstamp", moment.changed_at or clock.now())
        entry.add("sequence", moment.revision)
        entry.add("dtstart", moment.starts_at)
        for name, value in (
            ("dtend", moment.ends_at),
            ("description", moment.summary),
            ("location", moment.where),
        ):
            if value:
                entry.add(name, value)
        entry.add("summary", moment.title)
        entry.add("url", f"{site}{moment.path}")
        if moment.busy:
            entry.add("status", "CANCELLED" if moment.cancelled else "CONFIRMED")
        else:
            entry.add("transp", "TRANSPARENT")
        calendar.add_component(entry)
    return current_app.response_class(calendar.to_ical(), mimetype="text/calendar")

"""Time: stored in UTC, shown and counted in the commune's time zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Date, bindparam

from tenants import clock
from tenants.session import current_tenant


def now() -> datetime:
    """This moment by the database's clock, with its zone (UTC): two processes never disagree about what is over."""
    return clock.now()


def zone() -> ZoneInfo:
    """Time zone of the current commune."""
    return ZoneInfo(current_tenant().time_zone)


def today() -> date:
    """Today's date in the commune (at Saint-Pierre it may still be yesterday)."""
    return now().astimezone(zone()).date()


TODAY = bindparam(None, callable_=today, type_=Date)
"""The same in a query that is written once: the database's ``current_date`` is that of UTC, hours early or late."""


def local(moment: datetime) -> datetime:
    """A stored moment in the commune's time."""
    return moment.astimezone(zone())


def exists(typed: datetime) -> bool:
    """Whether the clocks of a place show this hour of a day: the night they go forward, they skip one. An hour that they
    show twice, the night they go back, is the first of the two."""
    before, after = (typed.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return before >= after  # read with the time that ends, then with the one that begins

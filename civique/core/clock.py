"""Time: stored in UTC, shown and counted in the commune's time zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

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


def local(moment: datetime) -> datetime:
    """A stored moment in the commune's time."""
    return moment.astimezone(zone())

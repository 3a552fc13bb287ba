"""Time: stored in UTC, shown and counted in the commune's time zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.session import current_tenant


def now() -> datetime:
    """This moment, with its zone (UTC)."""
    return datetime.now(UTC)


def zone() -> ZoneInfo:
    """Time zone of the current commune."""
    return ZoneInfo(current_tenant().time_zone)


def today() -> date:
    """Today's date in the commune (at Saint-Pierre it may still be yesterday)."""
    return now().astimezone(zone()).date()


def local(moment: datetime) -> datetime:
    """A stored moment in the commune's time."""
    return moment.astimezone(zone())


def database_now(session: Session) -> datetime:
    """The database's clock: what deadlines are judged by, so that two processes never disagree."""
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment

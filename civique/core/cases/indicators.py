"""How many cases there were, in all, by channel and by village: an indicator of every module that has some."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from civique.core.indicators.declarations import Counted
from civique.core.indicators.figures import exact
from civique.core.indicators.periods import Period, moments
from tenants.session import TenantSession


def received(model: type[Any], on: Any = None) -> Callable[[TenantSession, Period], list[Counted]]:
    """What counts the cases of a table received in a period.

    Args:
        on: column of when a case came, when it is not when its row was made.
    """
    came = model.created_at if on is None else on

    def count(session: TenantSession, period: Period) -> list[Counted]:
        begins, ends = moments(period)
        return counted(session, model, came >= begins, came < ends)

    return count


def counted(session: TenantSession, model: type[Any], *conditions: Any) -> list[Counted]:
    """The cases of a table for which some conditions are true, in all, by channel and by village."""
    channels = session.execute(select(model.channel, func.count()).where(*conditions).group_by(model.channel)).all()
    query = select(model.territory_id, func.count()).where(*conditions, model.territory_id.is_not(None))
    villages = session.execute(query.group_by(model.territory_id)).all()
    return [
        Counted(exact(sum(number for _, number in channels))),
        *(Counted(exact(number), channel=channel) for channel, number in channels),
        *(Counted(exact(number), territory_id=territory) for territory, number in villages),
    ]

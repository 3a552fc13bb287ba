"""How many cases were received: an indicator of every module that has some."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from civique.core.indicators.declarations import Counted
from civique.core.indicators.figures import exact
from civique.core.indicators.periods import Period, moments
from tenants.session import TenantSession


def received(model: type[Any]) -> Callable[[TenantSession, Period], list[Counted]]:
    """What counts the cases of a table (made with ``created_at``) received in a period, in all, by channel and by village."""

    def count(session: TenantSession, period: Period) -> list[Counted]:
        begins, ends = moments(period)
        during = (model.created_at >= begins, model.created_at < ends)
        channels = session.execute(select(model.channel, func.count()).where(*during).group_by(model.channel)).all()
        query = select(model.territory_id, func.count()).where(*during, model.territory_id.is_not(None))
        villages = session.execute(query.group_by(model.territory_id)).all()
        return [
            Counted(exact(sum(number for _, number in channels))),
            *(Counted(exact(number), channel=channel) for channel, number in channels),
            *(Counted(exact(number), territory_id=territory) for territory, number in villages),
        ]

    return count

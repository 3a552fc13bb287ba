"""Indicators of the questions to the mairie: how many, by channel and village. Their answers are in civique.core.answers.indicators."""

from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from civique.core import clock
from civique.core.i18n import _l
from civique.core.indicators.declarations import Counted, IndicatorDeclaration
from civique.core.indicators.figures import exact
from civique.core.indicators.periods import Period
from civique.core.questions.models import Question
from tenants.session import TenantSession


def received(session: TenantSession, period: Period) -> list[Counted]:
    """Questions received, in all, by channel and by village."""
    begins, ends = moments(period)
    during = (Question.created_at >= begins, Question.created_at < ends)
    channels = session.execute(select(Question.channel, func.count()).where(*during).group_by(Question.channel)).all()
    query = select(Question.territory_id, func.count()).where(*during, Question.territory_id.is_not(None))
    villages = session.execute(query.group_by(Question.territory_id)).all()
    return [
        Counted(exact(sum(count for _, count in channels))),
        *(Counted(exact(count), channel=channel) for channel, count in channels),
        *(Counted(exact(count), territory_id=territory) for territory, count in villages),
    ]


def moments(period: Period) -> tuple[datetime, datetime]:
    """The period in the commune's time: its first moment, and the one just after its last day."""
    after = period.end + timedelta(days=1)
    return datetime.combine(period.start, time(), clock.zone()), datetime.combine(after, time(), clock.zone())


INDICATORS = (
    IndicatorDeclaration(
        "core.questions",
        _l("Questions to the town hall"),
        "count",
        received,
        unit=_l("questions received"),
        polarity="none",
        by_territory=True,
        public=False,
    ),
)

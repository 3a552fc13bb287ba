"""What is counted from year to year."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import func, select

from civique.core.cases.indicators import received
from civique.core.gatherings.queries import headcounts
from civique.core.i18n import _l
from civique.core.indicators.declarations import Counted, IndicatorDeclaration
from civique.core.indicators.figures import UNKNOWN, exact
from civique.core.indicators.formulas import median, percent, satisfaction
from civique.core.indicators.periods import Period, moments
from civique.modules.volunteering.models import Mission, MissionState, Volunteer, words
from civique.modules.volunteering.queries import figures
from tenants.session import TenantSession


def active(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Volunteers whom a mission had in a period, or who gave hours then."""
    return [Counted(exact(figures.active(session, *moments(period))))]


def by_origin(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Where the volunteers of a period came from (BEN-06)."""
    begins, ends = moments(period)
    query = select(Volunteer.origin, func.count()).where(Volunteer.created_at >= begins, Volunteer.created_at < ends)
    rows = session.execute(query.group_by(Volunteer.origin)).all()
    return [Counted(exact(number), category=origin) for origin, number in rows]


def reached(state: str) -> Callable[[TenantSession, Period], Sequence[Counted]]:
    """What counts the missions that entered a state for the first time in a period."""

    def count(session: TenantSession, period: Period) -> Sequence[Counted]:
        ids = figures.entered((state,), *moments(period)).subquery()
        query = select(func.count()).select_from(Mission).where(Mission.id.in_(select(ids)))
        return [Counted(exact(session.scalar(query) or 0))]

    return count


def hours(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Hours of a period that organisations validated, rounded."""
    return [Counted(exact(round(figures.validated_minutes(session, *moments(period)) / 60)))]


def first_word(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Median days until the desk spoke with the volunteers of a period."""
    days = figures.waits(session, *moments(period))
    return [Counted(median(days) if days else UNKNOWN, base=len(days))]


def retention(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Of those whose first year as volunteers ended in a period, the share that had not left."""
    stayed, all_ = figures.retention(session, *moments(period))
    return [Counted(percent(stayed, all_), base=all_)]


def satisfied(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Share of 4 and 5 among what volunteers and organisations answered in a period; nothing under five answers."""
    found = satisfaction(figures.marks(session, *moments(period))).public()
    return [Counted(found.share, base=found.answers) if found else Counted(UNKNOWN, base=0)]


def trainings(session: TenantSession, period: Period) -> Sequence[Counted]:
    """Trainings of volunteers that took place in a period."""
    return [Counted(exact(len(figures.trainings(session, *moments(period)))))]


def trained(session: TenantSession, period: Period) -> Sequence[Counted]:
    """People who came to them, each as often as they came."""
    held = figures.trainings(session, *moments(period))
    counted = headcounts(session, [each.id for each in held])
    return [Counted(exact(sum(each.came for each in counted.values())))]


def _count(code: str, label: Any, compute: Any, **more: Any) -> IndicatorDeclaration:
    return IndicatorDeclaration(f"volunteering.{code}", label, "count", compute, **more)


INDICATORS = (
    _count("volunteers", _l("New volunteers"), received(Volunteer), by_territory=True),
    _count("active", _l("Active volunteers"), active),
    IndicatorDeclaration(
        "volunteering.origins", _l("Where volunteers come from"), "typology", by_origin, categories=words.ORIGINS
    ),
    _count("missions", _l("Missions proposed"), received(Mission), by_territory=True, people=False),
    _count("published", _l("Missions published"), reached(MissionState.PUBLISHED), people=False),
    _count("filled", _l("Missions filled"), reached(MissionState.FILLED), people=False),
    _count("hours", _l("Volunteer hours, validated"), hours, unit=_l("hours"), people=False),
    _count(
        "first_word",
        _l("Days until a volunteer has a first word, median"),
        first_word,
        unit=_l("days"),
        polarity="down",
        people=False,
        dated=False,
    ),
    IndicatorDeclaration(
        "volunteering.satisfaction",
        _l("Volunteers and organisations who say that it goes well"),
        "satisfaction",
        satisfied,
    ),
    _count("trainings", _l("Trainings of volunteers"), trainings, people=False),
    _count("trained", _l("People who came to trainings of volunteers"), trained),
    IndicatorDeclaration("volunteering.retention", _l("Still volunteers after 12 months"), "percentage", retention),
)

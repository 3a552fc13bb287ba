"""Figures of a period: hours, who is active, how long people wait, who stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.cases.models import CaseStep
from civique.core.feedback.models import FeedbackSheet
from civique.core.gatherings.models import Gathering
from civique.core.loading import among
from civique.modules.volunteering.models import OPENED, Hours, HoursState, Match, MatchState, Volunteer, VolunteerState
from tenants.session import TenantSession

OPINIONS, MARK = ("volunteering_volunteer", "volunteering_side"), "well"
"""Questionnaires of those who give a hand and of those who receive it, and the question of each that is a figure."""
YEAR = timedelta(days=365)
TRAINING = "training"
"""Kind of the gatherings that are trainings of volunteers."""


def entered(states: Sequence[str], begins: datetime, ends: datetime) -> Select[Any]:
    """Query of the cases that entered one of some states for the first time between two moments."""
    first = func.min(CaseStep.at)
    query = select(CaseStep.object_id).where(among(CaseStep.state, states)).group_by(CaseStep.object_id)
    return query.having(first >= begins, first < ends)


def waits(session: TenantSession, begins: datetime, ends: datetime) -> list[int]:
    """Days that each volunteer of a period who was contacted had waited."""
    query = select(Volunteer.created_at, Volunteer.contacted_at).where(
        Volunteer.created_at >= begins, Volunteer.created_at < ends, Volunteer.contacted_at.is_not(None)
    )
    return [max(0, (row.contacted_at - row.created_at).days) for row in session.execute(query)]


def retention(session: TenantSession, begins: datetime, ends: datetime) -> tuple[int, int]:
    """Of the volunteers who began a mission a year before a period, how many had not left a year later, and how many they
    are."""
    began = (
        select(Match.volunteer_id, func.min(CaseStep.at).label("at"))
        .join(CaseStep, CaseStep.object_id == Match.id)
        .where(CaseStep.state == MatchState.FIRST_STEPS)
        .group_by(Match.volunteer_id)
        .subquery()
    )
    left = exists().where(
        CaseStep.object_id == began.c.volunteer_id,
        CaseStep.state == VolunteerState.LEFT,
        CaseStep.at < began.c.at + YEAR,
    )
    query = select(func.count().filter(~left), func.count()).select_from(began)
    stayed, all_ = session.execute(query.where(began.c.at >= begins - YEAR, began.c.at < ends - YEAR)).one()
    return stayed, all_


def _given(begins: datetime, ends: datetime) -> tuple[ColumnElement[bool], ...]:
    return Hours.done_on >= clock.local(begins).date(), Hours.done_on < clock.local(ends).date()


def active(session: TenantSession, begins: datetime, ends: datetime) -> int:
    """Volunteers who gave validated hours in a period, or whom a mission had then."""
    gave = select(Hours.volunteer_id).where(
        Hours.state == HoursState.VALIDATED,
        *_given(begins, ends),
    )
    began = (
        select(Match.volunteer_id)
        .join(CaseStep, and_(CaseStep.object_id == Match.id, among(CaseStep.state, OPENED)))
        .where(CaseStep.at >= begins, CaseStep.at < ends)
    )
    people = gave.union(began).subquery()
    return session.scalar(select(func.count()).select_from(people)) or 0


def validated_minutes(session: TenantSession, begins: datetime, ends: datetime) -> int:
    """Minutes that organisations validated, of hours given in a period."""
    query = select(func.coalesce(func.sum(Hours.minutes), 0)).where(
        Hours.state == HoursState.VALIDATED, *_given(begins, ends)
    )
    return int(session.scalar(query) or 0)


def marks(session: TenantSession, begins: datetime, ends: datetime) -> list[int | None]:
    """What volunteers and organisations answered in a period: 1 to 5, None for who does not say."""
    query = select(FeedbackSheet.answers).where(
        among(FeedbackSheet.questionnaire, OPINIONS),
        FeedbackSheet.created_at >= begins,
        FeedbackSheet.created_at < ends,
    )
    return [answers.get(MARK) for answers in session.scalars(query)]


def trainings(session: TenantSession, begins: datetime, ends: datetime) -> Sequence[Gathering]:
    """Trainings that took place between two moments."""
    query = select(Gathering).join(Event).where(Gathering.kind == TRAINING, Event.state == "planned")
    return session.scalars(query.where(Event.starts_at >= begins, Event.starts_at < min(ends, clock.now()))).all()

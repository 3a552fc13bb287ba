"""What residents may read of applications under examination, and what they say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select

from civique.core import settings
from civique.core.endorsements.declarations import Subject, Subjects
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.endorsements.queries import comments_on_object, count_endorsements
from civique.core.loading import among
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.territory.models import Territory
from civique.modules.fund.models import EXAMINED, READABLE, FundApplication
from civique.modules.fund.queries import applications_of
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession


def endorsements_on(session: TenantSession) -> bool:
    """Whether the commune lets residents support applications under examination."""
    return settings.get(session, FundSettings).endorsements


def comments_on(session: TenantSession) -> bool:
    """Whether residents may also write a comment: never without the supports."""
    found = settings.get(session, FundSettings)
    return found.endorsements and found.comments


def is_shown(session: TenantSession, application: FundApplication) -> bool:
    """Whether residents may read an application: the commune wants it, its applicant agreed, the mairie has it under examination."""
    return endorsements_on(session) and application.shown_while_examined and application.state in READABLE


def _shown() -> tuple[ColumnElement[bool], ...]:
    return FundApplication.shown_while_examined.is_(True), among(FundApplication.state, READABLE)


def _supports() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Endorsement)
        .where(Endorsement.object_id == FundApplication.id)
        .correlate(FundApplication)
        .scalar_subquery()
    )


def shown_applications() -> Select[*tuple[Any, ...]]:
    """Query of the applications that residents may read, newest first, as rows for a list. Never ordered by their supports:
    it is not a contest."""
    return (
        select(
            FundApplication.id,
            FundApplication.title,
            FundApplication.submitted_at,
            Organisation.name.label("organisation"),
            Territory.name.label("territory"),
            _supports().label("supports"),
        )
        .outerjoin(Organisation, Organisation.id == FundApplication.organisation_id)
        .outerjoin(Territory, Territory.id == FundApplication.territory_id)
        .where(*_shown())
        .order_by(FundApplication.submitted_at.desc(), FundApplication.id)
    )


def open_to(session: TenantSession, person: Person) -> Sequence[FundApplication]:
    """Applications that a person may support: shown to residents, neither theirs nor their organisations', by name."""
    own = [application.id for application in applications_of(session, person)]
    query = select(FundApplication).where(*_shown(), FundApplication.id.not_in(own))
    return session.scalars(query.order_by(FundApplication.folded, FundApplication.id)).unique().all()


def count_shown(session: TenantSession) -> int:
    """How many applications residents may read; none where the commune does not want it."""
    if not endorsements_on(session):
        return 0
    return session.execute(select(func.count()).select_from(FundApplication).where(*_shown())).scalar_one()


def readable(session: TenantSession) -> Select[UUID]:
    """Query of the ids of the applications that residents may read."""
    return (
        select(FundApplication.id).where(*_shown())
        if endorsements_on(session)
        else select(FundApplication.id).where(false())
    )


def describe(application: FundApplication) -> Subject:
    """An application as what residents endorse."""
    path = f"/fonds/en-cours/{application.id}"
    return Subject(application, application.title, path, f"/mairie/fonds/demandes/{application.id}")


def subjects_open_to(session: TenantSession, person: Person) -> list[Subject]:
    """What a person may endorse; nothing where the commune does not want it."""
    return [describe(application) for application in open_to(session, person)] if endorsements_on(session) else []


SUBJECTS = Subjects(FundApplication, describe, endorsements_on, comments_on, readable, subjects_open_to)


@dataclass(frozen=True)
class Said:
    """What residents say of an application, as the mairie reads it on its file."""

    supports: int
    examined: bool
    shown: bool
    comments: Sequence[Comment]


def said_of(session: TenantSession, application: FundApplication) -> Said | None:
    """What residents say of an application; None when there is nothing to show: switched off, or decided without an endorsement."""
    if not endorsements_on(session):
        return None
    supports, examined = count_endorsements(session, application), application.state in EXAMINED
    if not examined and not supports:
        return None
    comments = comments_on_object(session, application) if supports and comments_on(session) else ()
    return Said(supports, examined, is_shown(session, application), comments)

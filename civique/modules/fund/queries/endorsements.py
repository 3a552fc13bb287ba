"""What residents may read of requests under examination, and what they say of them."""

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
from civique.modules.fund.models import EXAMINED, READABLE, FundRequest
from civique.modules.fund.queries import requests_of
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession


def endorsements_on(session: TenantSession) -> bool:
    """Whether the commune lets residents support requests under examination."""
    return settings.get(session, FundSettings).endorsements


def comments_on(session: TenantSession) -> bool:
    """Whether residents may also write a comment: never without the supports."""
    found = settings.get(session, FundSettings)
    return found.endorsements and found.comments


def is_shown(session: TenantSession, request: FundRequest) -> bool:
    """Whether residents may read a request: the commune wants it, its holder agreed, the mairie has it under examination."""
    return endorsements_on(session) and request.shown_while_examined and request.state in READABLE


def _shown() -> tuple[ColumnElement[bool], ...]:
    return FundRequest.shown_while_examined.is_(True), among(FundRequest.state, READABLE)


def _supports() -> ColumnElement[int]:
    return (
        select(func.count())
        .select_from(Endorsement)
        .where(Endorsement.object_id == FundRequest.id)
        .correlate(FundRequest)
        .scalar_subquery()
    )


def shown_requests() -> Select[*tuple[Any, ...]]:
    """Query of the requests that residents may read, newest first, as rows for a list. Never ordered by their supports:
    it is not a contest."""
    return (
        select(
            FundRequest.id,
            FundRequest.title,
            FundRequest.submitted_at,
            Organisation.name.label("organisation"),
            Territory.name.label("territory"),
            _supports().label("supports"),
        )
        .outerjoin(Organisation, Organisation.id == FundRequest.organisation_id)
        .outerjoin(Territory, Territory.id == FundRequest.territory_id)
        .where(*_shown())
        .order_by(FundRequest.submitted_at.desc(), FundRequest.id)
    )


def open_to(session: TenantSession, person: Person) -> Sequence[FundRequest]:
    """Requests that a person may support: shown to residents, neither theirs nor their organisations', by name."""
    own = [request.id for request in requests_of(session, person)]
    query = select(FundRequest).where(*_shown(), FundRequest.id.not_in(own))
    return session.scalars(query.order_by(FundRequest.folded, FundRequest.id)).unique().all()


def count_shown(session: TenantSession) -> int:
    """How many requests residents may read; none where the commune does not want it."""
    if not endorsements_on(session):
        return 0
    return session.execute(select(func.count()).select_from(FundRequest).where(*_shown())).scalar_one()


def readable(session: TenantSession) -> Select[UUID]:
    """Query of the ids of the requests that residents may read."""
    return (
        select(FundRequest.id).where(*_shown()) if endorsements_on(session) else select(FundRequest.id).where(false())
    )


def describe(request: FundRequest) -> Subject:
    """A request as what residents endorse."""
    path = f"/fonds/en-cours/{request.id}"
    return Subject(request, request.title, path, f"/mairie/fonds/demandes/{request.id}")


def subjects_open_to(session: TenantSession, person: Person) -> list[Subject]:
    """What a person may endorse; nothing where the commune does not want it."""
    return [describe(request) for request in open_to(session, person)] if endorsements_on(session) else []


SUBJECTS = Subjects(FundRequest, describe, endorsements_on, comments_on, readable, subjects_open_to)


@dataclass(frozen=True)
class Said:
    """What residents say of a request, as the mairie reads it on its file."""

    supports: int
    examined: bool
    shown: bool
    comments: Sequence[Comment]


def said_of(session: TenantSession, request: FundRequest) -> Said | None:
    """What residents say of a request; None when there is nothing to show: switched off, or decided without an endorsement."""
    if not endorsements_on(session):
        return None
    supports, examined = count_endorsements(session, request), request.state in EXAMINED
    if not examined and not supports:
        return None
    comments = comments_on_object(session, request) if supports and comments_on(session) else ()
    return Said(supports, examined, is_shown(session, request), comments)

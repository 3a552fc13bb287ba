"""What residents may read of requests under examination, and what they say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from civique.core import settings
from civique.core.loading import among
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.territory.models import Territory
from civique.modules.fund.models import EXAMINED, READABLE, Endorsement, FundRequest
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
        .where(Endorsement.request_id == FundRequest.id)
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


def count_endorsements(session: TenantSession, request: FundRequest) -> int:
    """How many residents support a request."""
    query = select(func.count()).select_from(Endorsement).where(Endorsement.request_id == request.id)
    return session.execute(query).scalar_one()


def endorsement_of(session: TenantSession, request: FundRequest, person: Person) -> Endorsement | None:
    """What a person said of a request."""
    query = select(Endorsement).where(Endorsement.request_id == request.id, Endorsement.person_id == person.id)
    return session.scalars(query).one_or_none()


def endorsed_by(session: TenantSession, person: Person) -> set[UUID]:
    """Ids of the requests that a person supports."""
    return set(session.scalars(select(Endorsement.request_id).where(Endorsement.person_id == person.id)))


def endorsements_of(session: TenantSession, person: Person) -> Sequence[Endorsement]:
    """What a person says of requests that are still examined, newest first."""
    query = (
        select(Endorsement)
        .join(Endorsement.request)
        .where(Endorsement.person_id == person.id, among(FundRequest.state, EXAMINED))
        .options(contains_eager(Endorsement.request))
        .order_by(Endorsement.created_at.desc(), Endorsement.id)
    )
    return session.scalars(query).unique().all()


def shown_comments(request: FundRequest) -> Select[*tuple[Any, ...]]:
    """Query of the comments that everybody reads, oldest first: the given name, the words, the day."""
    return (
        select(Person.given_name, Endorsement.comment, Endorsement.commented_at)
        .join(Person, Person.id == Endorsement.person_id)
        .where(Endorsement.request_id == request.id, Endorsement.state == "shown", Endorsement.comment != "")
        .order_by(Endorsement.commented_at, Endorsement.id)
    )


def comments_of(session: TenantSession, request: FundRequest) -> Sequence[Endorsement]:
    """Comments on a request as the mairie reads them, those that wait first."""
    query = (
        select(Endorsement)
        .where(Endorsement.request_id == request.id, Endorsement.comment != "")
        .options(joinedload(Endorsement.person))
        .order_by((Endorsement.state == "waiting").desc(), Endorsement.commented_at, Endorsement.id)
    )
    return session.scalars(query).unique().all()


def comments_to_read() -> Select[Endorsement]:
    """Query of the comments that wait for the mairie on requests that residents still read, eldest first."""
    return (
        select(Endorsement)
        .join(Endorsement.request)
        .where(Endorsement.state == "waiting", *_shown())
        .options(contains_eager(Endorsement.request), joinedload(Endorsement.person))
        .order_by(Endorsement.commented_at, Endorsement.id)
    )


def requests_to_read(session: TenantSession, limit: int) -> Sequence[tuple[FundRequest, int, datetime]]:
    """Requests whose comments wait: how many, since when, eldest first; none where comments are off."""
    if not comments_on(session):
        return []
    since = func.min(Endorsement.commented_at).label("since")
    waiting = (
        select(Endorsement.request_id, func.count().label("number"), since)
        .where(Endorsement.state == "waiting")
        .group_by(Endorsement.request_id)
        .subquery()
    )
    query = (
        select(FundRequest, waiting.c.number, waiting.c.since)
        .join(waiting, waiting.c.request_id == FundRequest.id)
        .where(*_shown())
        .options(joinedload(FundRequest.holder))
        .order_by(waiting.c.since)
        .limit(limit)
    )
    return [(request, int(number), since) for request, number, since in session.execute(query).unique()]


@dataclass(frozen=True)
class Said:
    """What residents say of a request, as the mairie reads it on its file."""

    supports: int
    examined: bool
    shown: bool
    comments: Sequence[Endorsement]


def said_of(session: TenantSession, request: FundRequest) -> Said | None:
    """What residents say of a request; None when there is nothing to show: switched off, or decided without an endorsement."""
    if not endorsements_on(session):
        return None
    supports, examined = count_endorsements(session, request), request.state in EXAMINED
    if not examined and not supports:
        return None
    comments = comments_of(session, request) if supports and comments_on(session) else ()
    return Said(supports, examined, is_shown(session, request), comments)

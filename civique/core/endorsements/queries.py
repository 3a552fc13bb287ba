"""Reading endorsements and comments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import joinedload

from civique.core.endorsements.declarations import Subjects
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.people.models import Person
from tenants.session import TenantSession


def supports_of(object_id: Any) -> ColumnElement[int]:
    """How many residents endorse the object of each row of a query, as a column: never to order by, it is no contest."""
    counted = select(func.count()).select_from(Endorsement).where(Endorsement.object_id == object_id)
    return counted.correlate(object_id.class_).scalar_subquery().label("supports")


def count_read(session: TenantSession, kind: Subjects) -> int:
    """How many objects residents read now; none where the commune does not want it."""
    if not kind.endorsed(session):
        return 0
    return session.execute(select(func.count()).select_from(kind.read(session).subquery())).scalar_one()


def count_endorsements(session: TenantSession, row: Any) -> int:
    """How many residents endorse an object."""
    return session.execute(select(func.count()).where(Endorsement.object_id == row.id)).scalar_one()


def endorsement_by(session: TenantSession, row: Any, person: Person) -> Endorsement | None:
    """The endorsement of an object by a person."""
    query = select(Endorsement).where(Endorsement.object_id == row.id, Endorsement.person_id == person.id)
    return session.scalars(query).one_or_none()


def comment_by(session: TenantSession, row: Any, person: Person) -> Comment | None:
    """The comment of a person on an object."""
    query = select(Comment).where(Comment.object_id == row.id, Comment.person_id == person.id)
    return session.scalars(query).one_or_none()


def endorsed_by(session: TenantSession, person: Person) -> set[UUID]:
    """Ids of the objects that a person endorses."""
    return set(session.scalars(select(Endorsement.object_id).where(Endorsement.person_id == person.id)))


def commented_by(session: TenantSession, person: Person) -> set[UUID]:
    """Ids of the objects that a person commented."""
    return set(session.scalars(select(Comment.object_id).where(Comment.person_id == person.id)))


def endorsements_by(session: TenantSession, person: Person, object_types: Iterable[str]) -> Sequence[Endorsement]:
    """What a person endorses among objects of some types, newest first."""
    query = select(Endorsement).where(
        Endorsement.person_id == person.id, Endorsement.object_type.in_(tuple(object_types))
    )
    return session.scalars(query.order_by(Endorsement.created_at.desc(), Endorsement.id)).all()


def published_comments(row: Any) -> Select[*tuple[Any, ...]]:
    """Query of the comments on an object that everybody reads, oldest first: the given name, the words, the day."""
    return (
        select(Person.given_name, Comment.text, Comment.written_at)
        .join(Person, Person.id == Comment.person_id)
        .where(Comment.object_id == row.id, Comment.state == "published")
        .order_by(Comment.written_at, Comment.id)
    )


def comments_on_object(session: TenantSession, row: Any) -> Sequence[Comment]:
    """Comments on an object as the mairie reads them, those that wait first."""
    query = select(Comment).where(Comment.object_id == row.id).options(joinedload(Comment.person))
    order = ((Comment.state == "waiting").desc(), Comment.written_at, Comment.id)
    return session.scalars(query.order_by(*order)).unique().all()


def waiting_comments(session: TenantSession, kinds: Iterable[Subjects]) -> Select[Comment]:
    """Query of the comments that wait for the mairie on objects that residents read now, eldest first."""
    read = [
        and_(Comment.object_type == kind.object_type, Comment.object_id.in_(kind.read(session)))
        for kind in kinds
        if kind.commented(session)
    ]
    return (
        select(Comment)
        .where(Comment.state == "waiting", or_(false(), *read))
        .options(joinedload(Comment.person))
        .order_by(Comment.written_at, Comment.id)
    )


def objects_to_read(session: TenantSession, kinds: Iterable[Subjects]) -> Sequence[tuple[str, int, datetime]]:
    """Titles of the objects whose comments wait, how many wait and since when, eldest first."""
    waiting = waiting_comments(session, kinds).order_by(None).subquery()
    since = func.min(waiting.c.written_at)
    query = select(func.max(waiting.c.object_title), func.count(), since).group_by(waiting.c.object_id).order_by(since)
    return [(title, int(number), begun) for title, number, begun in session.execute(query.limit(10))]


@dataclass(frozen=True)
class Said:
    """What residents say of an object, as the mairie reads it on its page."""

    supports: int
    examined: bool
    shown: bool
    comments: Sequence[Comment]


def said_of(session: TenantSession, kind: Subjects, row: Any, *, examined: bool) -> Said | None:
    """What residents say of an object; None when there is nothing to show: switched off, or over without an endorsement.

    Args:
        examined: whether it is not over: residents read it, or may come to.
    """
    if not kind.endorsed(session):
        return None
    supports = count_endorsements(session, row)
    if not (examined or supports):
        return None
    comments = comments_on_object(session, row) if supports and kind.commented(session) else ()
    return Said(supports, examined, kind.readable(row), comments)

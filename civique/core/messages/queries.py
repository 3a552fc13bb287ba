"""Reading messages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload

from civique.core.folding import each_word, folded
from civique.core.messages.models import Message
from civique.core.people.models import Person
from tenants.session import TenantSession


def all_messages() -> Select[Message]:
    """Query of the messages, with those for whom they are."""
    return select(Message).options(joinedload(Message.person))


def said_in(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search in names, addresses and subjects, but not in the subject of a message that carries a code."""

    def says(word: str) -> ColumnElement[bool]:
        people = select(Person.id).where(Person.folded.contains(word))
        subject = folded(Message.content["subject"].astext).contains(word)
        named = or_(Message.person_id.in_(people), folded(Message.address).contains(word))
        return or_(named, and_(subject, Message.secret.is_(False)))

    return each_word(text, says)


def waiting_letters(until: datetime | None = None) -> Select[Message]:
    """Query of the pile of letters, oldest first; with ``until``, as it was at a moment."""
    query = all_messages().where(Message.state == "to_print")
    query = query.where(Message.created_at <= until) if until else query
    return query.order_by(Message.created_at, Message.id)


def about(session: TenantSession, row: Any) -> Sequence[Message]:
    """Messages that speak of a row, oldest first."""
    query = select(Message).where(Message.object_type == row.__tablename__, Message.object_id == row.id)
    return session.scalars(query.order_by(Message.created_at)).all()


def language_of(session: TenantSession, address: str, row: Any) -> str | None:
    """Language in which an address was first written to about a row."""
    query = select(Message.locale).where(
        Message.object_type == row.__tablename__, Message.object_id == row.id, Message.address == address
    )
    return session.scalars(query.order_by(Message.created_at).limit(1)).first()


def messages_of(session: TenantSession, person: Person) -> Sequence[Message]:
    """What was written to a person, newest first."""
    query = select(Message).where(Message.person_id == person.id).order_by(Message.created_at.desc())
    return session.scalars(query).all()


def last_written_at(session: TenantSession, kind: str, about: Any) -> datetime | None:
    """When a message of a kind was last written about an object; None when it never was."""
    query = select(Message.created_at).where(Message.kind == kind, Message.object_id == about.id)
    return session.scalars(query.order_by(Message.created_at.desc()).limit(1)).first()


def written_at(session: TenantSession, kind: str, about: Any, since: datetime | None = None) -> datetime | None:
    """When a message of a kind was first written about an object, since a moment; None when it was not. The message itself
    proves that a reminder left: a second run, or one that was killed, writes nothing twice, once its caller has locked the
    object."""
    query = select(Message.created_at).where(Message.kind == kind, Message.object_id == about.id)
    query = query.where(Message.created_at >= since) if since else query
    return session.scalars(query.order_by(Message.created_at).limit(1)).first()

"""Reading messages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from civique.core.messages.models import Message
from civique.core.people.models import Person
from tenants.session import TenantSession


def find_messages(state: str | None = None) -> Select[Message]:
    """Query of the messages, newest first."""
    query = select(Message).order_by(Message.created_at.desc(), Message.id.desc())
    return query.where(Message.state == state) if state else query


def letters_to_print(session: TenantSession) -> Sequence[Message]:
    """The pile of letters, oldest first."""
    query = select(Message).where(Message.state == "to_print").order_by(Message.created_at)
    return session.scalars(query).all()


def count_letters(session: TenantSession) -> int:
    """How many letters wait to be printed."""
    return session.execute(select(func.count()).where(Message.state == "to_print")).scalar_one()


def about(session: TenantSession, row: Any) -> Sequence[Message]:
    """Messages that speak of a row, oldest first."""
    query = select(Message).where(Message.object_type == row.__tablename__, Message.object_id == row.id)
    return session.scalars(query.order_by(Message.created_at)).all()


def messages_of(session: TenantSession, person: Person) -> Sequence[Message]:
    """What was written to a person, newest first."""
    query = select(Message).where(Message.person_id == person.id).order_by(Message.created_at.desc())
    return session.scalars(query).all()

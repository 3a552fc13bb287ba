"""Reading questions."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from civique.core.questions.models import Question
from civique.core.stall.models import StallEntry
from tenants.session import TenantSession

ACCENTS, PLAIN = "àâäáãçéèêëîïíôöóõûüùúñÿ’", "aaaaaceeeeiiioooouuuuny'"


def find_questions(state: str | None = None, text: str = "", channel: str | None = None) -> Select[Question]:
    """Query of the questions, newest first, whose reference, author or text holds every word, accents ignored."""
    query = select(Question).order_by(Question.created_at.desc(), Question.id.desc())
    for word in text.casefold().translate(str.maketrans(ACCENTS, PLAIN)).split()[:8]:
        told = select(StallEntry.object_id).where(_key(StallEntry.reference).contains(word, autoescape=True))
        query = query.where(or_(*(_key(c).contains(word, autoescape=True) for c in SEARCHED), Question.id.in_(told)))
    query = query.where(Question.channel == channel) if channel else query
    return query.where(Question.state == state) if state else query


SEARCHED = (Question.reference, Question.name, Question.text)


def _key(column: Any) -> Any:
    return func.translate(func.lower(column), ACCENTS, PLAIN)


def questions_by_id(session: TenantSession, ids: Collection[UUID]) -> Sequence[Question]:
    """These questions, oldest first; those that are not of this commune are not found."""
    return session.scalars(select(Question).where(Question.id.in_(ids)).order_by(Question.created_at)).all()

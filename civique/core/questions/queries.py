"""Reading questions."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from civique.core.questions.models import Question
from civique.core.stall.models import StallEntry
from tenants.session import TenantSession

ACCENTS, PLAIN = "àâäáãçéèêëîïíôöóõûüùúñÿ’", "aaaaaceeeeiiioooouuuuny'"


def said_in(text: str) -> list[ColumnElement[bool]]:
    """Conditions of a search: each word is in the reference, the author, the text or the line of a stall sheet, accents
    ignored."""
    return [_says(word) for word in text.casefold().translate(str.maketrans(ACCENTS, PLAIN)).split()[:8]]


def _says(word: str) -> ColumnElement[bool]:
    told = select(StallEntry.object_id).where(_key(StallEntry.reference).contains(word, autoescape=True))
    searched = (Question.reference, Question.name, Question.text)
    return or_(*(_key(column).contains(word, autoescape=True) for column in searched), Question.id.in_(told))


def _key(column: Any) -> Any:
    return func.translate(func.lower(column), ACCENTS, PLAIN)


def questions_by_id(session: TenantSession, ids: Collection[UUID]) -> Sequence[Question]:
    """These questions, oldest first; those that are not of this commune are not found."""
    return session.scalars(select(Question).where(Question.id.in_(ids)).order_by(Question.created_at)).all()

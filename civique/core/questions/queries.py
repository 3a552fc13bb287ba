"""Reading questions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from civique.core.cases import queries as cases
from civique.core.questions.models import Question
from tenants.session import TenantSession

said_in = cases.said_in(Question, Question.name, Question.text)
"""Conditions of a search among questions."""


def questions_by_id(session: TenantSession, ids: Collection[UUID]) -> Sequence[Question]:
    """These questions, oldest first; those that are not of this commune are not found."""
    return session.scalars(select(Question).where(Question.id.in_(ids)).order_by(Question.created_at)).all()

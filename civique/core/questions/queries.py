"""Reading questions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import with_expression

from civique.core.answers.models import AnswerDue
from civique.core.cases import queries as cases
from civique.core.questions.models import Question
from tenants.session import TenantSession

said_in = cases.said_in(Question, Question.name, Question.text)
"""Conditions of a search among questions."""


def with_due_day(query: Select[Question]) -> Select[Question]:
    """The same questions, each with the day by which it is answered; none once it is."""
    due = select(AnswerDue.due_on).where(
        AnswerDue.object_type == Question.__tablename__,
        AnswerDue.object_id == Question.id,
        AnswerDue.state.in_(("due", "preparing")),
    )
    return query.options(with_expression(Question.due_on, due.scalar_subquery()))


def questions_by_id(session: TenantSession, ids: Collection[UUID]) -> Sequence[Question]:
    """These questions, oldest first; those that are not of this commune are not found."""
    return session.scalars(select(Question).where(Question.id.in_(ids)).order_by(Question.created_at)).all()

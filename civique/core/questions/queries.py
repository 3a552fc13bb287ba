"""Reading questions."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import with_expression

from civique.core.answers.models import AnswerDue
from civique.core.cases import queries as cases
from civique.core.questions.models import Question
from tenants.session import TenantSession

said_in = cases.said_in(Question, Question.name, Question.text)
"""Conditions of a search among questions."""


_DUE = (
    select(AnswerDue.due_on)
    .where(
        AnswerDue.object_type == Question.__tablename__,
        AnswerDue.object_id == Question.id,
        AnswerDue.state.in_(("due", "preparing")),
    )
    .correlate(Question)
    .scalar_subquery()
)
LINES = cases.lines(
    Question,
    func.left(func.split_part(Question.text, "\n", 1), 120),
    Question.created_at,
    _DUE.label("due_on"),
    whom=lambda applicant: Question.name,
)
"""Lines of the queue, with the day by which each is answered."""


def with_due_day(query: Select[Question]) -> Select[Question]:
    """The same questions, each with the day by which it is answered; none once it is."""
    return query.options(with_expression(Question.due_on, _DUE))


def questions_by_id(session: TenantSession, ids: Collection[UUID]) -> Sequence[Question]:
    """These questions, oldest first; those that are not of this commune are not found."""
    return session.scalars(select(Question).where(Question.id.in_(ids)).order_by(Question.created_at)).all()

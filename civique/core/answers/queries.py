"""Reading answers due."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from civique.core.answers.models import AnswerDue
from tenants.session import TenantSession


def open_answers(session: TenantSession, modules: Collection[str]) -> Sequence[AnswerDue]:
    """What waits for an answer in these modules, most urgent first."""
    query = (
        select(AnswerDue)
        .where(AnswerDue.state.in_(("due", "preparing")), AnswerDue.module.in_(modules))
        .options(joinedload(AnswerDue.owner))
        .order_by(AnswerDue.due_on, AnswerDue.opened_at)
    )
    return session.scalars(query).all()


def count_open(session: TenantSession, modules: Collection[str]) -> int:
    """How many answers are due in these modules."""
    query = select(func.count()).where(AnswerDue.state.in_(("due", "preparing")), AnswerDue.module.in_(modules))
    return session.execute(query).scalar_one()

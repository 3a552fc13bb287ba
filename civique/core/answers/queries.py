"""Reading answers due."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

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


def to_remind(session: TenantSession, modules: Collection[str], until: date) -> Sequence[AnswerDue]:
    """Answers of these modules that wait for the mairie, are due on a day at the latest and were never reminded: taken for
    oneself until the end of the transaction, so that two runs at once remind once."""
    query = (
        select(AnswerDue)
        .where(
            AnswerDue.state.in_(("due", "preparing")),
            AnswerDue.module.in_(modules),
            AnswerDue.due_on <= until,
            AnswerDue.paused_on.is_(None),
            AnswerDue.reminded_at.is_(None),
        )
        .order_by(AnswerDue.due_on, AnswerDue.id)
        .with_for_update()
    )
    return session.scalars(query.options(selectinload(AnswerDue.owner))).all()

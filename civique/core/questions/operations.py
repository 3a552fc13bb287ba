"""Receiving a question, and what answering it writes."""

from datetime import timedelta
from typing import Any

from civique.core import clock
from civique.core.answers import operations as answers
from civique.core.cases.operations import enter
from civique.core.questions import messages
from civique.core.questions.models import Question, QuestionState
from civique.core.references import next_reference
from tenants.session import TenantSession

DELAY = timedelta(days=14)


def receive_question(session: TenantSession, *, text: str, name: str, **facts: Any) -> Question:
    """Take a question, open its answer due, acknowledge receipt to who left an e-mail (art. L112-8 CRPA)."""
    question = Question(
        reference=next_reference(session, "CON"), text=text, name=name, state=QuestionState.OPEN, **facts
    )
    session.add(question)
    session.flush()
    due = clock.today() + DELAY
    answers.open_answer(
        session,
        question,
        module="core",
        title=question.title,
        whom=name,
        due_on=due,
        channel=question.channel,
        path=f"/mairie/questions/{question.id}",
        opened_at=question.created_at,
    )
    enter(
        session,
        question,
        QuestionState.OPEN,
        at=facts.get("created_at"),
        action="question.received",
        channel=question.channel,
    )
    messages.received(session, question, due)
    return question


def keep_answer(session: TenantSession, question: Question, answer: str) -> None:
    """Note the answer of a question; it leaves with the transition."""
    question.answer, question.answered_at = answer, clock.now()

"""Receiving a question, and what answering it writes."""

from typing import Any

from civique.core import clock
from civique.core.cases.receiving import receive
from civique.core.questions import messages
from civique.core.questions.models import Question
from tenants.session import TenantSession

DAYS = 14
"""Within which a question is answered."""


def receive_question(session: TenantSession, *, text: str, name: str, **facts: Any) -> Question:
    """Take a question, open its answer due, acknowledge receipt to who left an e-mail (art. L112-8 CRPA)."""
    question: Question = receive(
        session,
        Question(text=text, name=name, **facts),
        module="core",
        prefix="CON",
        days=DAYS,
        whom=name,
        at=facts.get("created_at"),
        action="question.received",
        message=messages.received,
    )
    return question


def keep_answer(session: TenantSession, question: Question, answer: str) -> None:
    """Note the answer of a question; it leaves with the transition."""
    question.answer, question.answered_at = answer, clock.now()

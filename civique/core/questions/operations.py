"""Receiving and answering questions."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.answers import operations as answers
from civique.core.i18n import get_locale, long_date
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.operations import write_to, write_to_address
from civique.core.questions.models import Question
from civique.core.references import next_reference
from tenants.session import TenantSession

DELAY = timedelta(days=14)


def receive_question(session: TenantSession, *, text: str, name: str, **facts: Any) -> Question:
    """Take a question, open its answer due, acknowledge receipt to who left an e-mail (art. L112-8 CRPA)."""
    question = Question(reference=next_reference(session, "CON"), text=text, name=name, **facts)
    session.add(question)
    session.flush()
    due = clock.today() + DELAY
    answers.open_answer(
        session,
        question,
        module="core",
        title=text.split("\n")[0][:120],
        whom=name,
        due_on=due,
        channel=question.channel,
        path=f"/mairie/questions/{question.id}",
        opened_at=question.created_at,
    )
    _tell(
        session,
        question,
        "question.received",
        lambda: Content(
            subject=_("We received your question (%(reference)s)", reference=question.reference),
            paragraphs=(
                _("Your question has reached the town hall. You will have an answer by %(date)s.", date=long_date(due)),
                # What was typed is not sent to an address that nobody confirmed: the form would write for whoever fills it in.
                *((_("You wrote:"), question.text) if question.person is not None else ()),
            ),
            lines=((_("Reference"), question.reference), (_("Received on"), long_date(question.created_at))),
            reason=_reason(question),
        ),
    )
    audit.record(session, "question.received", question, channel=question.channel)
    return question


def answer_question(session: TenantSession, question: Question, answer: str, revision: int) -> None:
    """Answer; the answer leaves by e-mail, or as a letter to print.

    Raises:
        StaleDataError: a colleague answered, dropped or changed it in the meantime.
    """
    if question.revision != revision or question.state != "open":
        raise StaleDataError
    question.answer, question.answered_at, question.state = answer, clock.now(), "answered"
    session.flush()
    answers.close_answer(session, question)
    _tell(
        session,
        question,
        "question.answered",
        lambda: Content(
            subject=_("Answer to your question (%(reference)s)", reference=question.reference),
            paragraphs=(*answer.split("\n\n"), _("You had written:"), question.text),
            reason=_reason(question),
        ),
    )
    audit.record(session, "question.answered", question)


def answer_together(session: TenantSession, questions: Sequence[tuple[Question, int]], answer: str) -> None:
    """Give one answer to several questions, each author by their own channel: all of them, or none.

    Args:
        questions: each with the revision that was read.

    Raises:
        StaleDataError: one of them was answered, dropped or changed in the meantime.
    """
    answers.close_together(session, [question for question, _revision in questions])
    for question, revision in questions:
        answer_question(session, question, answer, revision)


def drop_question(session: TenantSession, question: Question) -> None:
    """Spam, or sent by mistake: nothing is owed."""
    question.state = "dropped"
    session.flush()
    answers.drop_answer(session, question)
    audit.record(session, "question.dropped", question)


def reopen_question(session: TenantSession, question: Question) -> None:
    """Undo a drop."""
    question.state = "open"
    due = answers.answer_for(session, question)
    if due is not None:
        due.state = "due"
    session.flush()
    audit.record(session, "question.reopened", question)


def _reason(question: Question) -> str:
    if question.channel == "web":
        return _("You receive this message because you wrote to the town hall on its site.")
    return _("You receive this message because you asked the town hall a question.")


def _tell(session: TenantSession, question: Question, kind: str, content: Any) -> Message | None:
    if question.person is not None and (question.person.email or not question.email):
        return write_to(session, question.person, kind, content, about=question)
    if question.email:
        # Somebody unknown is written to in the language of their form; what agents write at the counter is in French.
        locale = (get_locale() if question.channel == "web" else "fr") if kind == "question.received" else None
        return write_to_address(session, question.email, kind, content, about=question, locale=locale)
    return None

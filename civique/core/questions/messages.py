"""What is written to who asks the mairie a question."""

from collections.abc import Callable
from datetime import date

from civique.core.i18n import get_locale, long_date
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from civique.core.questions.models import Question
from tenants.session import TenantSession


def received(session: TenantSession, question: Question, due: date) -> None:
    """Receipt (art. L112-8 CRPA), in the language of the form; what agents write at the counter is in French."""
    locale = get_locale() if question.channel == "web" else "fr"
    # What was typed is not sent to an address that nobody confirmed: the form would write for whoever fills it in.
    known = question.applicant is not None and (question.applicant.reached_by == "email" or not question.email)
    _tell(
        session,
        question,
        "question.received",
        lambda: Content(
            subject=_("We received your question: %(title)s", title=question.title)
            if known
            else _("We received your question (%(reference)s)", reference=question.reference),
            paragraphs=(
                _("Your question has reached the town hall. You will have an answer by %(date)s.", date=long_date(due)),
                *((_("You wrote:"), question.text) if known else ()),
            ),
            lines=((_("Reference"), str(question.reference)), (_("Received on"), long_date(question.created_at))),
            action=_followed(question),
            reason=_reason(question),
        ),
        locale,
    )


def answered(session: TenantSession, question: Question, answer: str) -> None:
    """The answer, by e-mail or as a letter to print."""
    _tell(
        session,
        question,
        "question.answered",
        lambda: Content(
            subject=_("Answer to your question: %(title)s", title=question.title),
            paragraphs=(*answer.split("\n\n"), _("You had written:"), question.text),
            lines=((_("Reference"), str(question.reference)),),
            action=_followed(question),
            reason=_reason(question),
        ),
    )


def _followed(question: Question) -> tuple[str, str] | None:
    """Where who has a record reads it again."""
    return (_("Follow my question"), f"/mon-compte/questions/{question.id}") if question.applicant else None


def _reason(question: Question) -> str:
    if question.channel == "web":
        return _("You receive this message because you wrote to the town hall on its site.")
    return _("You receive this message because you asked the town hall a question.")


def _tell(
    session: TenantSession, question: Question, kind: str, content: Callable[[], Content], locale: str | None = None
) -> None:
    """To the applicant's own channel; otherwise to the address that was left; a telephone alone is for the agent to call."""
    person = question.applicant
    if person is not None and (person.reached_by == "email" or not question.email):
        write_to(session, person, kind, content, about=question)
    elif question.email:
        write_to_address(session, question.email, kind, content, about=question, locale=locale)

"""Receiving and answering enquiries."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.answers import operations as answers
from civique.core.enquiries.models import Enquiry
from civique.core.i18n import get_locale, long_date
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.operations import write_to, write_to_address
from civique.core.references import next_reference
from tenants.session import TenantSession

DELAY = timedelta(days=14)


def receive_enquiry(session: TenantSession, *, text: str, name: str, **facts: Any) -> Enquiry:
    """Take an enquiry, open its answer due, acknowledge receipt to who left an e-mail (art. L112-8 CRPA)."""
    enquiry = Enquiry(reference=next_reference(session, "CON"), text=text, name=name, **facts)
    session.add(enquiry)
    session.flush()
    due = clock.today() + DELAY
    answers.open_answer(
        session,
        enquiry,
        module="core",
        title=text.split("\n")[0][:120],
        whom=name,
        due_on=due,
        channel=enquiry.channel,
        path=f"/mairie/questions/{enquiry.id}",
        opened_at=enquiry.created_at,
    )
    _tell(
        session,
        enquiry,
        "enquiry.received",
        lambda: Content(
            subject=_("We received your question (%(reference)s)", reference=enquiry.reference),
            paragraphs=(
                _("Your question has reached the town hall. You will have an answer by %(date)s.", date=long_date(due)),
                # What was typed is not sent to an address that nobody confirmed: the form would write for whoever fills it in.
                *((_("You wrote:"), enquiry.text) if enquiry.person is not None else ()),
            ),
            lines=((_("Reference"), enquiry.reference), (_("Received on"), long_date(enquiry.created_at))),
            reason=_reason(enquiry),
        ),
    )
    audit.record(session, "enquiry.received", enquiry, channel=enquiry.channel)
    return enquiry


def answer_enquiry(session: TenantSession, enquiry: Enquiry, answer: str, revision: int) -> None:
    """Answer; the answer leaves by e-mail, or as a letter to print.

    Raises:
        StaleDataError: a colleague answered, dropped or changed it in the meantime.
    """
    if enquiry.revision != revision or enquiry.state != "open":
        raise StaleDataError
    enquiry.answer, enquiry.answered_at, enquiry.state = answer, clock.now(), "answered"
    session.flush()
    answers.close_answer(session, enquiry)
    _tell(
        session,
        enquiry,
        "enquiry.answered",
        lambda: Content(
            subject=_("Answer to your question (%(reference)s)", reference=enquiry.reference),
            paragraphs=(*answer.split("\n\n"), _("You had written:"), enquiry.text),
            reason=_reason(enquiry),
        ),
    )
    audit.record(session, "enquiry.answered", enquiry)


def answer_together(session: TenantSession, enquiries: Sequence[tuple[Enquiry, int]], answer: str) -> None:
    """Give one answer to several enquiries, each author by their own channel: all of them, or none.

    Args:
        enquiries: each with the revision that was read.

    Raises:
        StaleDataError: one of them was answered, dropped or changed in the meantime.
    """
    answers.close_together(session, [enquiry for enquiry, _revision in enquiries])
    for enquiry, revision in enquiries:
        answer_enquiry(session, enquiry, answer, revision)


def drop_enquiry(session: TenantSession, enquiry: Enquiry) -> None:
    """Spam, or sent by mistake: nothing is owed."""
    enquiry.state = "dropped"
    session.flush()
    answers.drop_answer(session, enquiry)
    audit.record(session, "enquiry.dropped", enquiry)


def reopen_enquiry(session: TenantSession, enquiry: Enquiry) -> None:
    """Undo a drop."""
    enquiry.state = "open"
    due = answers.answer_for(session, enquiry)
    if due is not None:
        due.state = "due"
    session.flush()
    audit.record(session, "enquiry.reopened", enquiry)


def _reason(enquiry: Enquiry) -> str:
    if enquiry.channel == "web":
        return _("You receive this message because you wrote to the town hall on its site.")
    return _("You receive this message because you asked the town hall a question.")


def _tell(session: TenantSession, enquiry: Enquiry, kind: str, content: Any) -> Message | None:
    if enquiry.person is not None and (enquiry.person.email or not enquiry.email):
        return write_to(session, enquiry.person, kind, content, about=enquiry)
    if enquiry.email:
        # Somebody unknown is written to in the language of their form; what agents write at the counter is in French.
        locale = (get_locale() if enquiry.channel == "web" else "fr") if kind == "enquiry.received" else None
        return write_to_address(session, enquiry.email, kind, content, about=enquiry, locale=locale)
    return None

"""Writing to people."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.answers.operations import answer_for
from civique.core.cases.lines import four_lines
from civique.core.cases.workflow import workflow_of
from civique.core.i18n import speaking
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.queries import language_of
from civique.core.messages.rendering import as_email
from civique.core.outbox import enqueue
from civique.core.people.models import Person
from civique.services.mail import Mailer, MailRefused
from tenants.session import TenantSession

DELIVER, DELIVER_CODE = "core.deliver_message", "core.deliver_code"
"""Jobs: a code or a link, which somebody waits for, goes before the other messages."""


def write_to(
    session: TenantSession,
    person: Person,
    kind: str,
    content: Callable[[], Content],
    *,
    about: Any = None,
    secret: bool = False,
) -> Message:
    """Write to a person in their language: by e-mail when they have a confirmed one, otherwise a letter to print.

    Args:
        kind: ``module.what``, for instance ``fund.application_received``.
        content: makes the words; called in the person's language.
        about: the row that the message speaks of.
        secret: the content is erased once sent.
    """
    with speaking(person.locale):
        words = _with_case(session, content(), about, person)
    email = person.email if person.channel == "email" else None
    return _post(session, kind, words, about, person=person, address=email.address if email else None, secret=secret)


def write_to_address(
    session: TenantSession,
    address: str,
    kind: str,
    content: Callable[[], Content],
    *,
    locale: str | None = None,
    secret: bool = False,
    about: Any = None,
) -> Message:
    """Write to an address that is nobody yet: a code, an invitation, a receipt.

    Args:
        locale: None for the language of what was first written to it about the same row, French when nothing was.
    """
    locale = locale or (language_of(session, address, about) if about is not None else None) or "fr"
    with speaking(locale):
        words = _with_case(session, content(), about, None)
    return _post(session, kind, words, about, address=address, locale=locale, secret=secret)


def _with_case(session: TenantSession, words: Content, about: Any, person: Person | None) -> Content:
    """The words with the four lines of the case that they speak of, when they are for its applicant."""
    workflow = workflow_of(about)
    if workflow is None or about.applicant_id != (person.id if person else None):
        return words
    return replace(words, case=four_lines(session, workflow, about, answer_for(session, about)).pairs())


def _post(
    session: TenantSession,
    kind: str,
    words: Content,
    about: Any,
    *,
    secret: bool,
    person: Person | None = None,
    address: str | None = None,
    locale: str = "fr",
) -> Message:
    message = Message(
        kind=kind,
        person_id=person.id if person else None,
        address=address,
        locale=person.locale if person else locale,
        content=words.as_json(),
        secret=secret,
        state="queued" if address else "to_print",
        object_type=type(about).__tablename__ if about is not None else None,
        object_id=about.id if about is not None else None,
    )
    session.add(message)
    session.flush()
    if address:
        enqueue(session, DELIVER_CODE if secret else DELIVER, message_id=message.id)
    return message


def deliver(session: TenantSession, message_id: UUID, mailer: Mailer) -> None:
    """Send one message, once. The stable Message-ID lets a server or a reader drop a second copy after a crash.

    A refusal by the server (5xx) is final: the message becomes a letter to print when it is for a known person.

    Raises:
        MailUnavailable: the server is away; the job is tried again later.
    """
    query = select(Message).where(Message.id == message_id).with_for_update()
    message = session.scalars(query).one_or_none()
    if message is None or message.state != "queued" or message.address is None:
        return
    try:
        mailer.send(as_email(session, message))
    except MailRefused as refusal:
        refuse(session, message, str(refusal))
        return
    message.state, message.sent_at = "sent", clock.now()
    if message.secret:
        message.content = {}
    session.flush()


def refuse(session: TenantSession, message: Message, error: str) -> None:
    """The address does not take mail: note it, and leave a letter to print to a known person."""
    if message.person is not None and not message.secret:
        for address in message.person.emails:
            if address.address == message.address:
                address.bounced_at = clock.now()
    _fail(session, message, error)
    audit.record(session, "message.refused", message)


def give_up(session: TenantSession, message_id: UUID) -> None:
    """The server that takes our mail was away too long: leave a letter to print to a known person. The address is not to
    blame and stays."""
    message = session.get(Message, message_id, with_for_update=True)
    if message is not None and message.state == "queued":
        _fail(session, message, "mail server away")
        audit.record(session, "message.given_up", message)


def _fail(session: TenantSession, message: Message, error: str) -> None:
    message.state, message.error = "failed", error[:500]
    if message.secret:
        message.content = {}
    if message.person is not None and not message.secret:
        letter = Message(
            kind=message.kind,
            person_id=message.person_id,
            locale=message.locale,
            content=message.content,
            state="to_print",
            object_type=message.object_type,
            object_id=message.object_id,
        )
        session.add(letter)
    session.flush()


def send_again(session: TenantSession, message: Message) -> Message:
    """Send the same words once more, by the channel that the person has today. The first message stays as it was.

    Raises:
        ValueError: the message held a code or a link, or is for nobody.
    """
    if message.secret or (message.person is None and message.address is None):
        raise ValueError("this message cannot be sent again")
    person = message.person
    email = person.email if person and person.channel == "email" else None
    address = (email.address if email else None) if person else message.address
    again = Message(
        kind=message.kind,
        person_id=message.person_id,
        address=address,
        locale=message.locale,
        content=message.content,
        state="queued" if address else "to_print",
        object_type=message.object_type,
        object_id=message.object_id,
    )
    session.add(again)
    session.flush()
    if address:
        enqueue(session, DELIVER, message_id=again.id)
    audit.record(session, "message.sent_again", again, first=message.id)
    return again


def mark_printed(session: TenantSession, messages: list[Message]) -> None:
    """Note that letters were printed and leave the pile."""
    for message in messages:
        if message.state == "to_print":
            message.state, message.sent_at = "printed", clock.now()
            audit.record(session, "message.printed", message)
    session.flush()


def print_again(session: TenantSession, message: Message) -> None:
    """Put a letter back on the pile (torn, lost, jammed)."""
    message.state, message.sent_at = "to_print", None
    session.flush()

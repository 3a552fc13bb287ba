"""« Mes données » : see, download, erase; how long each kind is kept; the record of processing, from what is switched on."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, func, or_, select, update

from civique.core import clock, held, settings
from civique.core.access.models import Invitation, RoleGrant, SignInCode, WebSession
from civique.core.answers import operations as answers
from civique.core.answers.models import AnswerDue
from civique.core.cases.operations import forget_orphans
from civique.core.commune import Retention, duration
from civique.core.contributions.proposals import forget_proposals
from civique.core.documents.operations import sweep_files
from civique.core.feedback.operations import forget_words
from civique.core.gatherings.privacy import forget_registrations
from civique.core.held import plain
from civique.core.i18n import gettext as _
from civique.core.imports.operations import LIFE, forget_lists
from civique.core.manifest import Manifest, PersonalData
from civique.core.messages.batches import forget_batches_of
from civique.core.messages.models import Message
from civique.core.once import Submission
from civique.core.passes.operations import forget_ended
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.people.queries import active_people
from civique.core.personalised.operations import forget_documents_of
from civique.core.questions.models import Question, QuestionState
from civique.core.stall.models import StallEntry
from civique.core.tasks import fail_silent, forget_results
from civique.core.unsent import forget_old as forget_unsent
from tenants.session import TenantSession

MONTH = timedelta(days=30.44)
TASK_FILE_LIFE = timedelta(days=7)
# Neither names anybody: a receipt is the number of a job, a form key a random number and the path it led to. They are kept
# as long as a second run of the job, or a second sending of the form, is to be feared.
RECEIPT_LIFE = timedelta(days=60)
SUBMISSION_LIFE = timedelta(days=30)


def kinds(session: TenantSession, manifests: Iterable[Manifest]) -> Iterator[PersonalData]:
    """Kinds of personal data of every module whose tables this commune has, switched on or not: data stay when a module
    goes off, so they must still be shown and erased."""
    for manifest in manifests:
        tables = [model.__tablename__ for model in manifest.models]
        if tables and session.execute(select(func.to_regclass(tables[0]))).scalar() is not None:
            yield from manifest.personal_data


def export_person(session: TenantSession, person: Person, manifests: Iterable[Manifest]) -> dict[str, Any]:
    """Everything that the commune holds of a person, kind by kind, ready for JSON."""
    return {kind.name: kind.export(session, person) for kind in kinds(session, manifests)}


def erase(session: TenantSession, person: Person, manifests: Iterable[Manifest]) -> None:
    """Erase a person: each kind its own way (some figures stay without the name), then the record itself."""
    forget_documents_of(session, [person.id])
    for kind in kinds(session, manifests):
        kind.erase(session, person)
    held.erase_files(session, person)
    held.disown_files(session, person)
    people.erase_person(session, person)


def purge(session: TenantSession, manifests: Iterable[Manifest]) -> dict[str, int]:
    """Apply the durations of the commune's settings. Run every night, and safe to run twice.

    Returns:
        How many rows of each kind went.
    """
    keep = settings.get(session, Retention)
    now = clock.now()
    gone = {
        "sign_in_code": _delete(session, SignInCode, SignInCode.created_at < now - timedelta(days=2)),
        "web_session": _delete(session, WebSession, WebSession.expires_at < now),
        "invitation": _delete(session, Invitation, Invitation.expires_at < now - keep.sign_in * MONTH),
        "message": _delete(session, Message, Message.created_at < now - keep.message * MONTH),
        "question": _delete(
            session, Question, Question.created_at < now - keep.question * MONTH, Question.state != QuestionState.OPEN
        ),
    }
    forget_unsent(session)
    gone["registration"] = forget_registrations(session)
    forget_words(session, now - keep.question * MONTH)
    forget_proposals(session, now - keep.question * MONTH)
    gone["stall_entry"] = _delete(session, StallEntry, StallEntry.created_at < now - keep.question * MONTH)
    gone["submission"] = _delete(session, Submission, Submission.created_at < now - SUBMISSION_LIFE)
    orphans = AnswerDue.object_id.not_in(select(Question.id))
    gone["case_step"] = forget_orphans(session, Question)
    gone["answer_due"] = _delete(session, AnswerDue, AnswerDue.object_type == Question.__tablename__, orphans)
    forget_results(session, now - TASK_FILE_LIFE)
    gone["access_pass"] = forget_ended(session)
    gone["list_import"] = forget_lists(session, now - LIFE)
    gone["silent_task"] = fail_silent(session)
    gone["file"] = sweep_files(session)
    last_seen = func.coalesce(Person.seen_at, Person.created_at)
    holders = select(RoleGrant.person_id).where(RoleGrant.ended_at.is_(None))
    silent = active_people().where(
        last_seen < now - keep.inactive_person * MONTH, Person.id.not_in(holders), Person.channel != "letter"
    )
    silent_people = session.scalars(silent.limit(200)).unique().all()
    manifests = list(manifests)
    for person in silent_people:
        erase(session, person, manifests)
    gone["person"] = len(silent_people)
    return gone


def _delete(session: TenantSession, model: Any, *conditions: Any) -> int:
    return session.execute(delete(model).where(*conditions)).rowcount  # type: ignore[attr-defined, no-any-return]


# Kinds of data of the core itself -------------------------------------------------------------------------------------


def export_record(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """The person's own record."""
    names = "given_name family_name birth_date phone street postal_code city locale channel trust created_at seen_at"
    record = {name: plain(getattr(person, name)) for name in names.split()}
    return [record | {"emails": [address.address for address in person.emails]}]


def erase_record(session: TenantSession, person: Person) -> None:
    """The record itself is emptied last, by :func:`erase`: the other kinds need its addresses."""


def export_messages(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What was written to the person, also at a confirmed address of theirs before they had a record."""
    own = [address.address for address in person.emails if address.confirmed_at]
    query = select(Message).where(_messages(person, own)).order_by(Message.created_at)
    return [
        {
            "subject": m.subject,
            "paragraphs": m.content.get("paragraphs", []),
            "state": m.state,
            "date": plain(m.created_at),
        }
        for m in session.scalars(query)
    ]


def erase_messages(session: TenantSession, person: Person) -> None:
    """Messages go with the person, also those sent to their address before they had a record."""
    own = _messages(person, [address.address for address in person.emails])
    forget_batches_of(session, session.scalars(select(Message.id).where(own)).all())
    session.execute(delete(Message).where(own))


def _messages(person: Person, addresses: list[str]) -> Any:
    return or_(Message.person_id == person.id, and_(Message.person_id.is_(None), Message.address.in_(addresses)))


def export_questions(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Questions asked by the person, or from an address of theirs."""
    return [
        {
            "reference": e.reference,
            "text": e.text,
            "answer": e.answer,
            "added": [item.answer for item in e.missing],
            "channel": e.channel,
            "date": plain(e.created_at),
        }
        for e in session.scalars(_questions(person))
    ]


def erase_questions(session: TenantSession, person: Person) -> None:
    """The text and the contacts go; the row stays for the count of what was answered, and when."""
    session.execute(update(Question).where(Question.assignee_id == person.id).values(assignee_id=None))
    for question in session.scalars(_questions(person)):
        question.name, question.text, question.answer = "", "", question.answer and ""
        question.email = question.phone = question.address = question.applicant_id = None
        for item in question.missing:
            item.answer = ""
        answers.forget_author(session, question, question.reference)
    session.flush()


def _questions(person: Person) -> Any:
    addresses = [address.address for address in person.emails if address.confirmed_at]
    return select(Question).where(or_(Question.applicant_id == person.id, Question.email.in_(addresses)))


def person_kept(session: TenantSession) -> str:
    """How long a record is kept, in words."""
    return _("%(duration)s after your last visit", duration=duration(settings.get(session, Retention).inactive_person))


def messages_kept(session: TenantSession) -> str:
    """How long messages are kept, in words."""
    return _("%(duration)s after they left", duration=duration(settings.get(session, Retention).message))


def questions_kept(session: TenantSession) -> str:
    """How long questions are kept, in words."""
    return _(
        "%(duration)s after you asked, once answered", duration=duration(settings.get(session, Retention).question)
    )

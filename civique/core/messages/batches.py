"""A pile of letters as one PDF made outside the request: what is in it is fixed when it is asked for."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import joinedload

from civique.core import audit
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.messages.models import BatchLetter, Message
from civique.core.messages.rendering import as_letters
from civique.core.tasks import Task, forget_result, start_task
from tenants.session import TenantSession

JOB = "core.print_letters"
MOST = 1000
"""Letters of one PDF at most; what is left makes the next one."""


def postal_order(letters: Iterable[Message]) -> list[Message]:
    """As the postman sorts them: postal code, town, street, then name; those without address come last."""
    return sorted(letters, key=_postal_key)


def _postal_key(letter: Message) -> tuple[bool, str, str, str, str]:
    person = letter.person
    if person is None:
        return (True, "", "", "", letter.address or "")
    known = bool(person.postal_code or person.city)
    return (not known, person.postal_code or "", fold(person.city or ""), fold(person.street or ""), person.folded)


def towns(letters: Iterable[Message]) -> list[tuple[str, int]]:
    """How many letters go to each postal code and town, in the order of the pile; those without one under an empty name."""
    return list(Counter(_town(letter) for letter in postal_order(letters)).items())


def _town(letter: Message) -> str:
    person = letter.person
    return f"{person.postal_code or ''} {person.city or ''}".strip() if person else ""


def prepare_batch(session: TenantSession, letters: Sequence[Message]) -> Task:
    """Ask for the PDF of these letters, and of no other; the page follows the task.

    Raises:
        ValueError: there is no letter.
    """
    if not letters:
        raise ValueError("no letter to print")
    task = start_task(session, _("Letters to print"), JOB)
    session.execute(insert(BatchLetter), [{"task_id": task.id, "message_id": letter.id} for letter in letters])
    audit.record(session, "message.batch_asked", task, letters=len(letters))
    return task


def letters_of(session: TenantSession, task_id: UUID) -> list[Message]:
    """Letters of a batch, as the postman sorts them, whatever became of them since."""
    query = select(Message).join(BatchLetter, BatchLetter.message_id == Message.id)
    query = query.where(BatchLetter.task_id == task_id).options(joinedload(Message.person))
    return postal_order(session.scalars(query).unique())


def render_batch(session: TenantSession, task_id: UUID, report: Callable[[int, int, str], None]) -> bytes:
    """The PDF of a batch. It changes no letter: killed, it is simply made again.

    Raises:
        ValueError: nothing is left of the batch.
    """
    letters = letters_of(session, task_id)
    return as_letters(session, letters, lambda done: report(done, len(letters), ""))


def is_batch(session: TenantSession, task_id: UUID) -> bool:
    """Whether a long work is a batch of letters."""
    return (
        session.execute(select(BatchLetter.task_id).where(BatchLetter.task_id == task_id).limit(1)).first() is not None
    )


def waiting_batches(session: TenantSession) -> Sequence[tuple[Task, int]]:
    """Batches of which letters still wait to be printed, newest first, each with how many."""
    query = (
        select(Task, func.count(Message.id))
        .join(BatchLetter, BatchLetter.task_id == Task.id)
        .join(Message, Message.id == BatchLetter.message_id)
        .where(Message.state == "to_print", Task.state != "failed")
        .group_by(Task.id)
        .order_by(Task.created_at.desc())
    )
    return [(task, count) for task, count in session.execute(query.limit(5))]


def forget_batches_of(session: TenantSession, message_ids: Sequence[UUID]) -> None:
    """Delete the PDFs that hold these letters: they are about to be erased."""
    held = select(BatchLetter.task_id).where(BatchLetter.message_id.in_(message_ids))
    for task in session.scalars(select(Task).where(Task.id.in_(held))).all():
        forget_result(session, task)

"""Opening and closing answers due."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.answers.models import AnswerDue
from civique.core.people.models import Person
from tenants.session import TenantSession


def open_answer(
    session: TenantSession,
    about: Any,
    *,
    module: str,
    title: str,
    path: str,
    due_on: date,
    whom: str = "",
    channel: str = "web",
    opened_at: datetime | None = None,
) -> AnswerDue:
    """Open the obligation to answer an object, now or since a moment; a second call for the same object gives the first
    one back."""
    found = answer_for(session, about)
    if found is not None:
        return found
    answer = AnswerDue(
        object_type=about.__tablename__,
        object_id=about.id,
        module=module,
        title=title[:200],
        whom=whom[:170],
        path=path,
        due_on=due_on,
        channel=channel,
        opened_at=opened_at or clock.now(),
    )
    session.add(answer)
    session.flush()
    return answer


def answer_for(session: TenantSession, about: Any) -> AnswerDue | None:
    """The obligation that an object opened."""
    query = select(AnswerDue).where(AnswerDue.object_type == about.__tablename__, AnswerDue.object_id == about.id)
    return session.scalars(query).one_or_none()


def assign_answer(session: TenantSession, answer: AnswerDue, owner: Person | None) -> None:
    """Somebody takes charge of an answer, or nobody any more."""
    answer.owner_id = owner.id if owner else None
    if answer.state in {"due", "preparing"}:
        answer.state = "preparing" if owner else "due"
    session.flush()


def reopen_answer(session: TenantSession, about: Any) -> None:
    """An answer that was no longer owed is owed again."""
    answer = answer_for(session, about)
    if answer is not None and answer.state == "dropped":
        answer.state = "due"
        session.flush()


def close_answer(session: TenantSession, about: Any) -> None:
    """The object was answered. Closing twice changes nothing."""
    answer = answer_for(session, about)
    if answer is not None and answer.state in {"due", "preparing"}:
        _end_pause(answer)
        answer.state, answer.answered_at = "answered", clock.now()
        session.flush()


def mark_collective(session: TenantSession, about: Any) -> None:
    """The answer of an object was one for several."""
    answer = answer_for(session, about)
    if answer is not None:
        answer.collective = True
        session.flush()


def drop_answer(session: TenantSession, about: Any) -> None:
    """Nothing is owed any more: withdrawn, sent by mistake."""
    answer = answer_for(session, about)
    if answer is not None and answer.state in {"due", "preparing"}:
        _end_pause(answer)
        answer.state = "dropped"
        session.flush()


def postpone_answer(session: TenantSession, about: Any, due_on: date) -> None:
    """Another date, because the file was incomplete or a meeting moved; a later one will be reminded in its turn."""
    answer = answer_for(session, about)
    if answer is not None:
        answer.reminded_at = None if due_on > answer.due_on else answer.reminded_at
        answer.due_on = due_on
        session.flush()


def pause_answer(session: TenantSession, about: Any) -> None:
    """The answer waits for who asked (something is missing): its time stops, it is neither late nor reminded."""
    answer = answer_for(session, about)
    if answer is not None and answer.state in {"due", "preparing"}:
        answer.paused_on = answer.paused_on or clock.today()
        session.flush()


def resume_answer(session: TenantSession, about: Any) -> None:
    """It waits for the mairie again. Its date is moved by :func:`postpone_answer`."""
    answer = answer_for(session, about)
    if answer is not None:
        _end_pause(answer)
        session.flush()


def _end_pause(answer: AnswerDue) -> None:
    if answer.paused_on is not None:
        answer.pauses = [*answer.pauses, f"{answer.paused_on}/{clock.today()}"]
        answer.paused_on = None


def forget_author(session: TenantSession, about: Any, title: str) -> None:
    """The author was erased: their name goes, and their words make way for a title that says nothing of them."""
    answer = answer_for(session, about)
    if answer is not None:
        answer.whom, answer.title = "", title[:200]
        session.flush()


def remind(session: TenantSession, answer: AnswerDue) -> None:
    """Note that whoever is in charge, or those who may answer, were reminded."""
    answer.reminded_at = clock.now()
    session.flush()
    audit.record(session, "answer.reminded", answer)

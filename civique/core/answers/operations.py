"""Opening and closing answers due."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.answers.models import AnswerDue
from civique.core.people.models import Person
from tenants.session import TenantSession


def open_answer(
    session: TenantSession, about: Any, *, module: str, title: str, path: str, due_on: date, whom: str = "",
    channel: str = "web",
) -> AnswerDue:  # fmt: skip
    """Open the obligation to answer an object; a second call for the same object gives the first one back."""
    found = answer_for(session, about)
    if found is not None:
        return found
    answer = AnswerDue(
        object_type=about.__tablename__, object_id=about.id, module=module, title=title[:200], whom=whom[:170],
        path=path, due_on=due_on, channel=channel,
    )  # fmt: skip
    session.add(answer)
    session.flush()
    return answer


def answer_for(session: TenantSession, about: Any) -> AnswerDue | None:
    """The obligation that an object opened."""
    query = select(AnswerDue).where(AnswerDue.object_type == about.__tablename__, AnswerDue.object_id == about.id)
    return session.scalars(query).one_or_none()


def take_answer(session: TenantSession, answer: AnswerDue, owner: Person) -> None:
    """Somebody takes charge of an answer."""
    answer.owner_id, answer.state = owner.id, "preparing"
    session.flush()
    audit.record(session, "answer.taken", answer)


def close_answer(session: TenantSession, about: Any, *, collective: bool = False) -> None:
    """The object was answered. Closing twice changes nothing."""
    answer = answer_for(session, about)
    if answer is not None and answer.state in {"due", "preparing"}:
        answer.state, answer.answered_at, answer.collective = "answered", clock.now(), collective
        session.flush()


def close_together(session: TenantSession, objects: Iterable[Any]) -> None:
    """One collective answer closes many obligations; the caller writes to each author."""
    for about in objects:
        close_answer(session, about, collective=True)


def drop_answer(session: TenantSession, about: Any) -> None:
    """Nothing is owed any more: withdrawn, sent by mistake."""
    answer = answer_for(session, about)
    if answer is not None and answer.state in {"due", "preparing"}:
        answer.state = "dropped"
        session.flush()


def postpone_answer(session: TenantSession, about: Any, due_on: date) -> None:
    """Another date, because the file was incomplete or a meeting moved."""
    answer = answer_for(session, about)
    if answer is not None:
        answer.due_on = due_on
        session.flush()


def forget_author(session: TenantSession, about: Any, title: str) -> None:
    """The author was erased: their name goes, and their words make way for a title that says nothing of them."""
    answer = answer_for(session, about)
    if answer is not None:
        answer.whom, answer.title = "", title[:200]
        session.flush()


def remind(session: TenantSession, answer: AnswerDue) -> None:
    """Note that the owner was reminded."""
    answer.reminded_at = clock.now()
    session.flush()

"""What happened to a file, in words: the audit trail and the messages sent about it, oldest first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from civique.core import audit
from civique.core.answers.models import AnswerDue
from civique.core.audit import AuditEntry
from civique.core.i18n import _l
from civique.core.messages.models import Message
from civique.core.messages.queries import about
from civique.core.people.queries import names_of
from civique.core.questions.models import Question
from civique.web.access import visitor
from civique.web.desk.labels import MESSAGE_STATES
from civique.web.desk.messages import PERMISSION, subject
from tenants.db import db

SENTENCES = {
    "question.received": _l("Question received"),
    "question.answered": _l("Answer sent"),
    "question.dropped": _l("Closed without answer"),
    "question.reopened": _l("Opened again"),
    "answer.reminded": _l("Reminder of the answer due"),
    "question.assigned": _l("Taken in charge"),
}


@dataclass(frozen=True)
class Step:
    """A line of a history: when, what, who (empty: the software or a visitor); ``opens``: the message may be read."""

    at: datetime
    text: str
    who: str = ""
    message: Message | None = None
    opens: bool = False


def of_question(question: Question, due: AnswerDue | None) -> list[Step]:
    """History of a question."""
    entries = [*audit.history(db.session, question), *(audit.history(db.session, due) if due else ())]
    return told(entries, SENTENCES, question)


def told(entries: Iterable[AuditEntry], sentences: Mapping[str, Any], about_what: Any) -> list[Step]:
    """Lines of the audit trail in words, with the messages that speak of something, oldest first.

    Args:
        sentences: what is said of each action; an action without a sentence is left out.
    """
    kept = [entry for entry in entries if entry.action in sentences]
    names = names_of(db.session, {entry.actor_id for entry in kept if entry.actor_id})
    steps = [
        Step(entry.at, str(sentences[entry.action]), names.get(entry.actor_id, "") if entry.actor_id else "")
        for entry in kept
    ]
    opens = visitor().can(PERMISSION)
    steps += [
        Step(m.created_at, subject(m), str(MESSAGE_STATES[m.state]), m, opens) for m in about(db.session, about_what)
    ]
    return sorted(steps, key=lambda step: step.at)

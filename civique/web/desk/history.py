"""What happened to a file, in words: the audit trail and the messages sent about it, oldest first."""

from dataclasses import dataclass
from datetime import datetime

from civique.core import audit
from civique.core.answers.models import AnswerDue
from civique.core.enquiries.models import Enquiry
from civique.core.i18n import _l
from civique.core.messages.models import Message
from civique.core.messages.queries import about
from civique.core.people.queries import names_of
from civique.web.desk.labels import MESSAGE_STATES
from tenants.db import db

SENTENCES = {
    "enquiry.received": _l("Question received"),
    "enquiry.answered": _l("Answer sent"),
    "enquiry.dropped": _l("Closed without answer"),
    "enquiry.reopened": _l("Opened again"),
    "answer.taken": _l("Taken in charge"),
}


@dataclass(frozen=True)
class Step:
    """A line of a history: when, what, who (empty: the software or a visitor)."""

    at: datetime
    text: str
    who: str = ""
    message: Message | None = None


def of_enquiry(enquiry: Enquiry, due: AnswerDue | None) -> list[Step]:
    """History of a question."""
    entries = [*audit.history(db.session, enquiry), *(audit.history(db.session, due) if due else ())]
    names = names_of(db.session, {e.actor_id for e in entries if e.actor_id})
    steps = [
        Step(e.at, str(SENTENCES[e.action]), names.get(e.actor_id, "") if e.actor_id else "")
        for e in entries
        if e.action in SENTENCES
    ]
    steps += [Step(m.created_at, m.subject, str(MESSAGE_STATES[m.state]), m) for m in about(db.session, enquiry)]
    return sorted(steps, key=lambda step: step.at)

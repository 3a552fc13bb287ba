"""What happened to a case, in words: the audit trail and the messages sent about it, oldest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, union_all

from civique.core.agreements.models import Agreement
from civique.core.answers.models import AnswerDue
from civique.core.audit import AuditEntry
from civique.core.cases.workflow import workflow_of
from civique.core.messages.models import Message
from civique.core.messages.queries import about
from civique.core.people.queries import names_of
from civique.web.access import visitor
from civique.web.audit_labels import labels
from civique.web.desk.labels import MESSAGE_STATES
from civique.web.desk.messages import PERMISSION, subject
from tenants.db import db

DOUBLED = frozenset({"agreement.offered", "fund.opinion_given"})
"""Actions that the step of the case tells already."""


@dataclass(frozen=True)
class Step:
    """A line of a history: when, what, who (empty: the software or a visitor); ``opens``: the message may be read."""

    at: datetime
    text: str
    who: str = ""
    message: Message | None = None
    opens: bool = False


def of_case(case: Any) -> list[Step]:
    """What happened to a case, to its answer due, its agreement, its parts, and what was written about it, oldest first. What nobody
    declared words for is left out."""
    workflow = workflow_of(case)
    tied = union_all(
        select(Agreement.id).where(Agreement.object_id == case.id),
        select(AnswerDue.id).where(AnswerDue.object_id == case.id),
        *([workflow.parts(case)] if workflow and workflow.parts else []),
    )
    query = select(AuditEntry).where(or_(AuditEntry.object_id == case.id, AuditEntry.object_id.in_(tied)))
    sentences = labels()
    kept = [
        entry
        for entry in db.session.scalars(query.order_by(AuditEntry.at, AuditEntry.id))
        if entry.action in sentences and entry.action not in DOUBLED
    ]
    names = names_of(db.session, {entry.actor_id for entry in kept if entry.actor_id})
    steps = [
        Step(entry.at, str(sentences[entry.action]), names.get(entry.actor_id, "") if entry.actor_id else "")
        for entry in kept
    ]
    opens = visitor().can(PERMISSION)
    steps += [Step(m.created_at, subject(m), str(MESSAGE_STATES[m.state]), m, opens) for m in about(db.session, case)]
    return sorted(steps, key=lambda step: step.at)

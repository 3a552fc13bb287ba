"""What a person asked the core for: their questions to the mairie."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from civique.core.i18n import gettext as _
from civique.core.manifest import WorkItem
from civique.core.questions.models import Question
from tenants.session import TenantSession


def my_questions(session: TenantSession, person: Any) -> Sequence[WorkItem]:
    """Questions of a person, newest first."""
    query = select(Question).where(Question.person_id == person.id).order_by(Question.created_at.desc()).limit(50)
    states = {
        "open": (_("waits for an answer"), "wait"),
        "answered": (_("answered"), "ok"),
        "dropped": (_("filed without answer"), ""),
    }
    return [
        WorkItem(
            _("Question %(reference)s", reference=e.reference),
            "",
            since=e.created_at,
            state=states[e.state][0],
            tone=states[e.state][1],
        )
        for e in session.scalars(query)
    ]

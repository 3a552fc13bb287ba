"""Personal data of questionnaires: what somebody answered in their name."""

from typing import Any

from sqlalchemy import select, update

from civique.core import settings
from civique.core.commune import Retention, duration
from civique.core.feedback.models import FeedbackSheet
from civique.core.feedback.queries import questionnaires, said_of
from civique.core.held import plain
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from tenants.session import TenantSession


def feedback_kept(session: TenantSession) -> str:
    """How long, in words."""
    kept = duration(settings.get(session, Retention).question)
    return _("%(duration)s; the figures stay, without your name and your words", duration=kept)


def export_feedback(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What the person answered in their name."""
    query = select(FeedbackSheet).where(FeedbackSheet.person_id == person.id).order_by(FeedbackSheet.created_at)
    return [
        {"about": sheet.object_title, "answers": in_words(sheet), "date": plain(sheet.created_at)}
        for sheet in session.scalars(query)
    ]


def erase_feedback(session: TenantSession, person: Person) -> None:
    """The figures stay, without the name and what was written."""
    own = update(FeedbackSheet).where(FeedbackSheet.person_id == person.id)
    session.execute(own.values(words={}, person_id=None))


def in_words(sheet: FeedbackSheet) -> str:
    """Questions and answers of a sheet, also when its module is off or asks something else today."""
    asked, colon = questionnaires().get(sheet.questionnaire), _(": ")
    said = [
        f"{question.label}{colon}{said_of(question, answer)}"
        for question in (asked.questions if asked else ())
        if (answer := sheet.answers.get(question.code)) is not None
    ]
    return ". ".join([*said, *sheet.words.values()])

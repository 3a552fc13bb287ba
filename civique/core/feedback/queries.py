"""Reading what was answered."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from civique.core.feedback.declarations import SCALE, Choice, Question, Questionnaire, Scale, Words
from civique.core.feedback.models import FeedbackSheet
from civique.core.i18n import gettext as _
from civique.core.registry import modules
from tenants.session import TenantSession


@dataclass(frozen=True)
class Summary:
    """What was answered to one question.

    Args:
        count: how many answered it; who did not say is not among them.
        mean: of the rates, None when nobody rated.
        spread: each answer in words, and how many gave it.
        words: what was written, newest first.
    """

    question: Question
    count: int
    mean: float | None = None
    spread: tuple[tuple[Any, int], ...] = ()
    words: tuple[str, ...] = ()


def questionnaires(names: Collection[str] | None = None) -> dict[str, Questionnaire]:
    """Questionnaires by code: of the modules of these names and the core, or of all modules."""
    manifests = modules() if names is None else modules().on(names)
    return {one.code: one for manifest in manifests for one in manifest.questionnaires}


def is_answered(session: TenantSession, key: UUID) -> bool:
    """Whether a sheet of this key was kept."""
    return session.execute(select(FeedbackSheet.id).where(FeedbackSheet.key == key)).first() is not None


def sheets_about(session: TenantSession, questionnaire: Questionnaire, about: Any) -> Sequence[FeedbackSheet]:
    """What was answered about an object, newest first."""
    query = select(FeedbackSheet).where(
        FeedbackSheet.questionnaire == questionnaire.code,
        FeedbackSheet.object_type == about.__tablename__,
        FeedbackSheet.object_id == about.id,
    )
    return session.scalars(query.order_by(FeedbackSheet.created_at.desc())).all()


def summary(session: TenantSession, questionnaire: Questionnaire, about: Any) -> list[Summary]:
    """What was answered about an object, question by question; nothing is made up where nobody answered."""
    sheets = sheets_about(session, questionnaire, about)
    return [_summary(question, sheets) for question in questionnaire.questions]


def said_of(question: Question, answer: int | str | None) -> str:
    """An answer in words."""
    if answer is None:
        return _("Does not say")
    return str(dict(question.choices).get(str(answer), answer)) if isinstance(question, Choice) else str(answer)


def _summary(question: Question, sheets: Sequence[FeedbackSheet]) -> Summary:
    if isinstance(question, Words):
        texts = tuple(sheet.words[question.code] for sheet in sheets if sheet.words.get(question.code))
        return Summary(question, len(texts), words=texts)
    given = [answer for sheet in sheets if (answer := sheet.answers.get(question.code)) is not None]
    if isinstance(question, Scale):
        mean = sum(given) / len(given) if given else None
        return Summary(question, len(given), mean, tuple((label, given.count(rate)) for rate, label in SCALE.items()))
    return Summary(question, len(given), spread=tuple((label, given.count(code)) for code, label in question.choices))

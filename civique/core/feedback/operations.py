"""Keeping what people answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from civique.core import audit
from civique.core.channels import CHANNELS
from civique.core.feedback.declarations import SCALE, Question, Questionnaire, Scale, Words
from civique.core.feedback.models import FeedbackSheet
from civique.core.i18n import gettext as _
from civique.core.passes.operations import Issued, issue
from civique.core.people.models import Person
from civique.core.refused import Refused, refuse_all
from civique.core.typed import trimmed
from tenants.session import TenantSession

MOST_WORDS = 1_000


def keep_answers(
    session: TenantSession,
    questionnaire: Questionnaire,
    about: Any,
    answers: Mapping[str, int | str | None],
    *,
    channel: str,
    key: UUID,
    person: Person | None = None,
) -> FeedbackSheet:
    """Keep what somebody answered about an object.

    Args:
        answers: by code of question; None, or none at all, is « ne se prononce pas ».
        channel: one of ``CHANNELS``.
        key: of this sheet: the same one again keeps what the first said.
        person: who answers, when they want it known.

    Raises:
        Refused: ``feedback_empty``, nothing is answered; ``feedback_answer``, an answer that is not proposed.
    """
    if channel not in CHANNELS or (unknown := answers.keys() - {one.code for one in questionnaire.questions}):
        raise ValueError(f"{questionnaire.code}: {channel}, {unknown if channel in CHANNELS else ''}")
    refuse_all([fault for one in questionnaire.questions if (fault := _fault(one, answers.get(one.code)))])
    said = {one.code: answers.get(one.code) for one in questionnaire.questions if not isinstance(one, Words)}
    texts = {
        one.code: trimmed(str(answers.get(one.code) or "")) for one in questionnaire.questions if isinstance(one, Words)
    }
    texts = {code: text for code, text in texts.items() if text}
    if not texts and all(answer is None for answer in said.values()):
        raise Refused(_("Answer at least one question."), rule="feedback_empty")
    row = {
        "id": uuid7(),
        "key": key,
        "questionnaire": questionnaire.code,
        "object_type": about.__tablename__,
        "object_id": about.id,
        "object_title": questionnaire.title(about)[:200],
        "person_id": person.id if person else None,
        "channel": channel,
        "answers": said,
        "words": texts,
    }
    kept = insert(FeedbackSheet).values(row).on_conflict_do_nothing(index_elements=["key"])
    new = session.execute(kept.returning(FeedbackSheet.id)).scalar_one_or_none()
    sheet = session.scalars(select(FeedbackSheet).where(FeedbackSheet.key == key)).one()
    if new is not None and channel != "web":  # a line about what a resident answers would say who did
        audit.record(session, "feedback.kept", sheet, questionnaire=questionnaire.code, channel=channel)
    return sheet


def invite_to_answer(
    session: TenantSession,
    questionnaire: Questionnaire,
    about: Any,
    *,
    until: datetime,
    person: Person | None = None,
    pin: bool = False,
) -> Issued:
    """A pass for the page ``/avis/<token>`` (or ``/avis``, with its reference and code).

    That of a person, or with a code, answers once, and what is answered does not say whose it was. Without either it is for
    everybody, on a poster or at the end of a page.
    """
    return issue(session, questionnaire.purpose, about, until=until, person=person, pin=pin)


def forget_words(session: TenantSession, before: datetime) -> int:
    """Drop what was written, and who answered, of sheets kept before a moment; the figures stay.

    Returns:
        How many sheets changed.
    """
    old = update(FeedbackSheet).where(FeedbackSheet.created_at < before)
    named = old.where((FeedbackSheet.words != {}) | FeedbackSheet.person_id.is_not(None))
    return int(session.execute(named.values(words={}, person_id=None)).rowcount)  # type: ignore[attr-defined]


def _fault(question: Question, answer: int | str | None) -> Refused | None:
    """What is wrong with an answer."""
    if answer is None:
        return None
    if isinstance(question, Words):
        if len(str(answer)) <= MOST_WORDS:
            return None
        return Refused(_("Write at most %(num)s characters.", num=MOST_WORDS), question.code, rule="feedback_answer")
    proposed = [*SCALE] if isinstance(question, Scale) else [code for code, _label in question.choices]
    if not isinstance(answer, bool) and answer in proposed:
        return None
    return Refused(_("Choose one of the answers."), question.code, rule="feedback_answer")

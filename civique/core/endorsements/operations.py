"""Residents endorse an object, perhaps with a comment that the mairie reads first.

What a resident says leaves no line in the audit trail, which is kept longer than endorsements and comments; what an agent
does for them, and what the mairie does with a comment, does, on the object and without their name.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.claims.events import PaperClaimed
from civique.core.endorsements import messages
from civique.core.endorsements.declarations import Subject
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.endorsements.queries import comment_by, endorsement_by
from civique.core.endorsements.subjects import SUBJECTS, check_commented, check_endorsed, check_moderated
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from tenants.session import TenantSession

LIFE = timedelta(days=183)
"""How long what is said of an object outlives it: long enough to answer who asks what became of a comment."""


def endorse(session: TenantSession, subject: Subject, person: Person, channel: str = "web") -> Endorsement:
    """Endorse an object. A second time, or a second click at the same moment, changes nothing.

    Args:
        channel: how it reached the mairie; one that an agent notes for a resident leaves a line in the audit trail.

    Raises:
        Refused: as ``check_endorsed``.
    """
    lock(session, subject.row)
    check_endorsed(session, subject.row, person)
    endorsement = endorsement_by(session, subject.row, person)
    if endorsement is None:
        endorsement = Endorsement(**_named(subject), person_id=person.id, channel=channel)
        session.add(endorsement)
        session.flush()
        if channel != "web":
            audit.record(session, "endorsement.noted", subject.row, endorsement=endorsement.id, channel=channel)
    return endorsement


def withdraw_endorsement(session: TenantSession, row: Any, person: Person, *, by_agent: bool = False) -> None:
    """Endorse an object no longer: the comment goes too. Always possible; nothing to withdraw changes nothing.

    Args:
        by_agent: whether an agent does it for the resident, which leaves a line in the audit trail.
    """
    lock(session, row)
    endorsement, comment = endorsement_by(session, row, person), comment_by(session, row, person)
    for said in (endorsement, comment):
        if said is not None:
            session.delete(said)
    session.flush()
    if endorsement is not None and by_agent:
        audit.record(session, "endorsement.withdrawn", row)


def write_comment(session: TenantSession, subject: Subject, person: Person, text: str, channel: str = "web") -> Comment:
    """Endorse with a comment, or change one's comment: it waits for the mairie, also when an earlier one was published.

    Raises:
        Refused: ``comment_empty``; as ``check_commented`` and :func:`endorse`.
    """
    check_commented(session, subject.row)
    text = text.strip()
    if not text:
        raise Refused(_("Write a few words."), "comment", rule="comment_empty")
    endorse(session, subject, person, channel)
    comment = comment_by(session, subject.row, person)
    if comment is None:
        path = subject.path[:200]
        comment = Comment(**_named(subject), object_path=path, person_id=person.id, channel=channel, text=text)
        comment.written_at = clock.now()
        session.add(comment)
    elif comment.text != text or comment.state == "refused":
        comment.text, comment.written_at, comment.state, comment.reason = text, clock.now(), "waiting", ""
    session.flush()
    return comment


def publish_comment(session: TenantSession, comment: Comment, revision: int) -> None:
    """Show a comment that was read.

    Raises:
        StaleDataError: it was changed, withdrawn or answered since it was read. Refused: as ``check_moderated``.
    """
    _take(session, comment, revision, "waiting")
    row = _about(session, comment)
    check_moderated(session, row, publish=True)
    comment.state = "published"
    session.flush()
    audit.record(session, "comment.published", row, comment=comment.id)


def refuse_comment(session: TenantSession, comment: Comment, reason: str, revision: int) -> None:
    """Refuse a comment, or withdraw one that was published; its author is told why. The endorsement stays.

    Raises:
        StaleDataError: as :func:`publish_comment`. Refused: ``comment_reason``; as ``check_moderated``.
    """
    _take(session, comment, revision, "waiting", "published")
    if not reason.strip():
        raise Refused(_("Write the reason: the author of the comment will read it."), "reason", rule="comment_reason")
    row = _about(session, comment)
    check_moderated(session, row, publish=False)
    was_published = comment.state == "published"
    comment.state, comment.reason = "refused", reason.strip()
    session.flush()
    if was_published:
        audit.record(session, "comment.withdrawn", row, comment=comment.id)
        messages.comment_withdrawn(session, comment, row)
    else:
        audit.record(session, "comment.refused", row, comment=comment.id)
        messages.comment_refused(session, comment, row)


def forget_endorsements(session: TenantSession, objects: Select[Any]) -> int:
    """Erase what was said of some objects (a query of their ids). Twice is once.

    Returns:
        How many endorsements went.
    """
    session.execute(delete(Comment).where(Comment.object_id.in_(objects)))
    gone = session.execute(delete(Endorsement).where(Endorsement.object_id.in_(objects)))
    return gone.rowcount  # type: ignore[attr-defined, no-any-return]


def forget_old(session: TenantSession) -> None:
    """Erase what was said of objects that were over ``LIFE`` ago. Twice is once."""
    for kind in SUBJECTS.on(session).values():
        forget_endorsements(session, kind.over(clock.now() - LIFE))


def forget_own(session: TenantSession, claimed: PaperClaimed) -> None:
    """An object left on paper is this person's: nobody endorses their own."""
    kind = SUBJECTS.on(session).get(claimed.object_type)
    row = session.get(kind.model, claimed.object_id) if kind else None
    person = get_person(session, claimed.person_id)
    if row is not None and person is not None:
        withdraw_endorsement(session, row, person)


def lock(session: TenantSession, row: Any) -> None:
    """Wait for whoever says something of an object at this moment."""
    session.refresh(row, with_for_update={"of": type(row)})


def _named(subject: Subject) -> dict[str, Any]:
    row = subject.row
    return {"object_type": row.__tablename__, "object_id": row.id, "object_title": subject.title[:200]}


def _about(session: TenantSession, comment: Comment) -> Any:
    found = SUBJECTS.object_of(session, comment)
    assert found is not None, "a comment that is read has its object"
    return found[1]


def _take(session: TenantSession, comment: Comment, revision: int, *states: str) -> None:
    """Take a comment for oneself; the one that was read, and still in one of these states."""
    query = select(Comment).where(Comment.id == comment.id).with_for_update(of=Comment)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None or found.revision != revision or found.state not in states:
        raise StaleDataError

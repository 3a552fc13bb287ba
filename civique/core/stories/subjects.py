"""Objects that are told."""

from typing import Any
from uuid import UUID

from civique.core.declared import Declared
from civique.core.documents.models import StoredFile
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.core.stories.declarations import Step, ToldSubject
from civique.core.stories.queries import story_of, story_with
from tenants.session import TenantSession

SUBJECTS: Declared[ToldSubject] = Declared(lambda manifest: manifest.told_subjects)


def find_told(session: TenantSession, object_id: UUID) -> tuple[ToldSubject, Any] | None:
    """An object with its declaration: of a module that is on, or of which something was noted when it was."""
    story = story_of(session, object_id)
    if story is not None:
        return SUBJECTS.object_of(session, story)
    row = SUBJECTS.find(session, object_id)
    return (SUBJECTS.on(session)[row.__tablename__], row) if row is not None else None


def is_on(session: TenantSession, row: Any) -> bool:
    """Whether the module of an object is on."""
    return row.__tablename__ in SUBJECTS.on(session)


def check(session: TenantSession, row: Any, step: Step) -> ToldSubject:
    """Whether a step can be taken now; gives the declaration of the object.

    Raises:
        Refused: ``switched_off``; what the module of the object forbids.
    """
    subject = SUBJECTS.on(session).get(row.__tablename__)
    if subject is None:
        raise Refused(
            _("The service that this story belongs to is switched off: it can be read and withdrawn, not changed."),
            rule="switched_off",
        )
    subject.check(session, row, step)
    return subject


def refusal(session: TenantSession, row: Any, step: Step) -> str:
    """Why a step cannot be taken now, in a sentence; empty when it can."""
    try:
        check(session, row, step)
    except Refused as refused:
        return str(refused)
    return ""


def reads_photo(session: TenantSession, file: StoredFile, person: Person) -> bool:
    """Whether a file is a photo of something that this person carries out, and whose module is on."""
    story = story_with(session, file.id)
    found = SUBJECTS.object_of(session, story) if story is not None else None
    return found is not None and is_on(session, found[1]) and found[0].may_follow(session, found[1], person)

"""Objects that residents endorse: who reads them, and whose they are."""

from typing import Any

from sqlalchemy import select

from civique.core.declared import Declared
from civique.core.endorsements.declarations import Subject, Subjects
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession

SUBJECTS: Declared[Subjects] = Declared(lambda manifest: manifest.subjects)


def is_shown(session: TenantSession, row: Any) -> bool:
    """Whether residents read an object now: its module is on, the commune takes endorsements, and the object allows it."""
    kind = SUBJECTS.on(session).get(row.__tablename__)
    return kind is not None and kind.endorsed(session) and kind.readable(row)


def is_own(session: TenantSession, row: Any, person: Person | None) -> bool:
    """Whether an object is a person's own."""
    kind = SUBJECTS.on(session).get(row.__tablename__)
    if kind is None or person is None:
        return False
    model: Any = kind.model
    return session.execute(select(model.id).where(model.id == row.id, kind.own(person))).first() is not None


def open_to(session: TenantSession, kind: Subjects, person: Person) -> list[Subject]:
    """What a person may endorse: shown to residents, and not theirs, by title."""
    model: Any = kind.model
    own = select(model.id).where(kind.own(person))
    query = select(model).where(model.id.in_(kind.read(session)), model.id.not_in(own))
    found = [kind.describe(row) for row in session.scalars(query).unique()]
    return sorted(found, key=lambda subject: fold(subject.title))


def check_endorsed(session: TenantSession, row: Any, person: Person) -> None:
    """Only what residents read is endorsed, and never by whose it is.

    Raises:
        Refused: ``not_shown`` (switched off, no longer agreed, over); ``own_subject``.
    """
    if not is_shown(session, row):
        raise not_shown()
    if is_own(session, row, person):
        raise Refused(_("This is your own project, or your organisation’s: others support it."), rule="own_subject")


def check_commented(session: TenantSession, row: Any) -> None:
    """Comments are taken where the commune wants them.

    Raises:
        Refused: ``comments_off``.
    """
    kind = SUBJECTS.on(session).get(row.__tablename__)
    if kind is None or not kind.commented(session):
        raise Refused(_("Comments are closed. Your support still counts."), rule="comments_off")


def check_moderated(session: TenantSession, row: Any, *, publish: bool) -> None:
    """What residents no longer read is not published; the module of the object says who does not moderate.

    Raises:
        Refused: ``not_shown``; what the module forbids.
    """
    kind = SUBJECTS.every()[row.__tablename__]
    if publish and not (kind.commented(session) and is_shown(session, row)):
        raise not_shown()
    kind.moderated(session, row)


def not_shown() -> Refused:
    """Residents no longer read this object."""
    return Refused(
        _("This project is no longer open to supports: it was decided, or its applicant prefers so."), rule="not_shown"
    )

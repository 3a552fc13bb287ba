"""Objects that agreements are about, found through the manifests: the core knows no module."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from civique.core.agreements.declarations import AgreementSubject, Described
from civique.core.agreements.models import Agreement
from civique.core.i18n import gettext as _
from civique.core.manifest import Manifest
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.core.registry import modules
from tenants.session import TenantSession

Subjects = dict[str, AgreementSubject]


def subjects_on(session: TenantSession) -> Subjects:
    """Declarations of the modules that are on, by table."""
    return _subjects(modules().of(session.tenant))


def _subjects(manifests: Iterable[Manifest]) -> Subjects:
    return {subject.model.__tablename__: subject for manifest in manifests for subject in manifest.agreement_subjects}


def subject_of(session: TenantSession, table: str) -> AgreementSubject:
    """Declaration of a table whose module is on.

    Raises:
        Refused: ``switched_off``. What was agreed can still be read, and the upkeep looked at.
    """
    subject = subjects_on(session).get(table)
    if subject is None:
        raise Refused(
            _("The service that this agreement belongs to is switched off. Switch it on in the settings first."),
            rule="switched_off",
        )
    return subject


def find_about(session: TenantSession, object_id: UUID) -> Any:
    """An object that may be agreed on now, by its identifier; None when there is none."""
    rows = (session.get(subject.model, object_id) for subject in subjects_on(session).values())
    return next((row for row in rows if row is not None), None)


def object_of(session: TenantSession, agreement: Agreement) -> tuple[AgreementSubject, Any] | None:
    """What an agreement is about, even when its module is off; None once it is gone."""
    subject = _subjects(modules()).get(agreement.object_type)
    row = session.get(subject.model, agreement.object_id) if subject else None
    return (subject, row) if subject is not None and row is not None else None


def describe(session: TenantSession, agreement: Agreement) -> Described | None:
    """The object of an agreement as it is now; None once it is gone."""
    found = object_of(session, agreement)
    return found[0].describe(session, found[1]) if found else None


def may_follow(session: TenantSession, agreement: Agreement, person: Person | None) -> bool:
    """Whether a person stands on the applicant's side of an agreement."""
    found = object_of(session, agreement)
    return found is not None and found[0].may_follow(session, found[1], person)

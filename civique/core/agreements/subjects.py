"""Objects that agreements are about."""

from civique.core.agreements.declarations import AgreementSubject, Described
from civique.core.agreements.models import Agreement
from civique.core.declared import Declared
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession

SUBJECTS: Declared[AgreementSubject] = Declared(lambda manifest: manifest.agreement_subjects)
subjects_on, find_about, object_of = SUBJECTS.on, SUBJECTS.find, SUBJECTS.object_of


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


def describe(session: TenantSession, agreement: Agreement) -> Described | None:
    """The object of an agreement as it is now; None once it is gone."""
    found = object_of(session, agreement)
    return found[0].describe(session, found[1]) if found else None


def may_follow(session: TenantSession, agreement: Agreement, person: Person | None) -> bool:
    """Whether a person stands on the applicant's side of an agreement."""
    found = object_of(session, agreement)
    return found is not None and found[0].may_follow(session, found[1], person)

"""Giving and withdrawing consents."""

from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from civique.core import audit, clock
from civique.core.consents.events import ConsentWithdrawn
from civique.core.consents.models import Consent
from civique.core.documents.models import StoredFile
from civique.core.events import tell
from civique.core.i18n import gettext as _
from civique.core.people.events import PeopleMerged
from civique.core.people.models import Person
from civique.core.people.queries import is_guardian
from civique.core.refused import Refused
from tenants.session import TenantSession


def give_consent(
    session: TenantSession,
    person: Person,
    kind: str,
    *,
    medium: str = "",
    given_by: str,
    until: date,
    guardian: Person | None = None,
    file: StoredFile | None = None,
) -> Consent:
    """Note that a person agrees; a consent to the same use that is there is replaced.

    Args:
        kind, medium: one of ``KINDS``; where images are shown (``MEDIA``), or a word of the module.
        given_by: name of who says yes: the person, or who has authority over a minor.
        until: last day.
        guardian: the record of who gives it, when the mairie accepted that they act for the person as legal guardian.
        file: the paper that was signed.

    Raises:
        Refused: ``consent_until``, the last day is past; ``consent_by``, nobody gives it; ``not_guardian``; ``minor``, a
            minor alone.
    """
    given_by = guardian.name if guardian else given_by.strip()
    if until < clock.today():
        raise Refused(_("Choose a last day that is not past."), "until", rule="consent_until")
    if not given_by:
        raise Refused(_("Write the name of who agrees."), "given_by", rule="consent_by")
    if guardian is not None and not is_guardian(session, guardian, person):
        raise Refused(
            _("The town hall must first accept that you act for this person as legal guardian."), rule="not_guardian"
        )
    if guardian is None and given_by == person.name and (kind == "participation" or is_minor(person)):
        raise Refused(_("A legal guardian must agree for a minor."), "given_by", rule="minor")
    session.refresh(person, with_for_update=True)  # two agents at once: the second replaces what the first noted
    for former in session.scalars(_live_of(person.id).where(Consent.kind == kind, Consent.medium == medium)):
        session.delete(former)
    session.flush()
    consent = Consent(
        person_id=person.id,
        kind=kind,
        medium=medium,
        given_by=given_by[:170],
        guardian_id=guardian.id if guardian else None,
        given_on=clock.today(),
        until=until,
        file_id=file.id if file else None,
    )
    session.add(consent)
    session.flush()
    audit.record(session, "consent.given", consent, kind=kind, medium=medium, person=person.id)
    return consent


def withdraw_consent(session: TenantSession, consent: Consent) -> None:
    """End a consent now; what relied on it hears of it in this transaction. The second time changes nothing."""
    session.refresh(consent, with_for_update=True)
    if consent.withdrawn_at is not None:
        return
    consent.withdrawn_at = clock.now()
    session.flush()
    audit.record(session, "consent.withdrawn", consent, kind=consent.kind, medium=consent.medium)
    tell(session, ConsentWithdrawn(consent.person_id, consent.kind, consent.medium))


def withdraw_all(session: TenantSession, person: Person) -> None:
    """End all that a person agreed to."""
    for consent in session.scalars(_live_of(person.id)).all():
        withdraw_consent(session, consent)


def join_consents(session: TenantSession, merged: PeopleMerged) -> None:
    """Two records of one person: the last word said on either counts."""
    both = (merged.kept_id, merged.double_id)
    said: dict[tuple[str, str], list[Consent]] = {}
    for row in session.scalars(select(Consent).where(Consent.person_id.in_(both)).with_for_update()):
        said.setdefault((row.kind, row.medium), []).append(row)
    for rows in said.values():
        last = max(rows, key=lambda row: row.withdrawn_at or row.created_at)
        for row in rows:
            if row.withdrawn_at is None and row is not last:
                if last.withdrawn_at is not None:
                    withdraw_consent(session, row)
                else:
                    session.delete(row)
    session.flush()


def is_minor(person: Person) -> bool:
    """Whether a person is known to be under eighteen today."""
    born, today = person.birth_date, clock.today()
    return born is not None and (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < 18


def _live_of(person_id: UUID) -> Select[Consent]:
    return select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None)).with_for_update()

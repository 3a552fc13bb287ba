"""Personal data of consents: shown to the person and to who gave them, withdrawn and erased with the person."""

from typing import Any

from sqlalchemy import delete, or_, select, update

from civique.core.consents.models import Consent
from civique.core.consents.operations import withdraw_all
from civique.core.held import plain
from civique.core.people.models import Person
from tenants.session import TenantSession


def export_consents(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Each yes of the person, and those that they gave for a minor."""
    own = or_(Consent.person_id == person.id, Consent.guardian_id == person.id)
    rows = session.scalars(select(Consent).where(own).order_by(Consent.created_at))
    return [
        {
            "agreed_to": row.label,
            "agreed_for": row.person.name,
            "given_by": row.given_by,
            "given_on": plain(row.given_on),
            "until": plain(row.until),
            "withdrawn_at": plain(row.withdrawn_at),
        }
        for row in rows
    ]


def erase_consents(session: TenantSession, person: Person) -> None:
    """What relied on them ends, then they go; those given for a minor stay, without the name of who gave them."""
    withdraw_all(session, person)
    session.execute(delete(Consent).where(Consent.person_id == person.id))
    given = update(Consent).where(Consent.guardian_id == person.id)
    session.execute(given.values(guardian_id=None, given_by=""))

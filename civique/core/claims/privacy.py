"""Claims among a person's data."""

from typing import Any

from sqlalchemy import delete

from civique.core.claims.models import PaperClaim
from civique.core.claims.queries import claims_of
from civique.core.held import plain
from civique.core.people.models import Person
from tenants.session import TenantSession


def export_claims(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What the person claimed, and the mairie's answer."""
    return [
        {
            "paper": c.reference,
            "name": c.name,
            "state": c.state,
            "reason": c.reason,
            "date": plain(c.created_at),
            "answered_at": plain(c.answered_at),
        }
        for c in claims_of(session, person)
    ]


def erase_claims(session: TenantSession, person: Person) -> None:
    """They go with the person."""
    session.execute(delete(PaperClaim).where(PaperClaim.person_id == person.id))

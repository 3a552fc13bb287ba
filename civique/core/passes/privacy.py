"""Personal data of passes: that the person holds some. They go with the person."""

from typing import Any

from sqlalchemy import delete, select

from civique.core.held import plain
from civique.core.passes.models import AccessPass
from civique.core.people.models import Person
from tenants.session import TenantSession


def export_passes(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Links that were sent to the person: what for, and until when; never the link."""
    query = select(AccessPass).where(AccessPass.person_id == person.id).order_by(AccessPass.created_at)
    return [
        {"reference": row.reference, "created_at": plain(row.created_at), "until": plain(row.expires_at)}
        for row in session.scalars(query)
    ]


def erase_passes(session: TenantSession, person: Person) -> None:
    """They no longer open anything."""
    session.execute(delete(AccessPass).where(AccessPass.person_id == person.id))

"""Who spoke at a stall."""

from civique.core.people.models import Person
from civique.core.people.operations import register_person
from civique.core.stall.forms import StallFacts
from tenants.session import TenantSession


def record_of(session: TenantSession, facts: StallFacts) -> Person | None:
    """A record of who wants an answer, whom letters reach until their e-mail address is confirmed; None for somebody who
    left no name."""
    if not facts.name:
        return None
    given, _space, family = facts.name.rpartition(" ")
    return register_person(
        session,
        given[:80],
        family[:80],
        email=facts.email,
        phone=facts.phone,
        street=facts.street,
        postal_code=facts.postal_code or None,
        city=facts.city,
        territory_id=None,
        channel="letter",
    )

"""The operators of a deployment."""

from civique.core import clock
from civique.core.access.operations import grant_role
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.people.queries import people_at
from tenants.session import TenantSession


def add_operator(session: TenantSession, name: str, address: str) -> Person:
    """Give somebody the role of operator; somebody who has it keeps it. Their address is taken for confirmed."""
    given, _, family = name.strip().rpartition(" ")
    known = [person for person in people_at(session, address) if person.family_name == family]
    person = known[0] if known else people.register_person(session, given, family)
    person.channel = "email"
    people.add_address(session, person, address, confirmed_at=clock.now())
    grant_role(session, person, "operator")
    return person

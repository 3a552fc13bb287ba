"""People of a demonstration commune who can be played with one click."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from civique.core.access.models import RoleGrant
from civique.core.access.roles import ROLES
from civique.core.i18n import gettext
from civique.core.people.models import EmailAddress, Person
from civique.core.people.queries import active_people
from tenants.session import TenantSession

RESIDENTS = 6
ENDING = "@exemple.fr"


@dataclass(frozen=True)
class Persona:
    """Somebody to play: who they are and their roles (none for a resident)."""

    person_id: UUID
    name: str
    address: str
    roles: tuple[str, ...]

    @property
    def rank(self) -> int:
        """Order of the list: administrator first, residents last."""
        known = list(ROLES)
        return min((known.index(role) for role in self.roles if role in known), default=len(known))


def personas(session: TenantSession) -> Sequence[Persona]:
    """Everybody with a role, then a few residents, of a demonstration commune."""
    grants: dict[UUID, list[str]] = {}
    live = (
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.ended_at.is_(None)).order_by(RoleGrant.created_at)
    )
    for person_id, role in session.execute(live):
        grants.setdefault(person_id, []).append(role)
    with_address = select(EmailAddress.person_id).where(
        EmailAddress.address.endswith(ENDING), EmailAddress.confirmed_at.is_not(None)
    )
    query = active_people().where(Person.id.in_(with_address)).options(selectinload(Person.emails)).order_by(Person.id)
    people = session.scalars(query).unique().all()
    staff = [_persona(person, grants[person.id]) for person in people if person.id in grants]
    residents = [_persona(person, []) for person in people if person.id not in grants]
    return [*sorted(staff, key=lambda persona: persona.rank), *residents[:RESIDENTS]]


def _persona(person: Person, roles: list[str]) -> Persona:
    address = person.email.address if person.email else ""
    return Persona(person.id, person.name, address, tuple(dict.fromkeys(roles)))


def sign_in_lines(session: TenantSession) -> list[str]:
    """Whom the terminal names when a demonstration starts, address then roles: one person a role, one resident."""
    seen: set[str] = set()
    lines = []
    for persona in personas(session):
        parts = set(persona.roles or ("",))
        if not parts <= seen:
            seen |= parts
            roles = ", ".join(str(ROLES[role].label) for role in persona.roles if role in ROLES)
            lines.append(f"{persona.address:<34} {roles}" if roles else f"{persona.address:<34} " + gettext("Resident"))
    return lines

"""Who may do what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager

from civique.core import clock
from civique.core.access.models import Credential, Invitation, RoleGrant, WebSession
from civique.core.manifest import Permission
from civique.core.people.models import Person
from tenants.session import TenantSession

Grant = tuple[str, str, str]
"""A role, its scope, the identifier of the scope."""


@dataclass(frozen=True)
class Rights:
    """Roles of one person, asked on every request."""

    grants: tuple[Grant, ...]
    permissions: Mapping[str, Permission] = field(compare=False)

    @property
    def staff(self) -> bool:
        """Whether the person works for the mairie in any way: the back office opens, a second factor is due."""
        return bool(self.grants)

    def can(self, code: str, *, territory: UUID | None = None, organisation: UUID | None = None) -> bool:
        """Whether one of the roles has a permission for this place.

        A role for a territory or an organisation counts only when the object is in it; a role for a module only for the
        permissions of that module.

        Raises:
            KeyError: no module declares this permission.
        """
        roles = self.permissions[code].roles
        module = code.partition(".")[0]
        reach = {("commune", ""), ("module", module)}
        reach |= {("territory", str(territory))} if territory else set()
        reach |= {("organisation", str(organisation))} if organisation else set()
        return any(role in roles and (scope, scope_id) in reach for role, scope, scope_id in self.grants)

    def somewhere(self, code: str) -> bool:
        """Whether one of the roles has a permission for at least some place: the menu shows, the list is filtered."""
        roles = self.permissions[code].roles
        module = code.partition(".")[0]
        return any(role in roles and (scope != "module" or scope_id == module) for role, scope, scope_id in self.grants)

    def territories(self, code: str) -> Collection[str] | None:
        """Territories to which a permission is limited; None when it holds for the whole commune."""
        if self.can(code):
            return None
        return {i for role, scope, i in self.grants if scope == "territory" and role in self.permissions[code].roles}


def rights_of(session: TenantSession, person: Person | None, permissions: Mapping[str, Permission]) -> Rights:
    """Rights of a person today; nobody has none."""
    if person is None:
        return Rights((), permissions)
    query = live_grants(person.id)
    rows = session.execute(query.with_only_columns(RoleGrant.role, RoleGrant.scope, RoleGrant.scope_id))
    return Rights(tuple(tuple(row) for row in rows), permissions)


def session_and_grants(session: TenantSession, hashed: bytes) -> tuple[WebSession, tuple[Grant, ...]] | None:
    """The signed-in browser whose token has this hash, and the roles that its person holds today."""
    rows = session.execute(_SESSION, {"hashed": hashed, "today": clock.today()}).all()
    return (rows[0][0], tuple((row[1], row[2], row[3]) for row in rows if row[1])) if rows else None


def named_by(session: TenantSession, hashed: bytes) -> UUID | None:
    """Whom a session names, be it over."""
    return session.execute(select(WebSession.person_id).where(WebSession.token_hash == hashed)).scalar_one_or_none()


def live_grants(person_id: UUID) -> Any:
    """Query of the roles that a person holds today."""
    return select(RoleGrant).where(RoleGrant.person_id == person_id, *still_held())


def still_held(today: Any = None) -> tuple[Any, ...]:
    """Conditions under which a role counts today (or on a day that comes as a parameter)."""
    day = clock.today() if today is None else today
    return RoleGrant.ended_at.is_(None), or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day)


# Every page of somebody signed in begins with it: written once.
_SESSION = (
    select(WebSession, RoleGrant.role, RoleGrant.scope, RoleGrant.scope_id)
    .outerjoin(RoleGrant, and_(RoleGrant.person_id == WebSession.person_id, *still_held(bindparam("today"))))
    .where(WebSession.token_hash == bindparam("hashed"))
)


def still_working(session: TenantSession, people: Collection[UUID]) -> set[UUID]:
    """Those of these people who hold a role today."""
    query = select(RoleGrant.person_id).where(RoleGrant.person_id.in_(people), *still_held())
    return set(session.scalars(query))


def names_of_those_who(
    session: TenantSession, code: str, permissions: Mapping[str, Permission]
) -> list[tuple[UUID, str]]:
    """Id and name of the people who have a permission for the whole commune today, by name."""
    query = (
        select(Person.id, Person.given_name, Person.family_name, RoleGrant.role, RoleGrant.scope, RoleGrant.scope_id)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(*still_held())
        .order_by(Person.folded, Person.id)
    )
    able: dict[UUID, str] = {}
    for row in session.execute(query):
        if Rights(((row.role, row.scope, row.scope_id),), permissions).can(code):
            able[row.id] = f"{row.given_name} {row.family_name}".strip()
    return list(able.items())


def held_roles() -> Select[RoleGrant]:
    """Query of the roles that count today, with who holds them."""
    return select(RoleGrant).join(RoleGrant.person).options(contains_eager(RoleGrant.person)).where(*still_held())


def gives_roles(session: TenantSession, person_id: UUID) -> bool:
    """Whether a person may invite colleagues and give roles today."""
    query = live_grants(person_id).where(RoleGrant.role == "administrator", RoleGrant.scope == "commune")
    return session.scalars(query).first() is not None


def count_administrators(session: TenantSession) -> int:
    """How many people can give roles; the last one cannot leave without a successor."""
    query = select(func.count(func.distinct(RoleGrant.person_id))).where(
        RoleGrant.role == "administrator",
        RoleGrant.scope == "commune",
        RoleGrant.ended_at.is_(None),
        or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= clock.today()),
    )
    return session.execute(query).scalar_one()


def is_last_administrator(session: TenantSession, person: Person) -> bool:
    """Whether nobody could give roles any more without this person."""
    return gives_roles(session, person.id) and count_administrators(session) <= 1


def pending_invitations(session: TenantSession) -> Sequence[Invitation]:
    """Invitations that were neither accepted nor withdrawn, newest first; some may be too old to work."""
    query = select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    return session.scalars(query.order_by(Invitation.created_at.desc())).all()


def sessions_of(session: TenantSession, person: Person) -> Sequence[WebSession]:
    """Browsers in which a person is signed in, last used first."""
    query = select(WebSession).where(WebSession.person_id == person.id, WebSession.expires_at > func.clock_timestamp())
    return session.scalars(query.order_by(WebSession.seen_at.desc())).all()


def factors(session: TenantSession, person: Person, *kinds: str) -> Sequence[Credential]:
    """Confirmed credentials of a person, of these kinds."""
    query = select(Credential).where(
        Credential.person_id == person.id, Credential.kind.in_(kinds), Credential.confirmed_at.is_not(None)
    )
    return session.scalars(query.order_by(Credential.created_at)).all()

"""Reading organisations."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select

from civique.core.folding import fold
from civique.core.organisations.models import Organisation, Representative
from civique.core.people.models import Person
from tenants.session import TenantSession


def same_name(session: TenantSession, name: str) -> Organisation | None:
    """An organisation with this name, accents and case aside."""
    return session.scalars(select(Organisation).where(Organisation.folded == fold(name)).limit(1)).first()


def validated_names(session: TenantSession) -> list[tuple[UUID, str]]:
    """Id and name of the organisations of the commune's directory, by name."""
    query = select(Organisation.id, Organisation.name).where(Organisation.validated_at.is_not(None))
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.folded, Organisation.id))]


def to_validate(session: TenantSession) -> Sequence[Organisation]:
    """Organisations that the mairie has not validated yet, oldest first."""
    query = select(Organisation).where(Organisation.validated_at.is_(None))
    return session.scalars(query.order_by(Organisation.created_at)).all()


def organisations_of(session: TenantSession, person: Person) -> Sequence[Organisation]:
    """Organisations in whose name a person may act today."""
    query = select(Organisation).where(Organisation.id.in_(represented_by(person))).order_by(Organisation.folded)
    return session.scalars(query).all()


def represented_by(person: Person) -> Select[UUID]:
    """Query of the ids of the organisations in whose name a person may act today."""
    return select(Representative.organisation_id).where(
        Representative.person_id == person.id,
        Representative.accepted_at.is_not(None),
        Representative.ended_at.is_(None),
    )


def speaks_for(session: TenantSession, person: Person, organisation_id: UUID | None) -> bool:
    """Whether a person may act in the name of an organisation today."""
    found = represented_by(person).where(Representative.organisation_id == organisation_id)
    return organisation_id is not None and session.execute(found).first() is not None


def representatives_of(session: TenantSession, organisation: Organisation) -> Sequence[Representative]:
    """Who speaks for an organisation, or asked to, by name."""
    query = (
        select(Representative)
        .join(Person)
        .where(Representative.organisation_id == organisation.id, Representative.ended_at.is_(None))
    )
    return session.scalars(query.order_by(Representative.accepted_at.is_(None), Person.folded)).all()

"""Reading consents. Ask each time: a copy of the answer would outlive a withdrawal."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, select

from civique.core import clock
from civique.core.consents.models import Consent
from civique.core.people.models import Person
from tenants.session import TenantSession


def consented(session: TenantSession, person_id: UUID, kind: str, medium: str = "") -> bool:
    """Whether this person agrees today to this very use."""
    query = select(consenting(person_id, kind, medium))
    return bool(session.execute(query).scalar())


def consenting(person_id: UUID | ColumnElement[UUID], kind: str, medium: str = "") -> ColumnElement[bool]:
    """The same as a condition of a query, for the people of a list: ``consenting(Table.person_id, "image", "site")``."""
    return exists().where(_live(), Consent.person_id == person_id, Consent.kind == kind, Consent.medium == medium)


def consents_of(session: TenantSession, person: Person) -> Sequence[Consent]:
    """Those of a person: in force first, then the newest."""
    query = select(Consent).where(Consent.person_id == person.id)
    return session.scalars(query.order_by(Consent.withdrawn_at.is_not(None), Consent.created_at.desc())).all()


def _live() -> ColumnElement[bool]:
    today = clock.today()
    return and_(Consent.withdrawn_at.is_(None), Consent.given_on <= today, Consent.until >= today)

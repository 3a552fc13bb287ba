"""Reading organisations."""

from collections.abc import Sequence

from sqlalchemy import Select, select

from civique.core.folding import fold
from civique.core.organisations.models import Organisation, Representative
from civique.core.people.models import Person
from tenants.session import TenantSession


def find_organisations(text: str = "", kind: str | None = None) -> Select[Organisation]:
    """Query of the organisations whose name holds every word, by name."""
    query = select(Organisation).order_by(Organisation.folded, Organisation.id)
    for word in fold(text).split():
        query = query.where(Organisation.folded.contains(word, autoescape=True))
    return query.where(Organisation.kind == kind) if kind else query


def organisations_of(session: TenantSession, person: Person) -> Sequence[Organisation]:
    """Organisations in whose name a person may act today."""
    query = (
        select(Organisation)
        .join(Representative)
        .where(
            Representative.person_id == person.id,
            Representative.accepted_at.is_not(None),
            Representative.ended_at.is_(None),
        )
        .order_by(Organisation.folded)
    )
    return session.scalars(query).all()

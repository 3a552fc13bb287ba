"""Writing organisations."""

from typing import Any

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.folding import fold
from civique.core.organisations import messages
from civique.core.organisations.models import Organisation, Representative
from civique.core.organisations.queries import same_name
from civique.core.people.models import Person
from tenants.session import TenantSession


def add_organisation(session: TenantSession, kind: str, name: str, **facts: Any) -> Organisation:
    """Add an organisation; the mairie validates it before it is listed."""
    organisation = Organisation(kind=kind, name=name.strip(), folded=fold(name), **facts)
    session.add(organisation)
    session.flush()
    audit.record(session, "organisation.added", organisation, kind=kind)
    return organisation


def correct_organisation(session: TenantSession, organisation: Organisation, **facts: Any) -> None:
    """Change an organisation's card."""
    for name, value in facts.items():
        setattr(organisation, name, value)
    organisation.folded = fold(organisation.name)
    session.flush()
    audit.record(session, "organisation.corrected", organisation, fields=" ".join(sorted(facts)))


def validate_organisation(session: TenantSession, organisation: Organisation) -> None:
    """The mairie knows this organisation: its card may be listed, those who speak for it are told. Once."""
    if organisation.validated_at is not None:
        return
    organisation.validated_at = clock.now()
    session.flush()
    messages.confirmed(session, organisation)
    audit.record(session, "organisation.validated", organisation)


def declare_group(session: TenantSession, kind: str, name: str, person: Person, function: str) -> Representative:
    """Somebody says for which group they speak. Who declares a group without legal form that nobody declared before speaks for
    it at once, while the mairie confirms it; of any other, once they are accepted."""
    known = same_name(session, name)
    organisation = known or add_organisation(session, kind, name)
    founded = known is None and kind == "collective"
    return name_representative(session, organisation, person, function, accepted=founded)


def name_representative(
    session: TenantSession, organisation: Organisation, person: Person, function: str = "", *, accepted: bool = False
) -> Representative:
    """Say that somebody speaks for an organisation; naming twice changes nothing but the function."""
    query = select(Representative).where(
        Representative.organisation_id == organisation.id, Representative.person_id == person.id
    )
    representative = session.scalars(query).one_or_none()
    if representative is None:
        representative = Representative(organisation_id=organisation.id, person_id=person.id)
        session.add(representative)
    representative.function = function
    if representative.ended_at is not None:  # named again after having left: to be accepted again
        representative.accepted_at = representative.ended_at = None
    if accepted:
        representative.accepted_at = representative.accepted_at or clock.now()
    session.flush()
    audit.record(session, "organisation.representative_named", organisation, person=person.id)
    return representative


def accept_representative(session: TenantSession, representative: Representative) -> None:
    """The mairie, or somebody who speaks for the organisation, accepts that another does."""
    representative.accepted_at = representative.accepted_at or clock.now()
    session.flush()
    audit.record(session, "organisation.representative_accepted", representative)


def end_representative(session: TenantSession, representative: Representative) -> None:
    """Somebody no longer speaks for an organisation."""
    representative.ended_at = clock.now()
    session.flush()
    audit.record(session, "organisation.representative_ended", representative)

"""Whether somebody speaks for an organisation: asked by every page of its space, in the core and in modules."""

from uuid import UUID

from flask import abort

from civique.core.organisations.models import Organisation
from civique.core.organisations.queries import organisations_of
from civique.core.people.models import Person
from tenants.session import TenantSession


def represented(session: TenantSession, person: Person, organisation_id: UUID) -> Organisation:
    """The organisation, when this person may act in its name today; otherwise 404, as if it did not exist."""
    found = (one for one in organisations_of(session, person) if one.id == organisation_id)
    return next(found, None) or abort(404)

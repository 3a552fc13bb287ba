"""A commune that welcomes, its people, a partner and its offer."""

from datetime import timedelta

import pytest

from civique.core.organisations.models import Organisation
from civique.core.organisations.operations import add_organisation, validate_organisation
from civique.core.people.queries import get_person
from civique.modules.welcome.operations.households import declare_household
from civique.modules.welcome.operations.vouchers import add_offer


@pytest.fixture
def town(make_commune):
    return make_commune("49030", "welcome")


def offered(session, town, quantity=5, partner="Boulangerie du Port", title="Une baguette"):
    """An offer of a partner, valid around today."""
    organisation = session.query(Organisation).filter_by(name=partner).one_or_none()
    if organisation is None:
        organisation = add_organisation(session, "company", partner)
        validate_organisation(session, organisation)
    days = {"valid_from": town.today - timedelta(days=30), "valid_until": town.today + timedelta(days=30)}
    return add_offer(session, organisation, title=title, conditions="", quantity=quantity, **days)


def declared(session, town, given="Nadia", **facts):
    """The household of somebody who has just arrived; with a person of the mairie's records."""
    person = get_person(session, town.person(given, "Arrivée").id)
    values = {"name": f"Famille de {given}", "arrived_on": town.today, "adults": 2, "children": 1, **facts}
    return declare_household(session, person, **values)

"""Pages with an object, and the steps of the set-up, as axe and a telephone see them. Others are in the journeys."""

import pytest
from sqlalchemy import select

from civique.core.access.operations import invite
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.territory.models import Territory
from tests.fixtures import in_loire_authion
from tests.journeys.axe import look


@pytest.fixture
def paths(commune):
    """Pages about people, a quarter, a module, each with something to show."""
    anne = commune.person("Anne", "Admin", "administrator")
    one, other = commune.person("Paul", "Durand", "secretary"), commune.person("Paul", "Durand", email=None)
    with commune.session(anne) as session:
        invite(session, "marc@exemple.fr", "Marc", "Petit", ["counter"])
        people.ask_proxy(session, session.get(Person, anne.id), "Paul", "Durand", "relative")
        village = session.scalars(select(Territory)).first().id
    ends = ("", "/corriger", "/adresse", "/donnees", "/effacer", f"/fusionner/{other.id}")
    steps = ("identite", "contact", "territoire", "collegues", "modules", "textes")
    return anne, [
        *(f"/mairie/personnes/{one.id}{end}" for end in ends),
        *(f"/mairie/collegues/{one.id}{end}" for end in ("", "/depart", "/second-facteur")),
        *(f"/mairie/mise-en-route/{step}" for step in steps),
        "/mairie/personnes/procurations",
        f"/mairie/reglages/territoire/{village}",
        "/mairie/reglages/modules/fund",
    ]


@in_loire_authion
def test_pages_with_an_object(commune, paths, open_page, address, sign_in):
    anne, addresses = paths
    page = open_page(360)
    sign_in(page, commune, anne)
    absent = [path for path in addresses if path.endswith("second-facteur")]  # who has none is told so
    there = [path for path in addresses if path not in absent]
    assert look(page, lambda path: address(commune, path), there, opened=True) == []
    assert look(page, lambda path: address(commune, path), absent) == []

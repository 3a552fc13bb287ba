"""Pages with an object, and the steps of the set-up, as axe and a telephone see them. Plain pages are in the journeys."""

import pytest
from sqlalchemy import select

from civique.core.access.operations import invite, open_session
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.core.territory.models import Territory
from tests.fixtures import in_loire_authion
from tests.journeys.axe import violations


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@in_loire_authion
def test_pages_with_an_object(commune, paths, open_page, address, scheme):
    anne, addresses = paths
    with commune.session() as session:
        token = open_session(session, get_person(session, anne.id), strong=True)
    page = open_page(360, color_scheme=scheme)
    page.context.add_cookies([{"name": "civique", "value": token, "url": address(commune, "/")}])
    found = []
    for path in addresses:
        answer = page.goto(address(commune, path))
        assert answer.status == 200 or path.endswith("second-facteur"), path
        found += violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path}: {wide} px wide"] if wide > 360 else []
    assert found == []

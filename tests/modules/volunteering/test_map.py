"""Missions counted village by village, where there are villages."""

from civique.core.territory.queries import territories
from tests.client import H
from tests.fixtures import in_loire_authion
from tests.modules.volunteering.conftest import mission_of

PATH = "/benevolat/missions/carte"


@in_loire_authion
def test_each_village_leads_to_its_missions(desk):
    with desk.town.session() as session:
        first, *_others = territories(session, "delegated")
        first.shape = {"type": "Polygon", "coordinates": [[[0, 47], [0.1, 47], [0.1, 47.1], [0, 47]]]}
        mission_of(session, desk, title="Ici", territory_id=first.id)
        mission_of(session, desk, title="Ici aussi, avec des mineurs", territory_id=first.id, minors=True)
        mission_of(session, desk, title="Partout")
        village = first.id
    client = desk.town.client()
    assert PATH in client.get("/benevolat").links()
    page = client.get(PATH)
    address = f"/benevolat?village={village}"
    assert page.text.count(f'href="{address}"') == 2, "on the map and in the table"
    assert "Toute la commune 1" in page.words
    for shown in (page, client.get("/benevolat")):
        doors = {a.get("href") for a in shown.tree.iter(f"{H}a") if a.get("aria-current") == "page"}
        assert doors == {"/participer"}, "the map is under the door of its list"
    assert [title in client.get(address).words for title in ("Ici aussi", "Partout")] == [True, False]
    minors = client.get(f"{PATH}?mineurs=oui")
    assert f"/benevolat?mineurs=oui&village={village}" in minors.links()
    assert "Toute la commune" not in minors.words
    assert 'name="mineurs"' in page.text, "the filters of the list, but the village itself"
    assert 'name="village"' not in page.text


def test_a_commune_in_one_piece_has_no_map(desk):
    with desk.town.session() as session:
        mission_of(session, desk)
    client = desk.town.client()
    assert PATH not in client.get("/benevolat").links()
    assert client.get(PATH).status == 404

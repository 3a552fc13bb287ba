"""The space of an organisation: for who speaks for it today, and nobody else."""

import pytest

from civique.core.organisations.models import Representative
from civique.core.organisations.operations import add_organisation, end_representative, name_representative
from civique.core.people.queries import get_person


@pytest.fixture
def village(make_commune):
    return make_commune("49030", "sample")


@pytest.fixture
def anne(village):
    return village.person("Anne", "Présidente")


@pytest.fixture
def club(village, anne):
    with village.session() as session:
        club = add_organisation(session, "association", "Les Amis de la Loire")
        name_representative(session, club, get_person(session, anne.id), "présidente", accepted=True)
        return club


def asks(village, club, given="Léo"):
    person = village.person(given, "Membre")
    with village.session() as session:
        row = name_representative(session, club, get_person(session, person.id))
    return person, row


def test_what_modules_show_to_an_organisation(village, club, anne):
    client = village.client(anne)
    path = f"/mon-compte/organisations/{club.id}"
    assert path in client.get("/mon-compte").text
    assert path in client.get("/mon-compte/organisations").text
    page = client.get(path)
    assert "Les Amis de la Loire, Anne" in page.words
    assert "/encombrants/demander" in page.text
    from civique.core.switching import switch_off

    village.tenant = switch_off(village.tenant, "sample")
    assert "/encombrants" not in client.get(path).text


def test_it_is_not_there_for_anybody_else(village, neighbour, club, anne):
    path = f"/mon-compte/organisations/{club.id}"
    waiting, _row = asks(village, club)
    for client in (
        village.client(waiting),
        village.client(village.person("Paul", "Voisin")),
        village.client(village.person("Ève", "Agent", "administrator")),
        neighbour.client(neighbour.person("Anne", "Présidente")),
    ):
        assert client.get(path).status == 404
    assert village.client().get(path).status == 303, "to sign in"
    client = village.client(anne)
    with village.session() as session:
        end_representative(session, session.query(Representative).filter_by(person_id=anne.id).one())
    assert client.get(path).status == 404, "who left"


def test_who_speaks_for_it_accepts_or_refuses_another(village, club, anne):
    path = f"/mon-compte/organisations/{club.id}"
    (leo, first), (_zoe, second) = asks(village, club), asks(village, club, "Zoé")
    client = village.client(anne)
    client.submit(f"{path}/representants/{first.id}/accepter", on=path)
    client.submit(f"{path}/representants/{second.id}/refuser", on=path)
    assert village.client(leo).get(path).status == 200
    assert village.one(Representative, id=second.id).ended_at


def test_nobody_accepts_themselves(village, club, anne):
    path = f"/mon-compte/organisations/{club.id}"
    leo, row = asks(village, club)
    client = village.client(leo)
    form = client.get("/mon-compte/organisations").form()
    assert client.post(f"{path}/representants/{row.id}/accepter", form).status == 404
    with village.session() as session:
        other = add_organisation(session, "association", "Un autre club")
        name_representative(session, other, get_person(session, leo.id), accepted=True)
    form = client.get("/mon-compte/organisations").form()
    assert client.post(f"/mon-compte/organisations/{other.id}/representants/{row.id}/accepter", form).status == 404
    assert village.one(Representative, id=row.id).accepted_at is None

"""Groups, their representatives; who does what."""

import io

import pytest

from civique.core.documents.models import StoredFile
from civique.core.officials.models import Official
from civique.core.organisations.models import Organisation, Representative
from civique.core.organisations.operations import add_organisation, name_representative
from civique.core.people.queries import get_person
from tests.web.desk.conftest import picture

BASE = "/mairie/associations"
WHO = "/mairie/qui-fait-quoi"


def add(client, **data):
    return client.submit(f"{BASE}/ajouter", {"name": "Comité des fêtes", "kind": "association", **data})


def test_a_group_added_by_the_town_hall_is_validated(commune, secretary):
    page = secretary.follow(add(secretary, email="fetes@exemple.fr", rna="W491234567", phone="02 41 11 11 11"))
    assert "Validé" in page.words
    row = commune.one(Organisation)
    assert (row.phone, row.rna, row.validated_at is not None) == ("+33241111111", "W491234567", True)


def test_the_same_name_twice_is_refused(commune, secretary):
    add(secretary)
    page = add(secretary, name="COMITE DES FETES")
    assert page.status == 422
    assert "est déjà dans la liste" in page.words
    assert len(commune.all(Organisation)) == 1


def test_wrong_numbers_are_explained(secretary):
    page = add(secretary, siret="123", rna="X", phone="12", email="non")
    assert page.status == 422
    assert "Un numéro RNA ressemble à W491234567." in page.words
    assert page.form(f"{BASE}/ajouter")["siret"] == "123"


def test_a_group_that_asked_is_validated_with_its_representative(commune, secretary, on_paper):
    who = on_paper()
    with commune.session() as session:
        group = add_organisation(session, "collective", "Collectif du Port")
        name_representative(session, group, get_person(session, who.id), "porte-parole")
    assert "Valider : Collectif du Port" in secretary.get("/mairie").words
    path = f"{BASE}/{group.id}"
    assert "Collectif du Port" in secretary.get(f"{BASE}?etat=a-valider").words
    page = secretary.follow(secretary.submit(f"{path}/valider", on=path))
    assert "Validé" in page.words
    one = commune.one(Representative)
    secretary.submit(f"{path}/representants/{one.id}/accepter", on=path)
    assert commune.one(Representative).accepted_at is not None
    page = secretary.follow(secretary.submit(f"{path}/representants/{one.id}/terminer", on=path))
    assert commune.one(Representative).ended_at is not None
    assert "Personne pour l’instant" in page.words


def test_somebody_is_named_after_a_search(commune, secretary, on_paper):
    who = on_paper("Zoé", "Élie")
    path = add(secretary).location
    page = secretary.get(f"{path}?q=elie")
    assert "Zoé Élie" in page.words
    form = page.form(f"{path}/representants")
    assert form["person"] == str(who.id)
    done = secretary.follow(secretary.post(f"{path}/representants", {**form, "function": "présidente"}))
    assert "présidente" in done.words
    assert commune.one(Representative).accepted_at is not None


def test_a_stale_card_is_shown(commune, secretary):
    path = add(secretary).location + "/modifier"
    mine = secretary.get(path).form(path)
    colleague = commune.client(commune.person("Paul", "Roy", "counter"))
    colleague.submit(path, {"purpose": "Organiser le carnaval"})
    page = secretary.post(path, {**mine, "name": "Comité"})
    assert page.status == 422
    assert "Organiser le carnaval" in page.words
    assert "Paul Roy" in page.words
    assert commune.one(Organisation).name == "Comité des fêtes"
    assert secretary.post(path, page.form(path)).status == 303


def test_the_list_as_a_file_is_harmless(secretary):
    add(secretary, name="@SUM(1)")
    assert "'@SUM(1)" in secretary.get(f"{BASE}?format=csv").text


def test_groups_and_people_of_the_neighbour_do_not_exist_here(neighbour, secretary):
    from civique.core.people.operations import register_person

    with neighbour.session() as session:
        theirs = add_organisation(session, "association", "Chez eux")
        person = register_person(session, "Voisine", "Lointaine")
        one = name_representative(session, theirs, person)
    assert secretary.get(f"{BASE}/{theirs.id}").status == 404
    path = add(secretary).location
    token = {"csrf_token": secretary.get(f"{BASE}/ajouter").form()["csrf_token"]}
    assert secretary.post(f"{BASE}/{theirs.id}/valider", token).status == 404
    assert secretary.post(f"{path}/representants", {**token, "person": str(person.id)}).status == 404
    assert secretary.post(f"{path}/representants/{one.id}/accepter", token).status == 404
    assert neighbour.one(Organisation).validated_at is None


def test_an_elected_member_does_not_validate(commune):
    assert commune.client(commune.person("Paul", "Roy", "elected")).get(BASE).status == 403


def test_cards_of_who_does_what(commune, secretary):
    for name in ("Hélène Martin", "Paul Roy", "Anne Petit"):
        done = secretary.submit(f"{WHO}/ajouter", {"kind": "elected", "name": name})
        assert done.status == 303
    secretary.submit(
        f"{WHO}/ajouter", {"kind": "service", "name": "Accueil", "phone": "02 41 00 00 00", "about": "État civil"}
    )
    last = commune.one(Official, name="Anne Petit")
    secretary.submit(f"{WHO}/{last.id}/deplacer", {"sens": "haut"}, on=WHO)
    words = secretary.get(WHO).words
    assert words.index("Hélène Martin") < words.index("Anne Petit") < words.index("Paul Roy") < words.index("Accueil")
    assert secretary.get(f"{WHO}?format=csv").text.count("\n") == 5
    secretary.submit(f"{WHO}/{last.id}", {"function": "Adjointe aux écoles"})
    assert commune.one(Official, id=last.id).function == "Adjointe aux écoles"
    assert "Adjointe aux écoles" in commune.client().get("/la-mairie").words


def test_a_card_with_a_picture_then_taken_away(commune, secretary):
    data = {"kind": "elected", "name": "Hélène Martin"}
    upload = {"picture_file": (io.BytesIO(picture("JPEG")), "h.jpg")}
    assert secretary.submit(f"{WHO}/ajouter", {**data, **upload}).status == 422
    upload = {"picture_file": (io.BytesIO(picture("JPEG")), "h.jpg"), "alternative": "Hélène Martin, maire"}
    secretary.submit(f"{WHO}/ajouter", {**data, **upload})
    official = commune.one(Official)
    assert commune.one(StoredFile).id == official.picture_id
    secretary.submit(f"{WHO}/{official.id}/supprimer")
    assert commune.all(Official) == []
    assert commune.all(StoredFile) == []


def test_cards_of_the_neighbour_do_not_exist_here(neighbour, secretary):
    from civique.core.officials.operations import add_official

    with neighbour.session() as session:
        theirs = add_official(session, kind="elected", name="Leur maire")
    assert secretary.get(f"{WHO}/{theirs.id}").status == 404
    token = {"csrf_token": secretary.get(f"{WHO}/ajouter").form()["csrf_token"]}
    for verb in ("deplacer", "supprimer"):
        assert secretary.post(f"{WHO}/{theirs.id}/{verb}", token).status == 404


@pytest.mark.parametrize(
    ("function", "shown"),
    [
        ("Maire déléguée", "Maire déléguée d’Andard"),
        ("Maire déléguée d'Andard", "Maire déléguée d'Andard"),
        ("Adjoint aux écoles", "Adjoint aux écoles · Andard"),
        ("", "Andard"),
    ],
)
def test_a_title_is_written_as_the_mairie_types_it(loire_authion, function, shown):
    from civique.core.officials.operations import add_official
    from civique.core.territory.models import Territory

    andard = loire_authion.one(Territory, name="Andard")
    with loire_authion.session() as session:
        add_official(session, kind="elected", name="Rose Lebrun", function=function, territory_id=andard.id)
    assert f"Rose Lebrun {shown}" in loire_authion.client().get("/la-mairie").words

"""Yearly evaluations by their pages, at the town hall and on the site, in a village without the fund."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from civique.core.evaluations.models import Evaluation
from civique.core.switching import switch_off
from tests.fixtures import VILLAGE
from tests.sample.operations import ask_pickup
from tests.snapshot import pdf_words

LIST = "/mairie/evaluations"
PATH = f"{LIST}/encombrants/2026"
PAGE = "/evaluations/encombrants/2026"
OLD = {
    "/fonds/evaluations/2026": "/evaluations/fonds/2026",
    "/fonds/evaluations/2026.pdf?x=1&y=%20": "/evaluations/fonds/2026.pdf?x=1&y=%20",
    "/mairie/fonds/evaluations?page=2": "/mairie/evaluations?page=2",
    "/mairie/fonds/evaluations/2026": "/mairie/evaluations/fonds/2026",
    "/mairie/fonds/evaluations/2026.pdf": "/mairie/evaluations/fonds/2026.pdf",
    "/mairie/fonds/evaluations/passee": "/mairie/evaluations/fonds/passee",
}


@pytest.fixture
def village(make_commune):
    """Two collections in 2026, one in 2025; no fund."""
    commune = make_commune(VILLAGE, "sample")
    with commune.session() as session:
        for day in (date(2025, 5, 4), date(2026, 5, 4), date(2026, 6, 4)):
            ask_pickup(session, None, "Un sommier", day)
    return commune


@pytest.fixture
def secretary(village):
    return village.person("Sylvie", "Secrétaire", "secretary")


@pytest.fixture
def desk(village, secretary):
    return village.client(secretary)


def published(desk, **words):
    desk.submit(PATH, {"introduction": "Une belle année."} | words)
    assert desk.submit(f"{PATH}/publier", on=PATH).location == PATH


@pytest.mark.parametrize("modules", [(), ("fund",)])
def test_the_old_addresses_lead_on_whatever_is_on(make_commune, modules):
    everybody = make_commune("49002", *modules).client()
    for old, new in OLD.items():
        page = everybody.get(old)
        assert (page.status, page.headers["Location"]) == (308, new), old


def test_each_page_is_there_in_a_village_without_any_module(neighbour):
    assert "Aucune évaluation" in neighbour.client().get("/evaluations").words
    assert "/evaluations" not in neighbour.client().get("/sinformer").links()
    secretary = neighbour.client(neighbour.person("Sylvie", "Secrétaire", "secretary"))
    assert "aucune année à évaluer" in secretary.get(LIST).words
    assert LIST in secretary.get("/mairie/indicateurs").links(), "behind one entry of the menu"


def test_a_year_is_written_published_read_printed_and_taken_back(village, desk):
    everybody = village.client()
    assert everybody.get(PAGE).status == 404
    assert desk.submit(PATH, {"introduction": "Une belle année.", "to_change": "Aller plus vite."}).status == 303
    assert everybody.get(PAGE).status == 404
    desk.submit(f"{PATH}/publier", on=PATH)
    page = everybody.get(PAGE)
    assert "Une belle année." in page.words
    assert "Ce qui doit changer" in page.words
    assert "Les chiffres 2026 2025 Ramassage des encombrants 2 1" in page.words
    words = pdf_words(everybody.get(f"{PAGE}.pdf").response.data)
    assert "PDF/UA-1" in words
    assert "Aller plus vite." in words
    assert "2026 2025" in words
    listed = everybody.get("/evaluations")
    assert PAGE in listed.links()
    assert "/evaluations" in everybody.get("/sinformer").links()
    assert PAGE in everybody.get("/recherche?q=belle").links()
    desk.submit(f"{PATH}/retirer", on=PATH)
    assert everybody.get(PAGE).status == everybody.get(f"{PAGE}.pdf").status == 404
    assert PAGE not in everybody.get("/evaluations").links()


def test_the_desk_says_when_the_count_has_moved(village, desk):
    published(desk)
    assert "ne sont plus ceux" not in desk.get(PATH).words
    with village.session() as session:
        ask_pickup(session, None, "Un matelas", date(2026, 7, 4))
    assert "ne sont plus ceux" in desk.get(PATH).words
    desk.submit(f"{PATH}/publier", on=PATH)
    assert "ne sont plus ceux" not in desk.get(PATH).words


def test_nothing_is_published_without_words(desk):
    desk.submit(PATH, {"introduction": ""})
    desk.submit(f"{PATH}/publier", on=PATH)
    page = desk.get(PATH)
    assert "Écrivez au moins quelques mots" in page.words
    assert "Brouillon" in desk.get(LIST).words


def test_two_agents_write_one_evaluation(village, desk):
    desk.submit(PATH, {"introduction": "Premier."})
    opened = desk.get(PATH)
    desk.submit(PATH, {"introduction": "Deuxième."})
    refused = desk.post(PATH, opened.form(PATH) | {"introduction": "Troisième."})
    assert refused.status == 422
    assert "Deuxième." in refused.words
    assert "Troisième." in refused.text
    assert village.one(Evaluation).introduction == "Deuxième."
    assert desk.post(PATH, refused.form(PATH)).status == 303
    assert village.one(Evaluation).introduction == "Troisième."


def test_four_evaluations_saved_at_once_make_one(village, secretary):
    tabs = [village.client(secretary) for _ in range(4)]
    forms = [tab.get(PATH).form(PATH) for tab in tabs]

    def save(number):
        return tabs[number].post(PATH, {**forms[number], "introduction": f"Texte {number}."}).status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save, range(4))) == [303, 422, 422, 422]
    assert len(village.all(Evaluation)) == 1


def test_the_same_evaluation_sent_twice_is_quiet(desk):
    form = {**desk.get(PATH).form(PATH), "introduction": "Une belle année."}
    assert [desk.post(PATH, form).status for _ in range(2)] == [303, 303]


def test_who_may_not_write_reads_and_who_may_not_read_is_refused(village, desk):
    published(desk)
    page = (elected := village.client(village.person("Édith", "Élue", "elected"))).get(PATH)
    assert "Une belle année." in page.words
    assert "<textarea" not in page.text
    assert f"{LIST}/encombrants/passee" not in elected.get(LIST).links()
    assert elected.get(f"{LIST}/encombrants/passee").status == 403
    counter = village.client(village.person("Aline", "Accueil", "counter"))
    for path in (PATH, f"{PATH}.pdf"):
        assert counter.get(path).status == 403
    assert "2026" not in counter.get(LIST).text.split("<main")[1].split("</main")[0]
    token = elected.get("/mon-compte/preferences").form()["csrf_token"]
    for path in (PATH, f"{PATH}/publier", f"{PATH}/retirer"):
        assert elected.post(path, {"csrf_token": token}).status == 403
    assert village.one(Evaluation).published_at is not None


def test_a_past_year_is_typed_with_its_source(village, desk):
    path = f"{LIST}/encombrants/passee"
    assert path in desk.get(LIST).links()
    facts = {"year": "2019", "pickups": "7", "source": "Registre du gardien"}
    for wrong in ({"pickups": ""}, {"pickups": "-1"}, {"source": ""}, {"year": "2026"}, {"year": "99999999999"}):
        assert desk.submit(path, facts | wrong).status == 422, wrong
    assert village.all(Evaluation) == []
    sent = desk.get(path).form(path) | facts
    assert [desk.post(path, sent).location for _ in range(2)] == [LIST, LIST], "sent twice, typed once"
    page = desk.get(f"{LIST}/encombrants/2019")
    assert "Registre du gardien" in page.words
    assert "Reprise d’avant le site" in desk.get(LIST).words
    assert desk.submit(path, facts).status == 422


def test_the_list_is_a_file_too(desk):
    published(desk)
    rows = list(
        csv.reader(io.StringIO(desk.get(f"{LIST}?format=csv").response.data.decode("utf-8-sig")), delimiter=";")
    )
    assert [(row[0], row[2]) for row in rows[1:]] == [("2026", "Publiée"), ("2025", "À écrire")]
    assert rows[1][3].endswith("2")


def test_while_the_module_is_off_it_is_read_and_printed(village, desk):
    published(desk)
    form = desk.get(PATH).form(PATH)
    village.tenant = switch_off(village.tenant, "sample")
    everybody = village.client()
    assert "Une belle année." in everybody.get(PAGE).words
    assert PAGE in everybody.get("/evaluations").links()
    for client, path in ((everybody, PAGE), (desk, PATH)):
        assert "Une belle année." in pdf_words(client.get(f"{path}.pdf").response.data)
    page = desk.get(PATH)
    assert "Ce module est désactivé" in page.words
    assert "<textarea" not in page.text
    refused = desk.post(PATH, form | {"introduction": "Typed meanwhile."})
    assert refused.status == 422
    assert "Typed meanwhile." in refused.text
    desk.post(f"{PATH}/retirer", {"csrf_token": form["csrf_token"]})
    assert desk.get(f"{LIST}/encombrants/passee").status == 404
    kept = village.one(Evaluation)
    assert (kept.introduction, kept.published_at is None) == ("Une belle année.", False)


def test_a_year_that_is_none_is_not_found(village, desk):
    for number in ("1999", "99999999999", "9" * 4_500, "²", "-1"):
        for path in (f"/evaluations/encombrants/{number}", f"/evaluations/encombrants/{number}.pdf"):
            assert village.client().get(path).status == 404
        assert desk.get(f"{LIST}/encombrants/{number}").status == 404
    assert desk.get(f"{LIST}/inconnu/2026").status == desk.get(f"{LIST}/inconnu/passee").status == 404


def test_another_communes_evaluation_is_not_found(neighbour, village, desk):
    published(desk)
    assert neighbour.client().get(PAGE).status == 404

"""Indicators by pages: what the mairie does, what it is refused, what residents see."""

import csv
import io
import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from civique.core import clock
from civique.core.indicators import operations
from civique.core.indicators.figures import exact
from civique.core.indicators.models import Indicator, Measure
from civique.core.territory.queries import territories
from tests.fixtures import in_loire_authion

BASE = "/mairie/indicateurs"
THIS = clock.now().astimezone(ZoneInfo("Europe/Paris")).year
DEFINITION = {
    "label": "Rencontres tenues",
    "nature": "count",
    "unit": "rencontres",
    "meeting": "Comité de pilotage",
    "defined_on": "2026-03-12",
    "definition": "Une rencontre annoncée et tenue.",
}


def add(client, **data):
    return client.submit(f"{BASE}/ajouter", {**DEFINITION, **data})


def enter(client, path, year, value, **data):
    return client.submit(
        f"{path}/chiffre", {"period": str(year), "value": value, "note": "Cahier du secrétariat", **data}
    )


@pytest.fixture
def indicator(commune, secretary):
    """A public indicator that is two years old: last year is its own, the one before too."""
    path = add(secretary, public="y", people="").location
    with commune.session() as session:
        row = session.get(Indicator, path.rpartition("/")[2])
        row.created_at, row.first_period = datetime(THIS - 2, 2, 1, tzinfo=UTC), THIS - 2
    return path


def test_a_figure_from_its_entry_to_its_correction(commune, secretary, indicator):
    page = secretary.follow(enter(secretary, indicator, THIS - 2, "4"))
    assert "Le chiffre est enregistré" in page.words
    assert "Provisoire" in page.words
    enter(secretary, indicator, THIS - 1, "6")
    page = secretary.get(indicator)
    assert f"De {THIS - 2} à {THIS - 1} +2 (+50,0 %)" in page.words
    assert f"attendu en {THIS}" in page.words
    for year in (THIS - 2, THIS - 1):
        path = f"{indicator}/valider/{year}"
        page = secretary.follow(secretary.submit(path))
        assert f"Chiffres validés : {year}." in page.words
    measure = commune.one(Measure, period=THIS - 1)
    path = f"{indicator}/corriger/{measure.id}"
    assert secretary.get(path).form(path)["value"] == "6"
    page = secretary.follow(
        secretary.submit(path, {"value": "7,5", "qualifier": "about", "note": "Un compte rendu retrouvé"})
    )
    assert "environ 7,5" in page.words
    assert "Un compte rendu retrouvé" in page.words
    assert "Remplacé" in page.words
    assert [m.version for m in commune.all(Measure, period=THIS - 1)] == [1, 2]


def test_an_old_figure_is_history(secretary, indicator):
    page = secretary.follow(enter(secretary, indicator, THIS - 4, "65", qualifier="more_than"))
    assert "date d’avant le site" in page.words
    assert "plus de 65" in page.words


def test_a_range_and_what_nobody_knows(secretary, indicator):
    page = secretary.follow(enter(secretary, indicator, THIS - 2, "7", qualifier="range", upper="8"))
    assert "de 7 à 8" in page.words
    page = secretary.follow(enter(secretary, indicator, THIS - 1, "", qualifier="unknown"))
    assert "n. d." in page.words


def test_what_was_typed_wrong_is_kept_and_explained(commune, secretary, indicator):
    page = enter(secretary, indicator, THIS - 1, "six", note="")
    assert page.status == 422
    assert "Ce n’est pas un nombre" in page.words
    assert "Dites d’où vient le chiffre." in page.words
    assert page.form(f"{indicator}/chiffre")["value"] == "six"
    page = enter(secretary, indicator, THIS - 1, "8", qualifier="range", upper="7")
    assert "Écrivez le plus grand des deux" in page.words
    page = enter(secretary, indicator, THIS - 1, "", note="")
    assert "2 choses à corriger" in page.words
    assert "0 est aussi un chiffre" in page.words
    assert enter(secretary, indicator, THIS - 1, "4", qualifier="perhaps").status == 422
    assert commune.all(Measure) == []


def test_two_clicks_one_version(commune, secretary, indicator):
    form = secretary.get(f"{indicator}/chiffre").form(f"{indicator}/chiffre")
    data = {**form, "period": str(THIS - 1), "value": "4", "note": "Cahier"}
    assert [secretary.post(f"{indicator}/chiffre", data).status for _ in range(2)] == [303, 303]
    assert len(commune.all(Measure)) == 1


def test_a_colleague_kept_a_figure_in_the_meantime(commune, secretary, indicator):
    path = f"{indicator}/chiffre"
    mine = secretary.get(path).form(path)
    colleague = commune.client(commune.person("Paul", "Roy", "facilitator"))
    enter(colleague, indicator, THIS - 1, "9")
    page = secretary.post(path, {**mine, "period": str(THIS - 1), "value": "4", "note": "Cahier"})
    assert page.status == 422
    assert "Un collègue a enregistré un chiffre entre-temps" in page.words
    assert page.form(path)["value"] == "4"
    assert len(commune.all(Measure)) == 1
    assert secretary.post(path, page.form(path)).status == 303
    assert [m.status for m in commune.all(Measure)] == ["superseded", "to_date"]


def test_figures_that_moved_are_not_validated(commune, secretary, indicator):
    enter(secretary, indicator, THIS - 1, "4")
    path = f"{indicator}/valider/{THIS - 1}"
    mine = secretary.get(path).form(path)
    enter(secretary, indicator, THIS - 1, "5")
    page = secretary.post(path, mine)
    assert page.status == 422
    assert "Les chiffres ont changé depuis votre lecture" in page.words
    assert secretary.post(path, page.form(path)).status == 303
    page = secretary.post(path, page.form(path))
    assert page.status == 422
    assert "Un collègue a déjà validé cette période" in page.words
    page = enter(secretary, indicator, THIS - 1, "6")
    assert "Ce chiffre est validé" in page.words


def test_a_correction_made_twice_at_once(commune, secretary, indicator):
    enter(secretary, indicator, THIS - 1, "4")
    secretary.submit(f"{indicator}/valider/{THIS - 1}")
    measure = commune.one(Measure)
    path = f"{indicator}/corriger/{measure.id}"
    mine = secretary.get(path).form(path)
    secretary.submit(path, {"value": "5", "note": "Oubli"})
    page = secretary.post(path, {**mine, "value": "6", "note": "Erreur"})
    assert page.status == 422
    assert "Ce chiffre a été corrigé entre-temps" in page.words
    assert "Le chiffre est maintenant : 5." in page.words


def test_a_period_that_goes_on_is_not_validated(secretary, indicator):
    enter(secretary, indicator, THIS, "4")
    page = secretary.get(f"{indicator}/valider/{THIS}")
    assert f"1er janvier {THIS + 1}" in page.words
    assert secretary.get(f"{indicator}/valider/{THIS - 1}").status == 404
    assert secretary.get(f"{indicator}/valider/99999").status == 404


def test_a_blank_is_counted_then_defined(commune, secretary):
    path = secretary.submit(f"{BASE}/ajouter", {"action": "Action 7, conseils de quartier", "public": "y"}).location
    page = secretary.get(BASE)
    assert "Un indicateur à définir" in page.words
    assert "à définir" in page.words
    assert "Cet indicateur reste à définir" in secretary.get(path).words
    assert secretary.get(f"{path}/chiffre").status == 404
    assert "à définir" in commune.client().get("/indicateurs").words
    page = secretary.submit(f"{path}/definir", {"label": "Conseils actifs"})
    assert page.status == 422
    assert "Écrivez quelle réunion l’a décidé" in page.words
    page = secretary.follow(secretary.submit(f"{path}/definir", {**DEFINITION, "label": "Conseils actifs"}))
    assert page.title == "Conseils actifs"
    assert "Comité de pilotage, 12 mars 2026" in page.words
    assert "Sylvie Moreau" in page.words
    assert commune.one(Indicator, label="Conseils actifs").defined_on == date(2026, 3, 12)
    assert "à définir" not in secretary.get(f"{BASE}?q=conseils").words.replace("indicateur à définir", "")


def test_a_stale_definition_is_shown(commune, secretary, indicator):
    path = f"{indicator}/definir"
    mine = secretary.get(path).form(path)
    colleague = commune.client(commune.person("Paul", "Roy", "facilitator"))
    colleague.submit(path, {"unit": "soirées"})
    page = secretary.post(path, {**mine, "label": "Réunions"})
    assert page.status == 422
    assert "soirées" in page.words
    assert "Paul Roy" in page.words


def test_another_first_year_needs_its_reason(secretary, indicator):
    page = secretary.submit(f"{indicator}/definir", {"first_period": "2019"})
    assert page.status == 422
    assert "Dites pourquoi la comparaison commence cette année-là." in page.words
    page = secretary.follow(
        secretary.submit(f"{indicator}/definir", {"first_period": "2019", "first_period_reason": "Lancement du plan"})
    )
    assert "N = 2019" in page.words


def test_a_target_and_where_it_stands(secretary, indicator):
    secretary.submit(f"{indicator}/definir", {"qualifier": "range", "value": "7", "upper": "8"})
    enter(secretary, indicator, THIS - 1, "6")
    assert "1 de moins que l’objectif" in secretary.get(indicator).words


def test_readers_read_and_do_not_write(commune, secretary, indicator):
    enter(secretary, indicator, THIS - 1, "4")
    elected = commune.client(commune.person("Élise", "Élue", "elected"))
    assert "Rencontres tenues" in elected.get(indicator).words
    assert "Saisir un chiffre" not in elected.get(indicator).words
    for path in (f"{indicator}/chiffre", f"{indicator}/definir", f"{indicator}/valider/{THIS - 1}", f"{BASE}/ajouter"):
        assert elected.get(path).status == 403
    counter = commune.client(commune.person("Gaël", "Guichet", "counter"))
    assert counter.get(BASE).status == 403


def test_another_commune_has_none_of_it(commune, neighbour, secretary, indicator):
    enter(secretary, indicator, THIS - 1, "4")
    secretary.submit(f"{indicator}/valider/{THIS - 1}")
    code, measure = commune.one(Indicator, label="Rencontres tenues").code, commune.one(Measure)
    other = neighbour.client(neighbour.person("Odile", "Voisine", "secretary"))
    tails = ("", "/chiffre", "/definir", f"/valider/{THIS - 1}", f"/corriger/{measure.id}")
    assert [other.get(f"{indicator}{tail}").status for tail in tails] == [404] * 5
    assert other.get(f"/indicateurs/{code}").status == 404
    assert "Rencontres" not in other.get("/indicateurs").words


def test_the_list_is_a_file(secretary, indicator):
    enter(secretary, indicator, THIS - 1, "4")
    answer = secretary.get(f"{BASE}?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert {"Rencontres tenues", "Questions posées à la mairie"} <= {row["Indicateur"] for row in rows}
    assert secretary.get(f"{BASE}?format=xlsx").status == 200
    versions = secretary.get(f"{indicator}?format=csv").text
    assert "Cahier du secrétariat" in versions


# What residents see ----------------------------------------------------------------------------------------------------


def test_the_public_page_is_linked_when_there_is_a_figure(commune, secretary, indicator):
    visitor = commune.client()
    assert "/indicateurs" not in visitor.get("/sinformer").links()
    enter(secretary, indicator, THIS - 1, "4")
    assert "/indicateurs" not in visitor.get("/sinformer").links()
    secretary.submit(f"{indicator}/valider/{THIS - 1}")
    assert "/indicateurs" in visitor.get("/sinformer").links()
    page = visitor.get("/indicateurs")
    assert "Rencontres tenues" in page.words
    page = visitor.get(next(link for link in page.links() if link.startswith("/indicateurs/")))
    assert page.title == "Rencontres tenues"
    assert "Validé" in page.words
    assert "Cahier du secrétariat" not in page.text


def test_what_is_not_public_is_nowhere(commune, secretary, indicator):
    enter(secretary, indicator, THIS - 1, "4")
    secretary.submit(f"{indicator}/definir", {"public": ""})
    with commune.session() as session:
        row = session.get(Indicator, indicator.rpartition("/")[2])
        row.public = False
        code = row.code
    visitor = commune.client()
    assert visitor.get(f"/indicateurs/{code}").status == 404
    assert "Rencontres" not in visitor.get("/indicateurs").words
    assert "Rencontres" not in visitor.get("/indicateurs.csv").text
    assert "Rencontres" not in visitor.get("/indicateurs.json").text


def people_present(commune, secretary, counts, total):
    """An indicator that counts people by village, validated and public."""
    clerk = commune.person("Claire", "Clerc", "secretary")
    with commune.session(clerk) as session:
        row = operations.add_indicator(
            session,
            label="Personnes accompagnées",
            nature="count",
            public=True,
            people=True,
            by_territory=True,
            first_period=THIS - 1,
        )
        row.created_at = datetime(THIS, 1, 1, 12, tzinfo=UTC)
        operations.enter(session, row, THIS - 1, exact(total), note="Registre", seen=None)
        for village, count in zip(territories(session, "delegated"), counts, strict=False):
            operations.enter(session, row, THIS - 1, exact(count), note="Registre", seen=None, territory=village)
    return row.code


@in_loire_authion
def test_small_numbers_cannot_be_found_again_in_what_is_public(commune, secretary):
    code = people_present(commune, secretary, (3, 17, 21), 41)
    visitor = commune.client()
    page = visitor.get(f"/indicateurs/{code}")
    assert "< 5" in page.words
    assert "41" in page.words
    assert "non publié" in page.words
    assert "les nombres inférieurs à cinq" in page.words
    figures = json.loads(visitor.get("/indicateurs.json").text)["figures"]
    parts = [f for f in figures if f["split"] == "territory"]
    shown = [f["value"] for f in parts if f["qualifier"] == "exact"]
    assert len(parts) == 3
    assert len(shown) == 1  # two are missing: neither can be deduced from the total
    assert [f["value"] for f in parts if f["qualifier"] == "fewer"] == [5]
    csv_text = visitor.get("/indicateurs.csv").text
    assert ";3;" not in csv_text
    elected = commune.client(commune.person("Élise", "Élue", "elected"))
    path = f"{BASE}/{commune.one(Indicator, code=code).id}"
    assert "< 5" in elected.get(path).words
    assert "Registre" not in elected.get(path).text
    assert "< 5" not in secretary.get(path).words


@in_loire_authion
def test_the_answers_of_a_few_are_not_published_by_village_either(commune, secretary):
    clerk = commune.person("Claire", "Clerc", "secretary")
    with commune.session(clerk) as session:
        row = operations.add_indicator(
            session,
            label="Habitants satisfaits",
            nature="satisfaction",
            public=True,
            by_territory=True,
            first_period=THIS - 1,
        )
        row.created_at = datetime(THIS, 1, 1, 12, tzinfo=UTC)
        first, second = territories(session, "delegated")[:2]
        operations.enter(session, row, THIS - 1, exact(62), note="Enquête", seen=None, base=60)
        operations.enter(session, row, THIS - 1, exact(25), note="Enquête", seen=None, base=4, territory=first)
        operations.enter(session, row, THIS - 1, exact(64), note="Enquête", seen=None, base=56, territory=second)
    page = commune.client().get(f"/indicateurs/{row.code}")
    assert "64 %" in page.words
    assert "25 %" not in page.words


def test_a_chart_is_a_table_first(commune, secretary, indicator):
    for year, value in ((THIS - 3, "4"), (THIS - 2, "6"), (THIS - 1, "9")):
        enter(secretary, indicator, year, value)
    text = secretary.get(indicator).text
    assert text.index("<table") < text.index('<svg class="chart"')
    assert 'role="img" aria-label="Rencontres tenues\u00a0: dessin du tableau ci-dessus"' in text


def test_the_module_of_an_indicator_switched_off_hides_it(make_commune):
    commune = make_commune("49030", "sample")
    secretary = commune.client(commune.person("Sylvie", "Moreau", "secretary"))
    path = f"{BASE}/{commune.one(Indicator, code='sample.pickups').id}"
    assert secretary.get(path).status == 200
    from civique.core.switching import switch_off, switch_on

    commune.tenant = switch_off(commune.tenant, "sample")
    assert secretary.get(path).status == 404
    assert "encombrants" not in secretary.get(BASE).words
    commune.tenant = switch_on(commune.tenant, "sample")
    assert secretary.get(path).status == 200

"""What everybody sees: list, projects, « Ai-je droit ? », rules, open data, feed, paper."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader

from civique.core import clock, settings
from civique.core.stories.models import Story
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.operations import funds, payments, repayments, reports
from civique.modules.fund.settings import FundSettings
from tests.fixtures import in_loire_authion
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import IBAN

SCHEMA = json.loads((Path(__file__).parent / "scdl_subventions.json").read_text())
YES = {"here": "yes", "several": "yes", "used_up": "yes", "others": "yes", "to_come": "yes"}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def anybody(world):
    """A visitor who is not signed in."""
    return world.commune.client()


def organisation(world, name="Les Jardins", **facts):
    from civique.core.organisations import operations

    with world.commune.session(world.secretary) as session:
        return operations.add_organisation(session, facts.pop("kind", "association"), name, **facts)


def helped(world, title, **facts):
    application = world.admissible(title=title, **facts)
    world.decide(application, 30_000)
    return application


def accepted(world, group):
    """A granted application of an association."""
    from civique.core.organisations import operations
    from civique.core.people.queries import get_person

    with world.commune.session(world.secretary) as session:
        found = session.get(type(group), group.id)
        row = operations.name_representative(session, found, get_person(session, world.resident.id), "")
        operations.accept_representative(session, row)
    return world.granted(organisation_id=group.id, charter_accepted_at=clock.now())


# The list and a project ----------------------------------------------------------------------------------------------


@in_loire_authion
def test_the_list_is_filtered_by_words_year_and_village(world, anybody):
    from civique.core.territory.queries import territories

    with world.commune.session() as session:
        village = territories(session, "delegated")[0]
    helped(world, "Carnaval", territory_id=village.id)
    for number in range(21):
        helped(world, f"Projet {number}")
    page = anybody.get("/fonds")
    assert page.text.count('href="/fonds/projets/') == 20
    assert anybody.get("/fonds?page=2").text.count('href="/fonds/projets/') == 2
    too_far = anybody.get("/fonds?page=7")
    assert (too_far.status, too_far.text.count('href="/fonds/projets/')) == (200, 0)
    part = anybody.get("/fonds?q=carnavál", headers=PARTIAL)
    assert part.text.count("/fonds/projets/") == 1
    assert anybody.get(f"/fonds?village={village.id}", headers=PARTIAL).text.count("/fonds/projets/") == 1
    assert "Carnaval" in anybody.get("/fonds?annee=2026&q=carnaval").words
    assert "Aucun projet ici" in anybody.get("/fonds?q=zzz").words
    assert anybody.get("/fonds?annee=abc&village=xyz").status == 200


def test_only_helped_projects_have_a_page(world, anybody):
    waiting, refused = world.admissible(), world.admissible()
    world.decide(refused, 0, "Hors du fonds.")
    for application in (waiting, refused):
        assert anybody.get(f"/fonds/projets/{application.id}").status == 404
    assert world.resident.family_name not in anybody.get(f"/fonds/projets/{helped(world, 'Fête').id}").text


def test_a_project_shows_three_natures_apart_and_its_story(world, anybody):
    application = world.admissible(asks=[("material", "graines", Decimal(40), "sachets")])
    ask = world.now(application).asks[0]
    world.decide(application, 20_000, "Le reste est couvert.", in_kind={ask.id: (Decimal(30), "Services techniques")})
    page = anybody.get(f"/fonds/projets/{application.id}")
    for shown in ("300,00 €", "200,00 €", "graines", "40 sachets", "30 sachets", "20 heures"):
        assert shown in page.words, shown
    assert "Voisins" not in page.words, "words of the applicant about people stay with the mairie"
    with world.commune.session(world.secretary) as session:
        facts = {"object_type": "fund_application", "object_id": application.id, "title": "Des fleurs"}
        session.add(Story(text="Un **samedi** de mars.", published_at=clock.now(), **facts))
    assert "Un samedi de mars." in anybody.get(f"/fonds/projets/{application.id}").words


def test_what_it_was_born_of_is_linked_but_never_a_page_of_the_mairie(world, anybody):
    from civique.core.links import End, link

    one, two = helped(world, "Première fête"), helped(world, "Deuxième fête")
    third = world.ask(title="Demande cachée")
    with world.commune.session(world.secretary) as session:
        ends = {d.id: session.get(FundApplication, d.id) for d in (one, two, third)}
        link(
            session,
            "born_of",
            End(ends[two.id], "Deuxième fête", f"/fonds/projets/{two.id}"),
            End(ends[one.id], "Première fête", f"/fonds/projets/{one.id}"),
        )
        link(
            session,
            "born_of",
            End(ends[two.id], "Deuxième fête", f"/fonds/projets/{two.id}"),
            End(ends[third.id], "Demande cachée", f"/mairie/fonds/demandes/{third.id}"),
        )
    page = anybody.get(f"/fonds/projets/{two.id}")
    assert "Première fête" in page.words
    assert "Demande cachée" not in page.words
    assert "Deuxième fête" in anybody.get(f"/fonds/projets/{one.id}").words


def test_the_gauge_says_paid_to_pay_and_left(world, anybody):
    world.paid(30_000)
    world.granted(20_000)
    world.ask(10_000)
    words = anybody.get("/fonds").words
    for figure in ("Payé 300 €", "Accordé, à verser 200 €", "Disponible 7 500 €", "1 demande à l’étude (100 €)"):
        assert figure in words, (figure, words)


# « Ai-je droit ? », rules --------------------------------------------------------------------------------------------


def test_five_yes_open_the_door(anybody):
    page = anybody.get("/fonds/ai-je-droit", query=YES)
    assert "Oui, vous pouvez demander" in page.words
    assert "/fonds/demander" in page.links()


@pytest.mark.parametrize("name", list(YES))
def test_each_no_says_what_to_change(anybody, name):
    page = anybody.get("/fonds/ai-je-droit", query={**YES, name: "no"})
    assert page.status == 200
    assert "Une chose à changer d’abord" in page.words


def test_unanswered_questions_are_asked_again(anybody):
    page = anybody.get("/fonds/ai-je-droit", query={"here": "yes"})
    assert page.status == 422
    assert "4 éléments à corriger" in page.words or "4 " in page.words
    assert anybody.get("/fonds/ai-je-droit", query={**YES, "here": "peut-être"}).status == 422
    assert anybody.get("/fonds/ai-je-droit").status == 200


def test_rules_keep_their_versions_and_reasons(world, anybody):
    with world.commune.session(world.secretary) as session:
        fund = session.get(Fund, world.fund.id)
        funds.change_fund(session, fund, fund.revision, "Les graines ont augmenté.", cap_cents=60_000)
    page = anybody.get("/fonds/regles")
    assert "Les graines ont augmenté." in page.words
    assert "500 €" in page.words
    assert "600 €" in page.words
    assert anybody.get("/fonds/en-clair").status == 200


def test_calls_show_their_dates(world, anybody):
    year = world.commune.today.year
    with world.commune.session(world.secretary) as session:
        fund = session.get(Fund, world.fund.id)
        funds.add_call(session, fund, "Appel d’hiver", date(year + 1, 1, 5), date(year + 1, 2, 5), date(year + 1, 3, 1))
        funds.change_fund(session, fund, fund.revision, "Par appels.", rhythm="calls")
    page = anybody.get("/fonds/regles")
    assert "Appel d’hiver" in page.words
    assert "Vous pourrez envoyer une demande à partir du" in page.words
    assert "/fonds/demander" not in anybody.get("/fonds").links()


def test_nothing_is_public_before_a_fund_opens(make_commune):
    commune = make_commune("49030", "fund")
    client = commune.client()
    assert client.get("/fonds").status == 200
    assert client.get("/fonds/ai-je-droit", query=YES).status == 200
    for path in ("/fonds/regles", "/fonds/en-clair", "/fonds/formulaire.pdf"):
        assert client.get(path).status == 404, path
    assert client.get("/fonds/subventions.csv").text.count("\n") == 1
    assert client.get("/fonds/projets.atom").status == 200


# Open data -----------------------------------------------------------------------------------------------------------


def faults(text):
    """What the published schema refuses in a file, line by line (Table Schema: header, types, constraints)."""
    rows = list(csv.reader(io.StringIO(text)))
    fields = SCHEMA["fields"]
    if rows[0] != [field["name"] for field in fields]:
        yield f"header: {rows[0]}"
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(fields):
            yield f"line {number}: {len(row)} cells"
        for field, cell in zip(fields, row, strict=False):
            yield from (f"line {number}, {field['name']}: {fault} {cell!r}" for fault in cell_faults(field, cell))


def cell_faults(field, cell):
    rules = field["constraints"]
    if cell == "":
        if rules.get("required"):
            yield "required"
        return
    if field["type"] == "date":
        date.fromisoformat(cell)
    if field["type"] == "boolean" and cell not in field["trueValues"] + field["falseValues"]:
        yield "boolean"
    if field["type"] == "number":
        value = Decimal(cell)
        if not rules.get("minimum", value) <= value <= rules.get("maximum", value):
            yield "bounds"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], cell):
        yield "pattern"
    if "enum" in rules and cell not in rules["enum"]:
        yield "enum"
    if len(cell) > rules.get("maxLength", len(cell)):
        yield "too long"


def test_the_checker_itself_refuses():
    wrong = ",".join(field["name"] for field in SCHEMA["fields"]) + "\r\n" + "," * 15 + "\r\n"
    assert len(list(faults(wrong))) == 11
    assert cell_faults(SCHEMA["fields"][1], "123").__next__() == "pattern"


def test_open_data_follow_the_national_schema_and_name_nobody(world, anybody):
    world.granted(20_000)
    garden = organisation(world, siret="78467169500087", rna="W491234567")
    bare = organisation(world, "=Sans numéro", kind="collective")
    only_rna = organisation(world, "@Club", rna="W491234568")
    first = accepted(world, garden)
    accepted(world, only_rna)
    accepted(world, bare)
    world.act(first, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    world.act(first, agreements.offer_agreement)
    for side in ("applicant", "commune"):
        world.act(first, agreements.sign_agreement, side, name="Nadia", means="paper")
    world.act(first, payments.set_payee, "organisation", "Les Jardins", IBAN)
    for kind in ("advance", "balance"):
        world.act(first, payments.order_payment, 10_000, kind)
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, first.id)
        for payment in found.payments:
            payments.note_paid(session, found, payment, world.commune.today)
        reports.give_back(session, found, 10_000, "Non dépensé.")
    page = anybody.get("/fonds/subventions.csv")
    assert list(faults(page.text)) == []
    rows = list(csv.DictReader(io.StringIO(page.text)))
    assert {row["nomBeneficiaire"] for row in rows} == {"Les Jardins", "'@Club"}
    row = next(row for row in rows if row["idBeneficiaire"])
    assert (row["montant"], row["conditionsVersement"]) == ("200.00", "échelonné")
    for text in (page.text, anybody.get("/fonds/subventions.json").text, anybody.get("/fonds/projets.atom").text):
        assert world.resident.family_name not in text
        assert IBAN not in text
    told = anybody.get("/fonds/subventions.json").response.get_json()
    assert len(told["subventions"]) == 2
    assert told["autresBeneficiaires"] == [{"annee": 2026, "nombre": 2, "montant": 500.0}]


def test_the_feed_is_valid_atom(world, anybody):
    helped(world, "Fête & <musique>")
    feed = ET.fromstring(anybody.get("/fonds/projets.atom").text)
    titles = [e.findtext("{*}title") for e in feed.findall("{*}entry")]
    assert titles == ["Fête & <musique>"]


# Paper ---------------------------------------------------------------------------------------------------------------


def words_of(answer):
    reader = PdfReader(io.BytesIO(answer.response.get_data()))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split()), len(reader.pages)


@in_loire_authion
def test_the_empty_form_prints_on_two_sides(anybody):
    words, pages = words_of(anybody.get("/fonds/formulaire.pdf"))
    for expected in ("FIC-F-2026", "/fonds/demander", "Qui participe", "Andard", "engagement républicain"):
        assert expected in words, expected
    assert pages == 2


def test_an_application_prints_with_its_reference_for_its_applicant_only(world, anybody):
    application = world.ask()
    path = f"/fonds/demandes/{application.id}/demande.pdf"
    words, _ = words_of(world.commune.client(world.resident).get(path))
    for expected in (application.reference, "Pieds de mur fleuris", "Terreau", "300,00", "20 heures"):
        assert expected in words, expected
    assert anybody.get(path).status == 303
    assert world.commune.client(world.commune.person("Autre", "Habitant")).get(path).status == 404


def test_a_part_that_is_granted_says_why_on_the_page_of_the_project(world):
    application = world.admissible()
    world.decide(application, 10_000, "La commune prête les outils.")
    page = world.commune.client().get(f"/fonds/projets/{application.id}")
    assert "Réponse de la commune La commune prête les outils." in page.words
    whole = world.granted(title="Entière")
    assert "Réponse de la commune" not in world.commune.client().get(f"/fonds/projets/{whole.id}").words


def outline(world, name, west):
    ring = [[west, 47.4], [west + 0.1, 47.4], [west + 0.1, 47.5], [west, 47.5], [west, 47.4]]
    world.commune.sql(
        "UPDATE territory SET shape = cast(:shape AS jsonb) WHERE name = :name",
        shape=json.dumps({"type": "Polygon", "coordinates": [ring]}),
        name=name,
    )


def village_named(world, name):
    return world.commune.sql("SELECT id FROM territory WHERE name = :name", name=name)[0].id


@in_loire_authion
def test_projects_village_by_village_with_and_without_outlines(world, neighbour):
    andard, corne = village_named(world, "Andard"), village_named(world, "Corné")
    world.granted(title="Mare", territory_id=andard)
    world.granted(title="Verger", territory_id=andard)
    world.granted(title="Nichoirs", territory_id=corne)
    world.granted(title="Carnaval")
    visitor = world.commune.client()
    assert "/fonds/carte" in visitor.get("/fonds").text
    page = visitor.get("/fonds/carte")
    assert "<svg viewBox" not in page.text, "no outline, no map: the table is whole"
    assert "Andard 2 600" in page.words
    assert "Toute la commune 1 300" in page.words
    outline(world, "Andard", -0.5)
    outline(world, "Corné", -0.3)
    page = visitor.get("/fonds/carte")
    assert 'aria-label="Andard 2 projets"' in page.text
    assert 'class="s3"' in page.text
    assert 'class="s2"' in page.text
    assert f"/fonds?village={andard}" in page.text
    listed = visitor.get(f"/fonds?village={andard}")
    assert "Mare" in listed.words
    assert "Nichoirs" not in listed.words
    assert "Andard 2" in visitor.get("/fonds/carte?annee=2026").words
    assert visitor.get("/fonds/carte?annee=zz").status == 200
    assert neighbour.client().get("/fonds/carte").status == 404


@in_loire_authion
def test_fon_11_what_came_back_is_not_in_the_sums_of_the_map(world):
    """FON-11: the sums of the map are those of the gauge and of the evaluation."""
    world.granted(title="Verger", territory_id=village_named(world, "Andard"))
    application = world.reported(20_000, title="Mare", territory_id=village_named(world, "Andard"))
    world.move(application, "settle")
    page = world.commune.client().get("/fonds/carte")
    assert "Andard 2 600" in page.words, "asked back, not received yet"
    asked = world.now(application).repayments[0]
    world.act(application, lambda s, r: repayments.note_received(s, r, s.merge(asked), world.commune.today))
    assert "Andard 2 500" in world.commune.client().get("/fonds/carte").words


@in_loire_authion
def test_amounts_that_the_commune_keeps_are_not_on_the_map(world):
    world.granted(title="Mare", territory_id=village_named(world, "Andard"))
    with world.commune.session() as session:
        settings.change(session, FundSettings, show_amounts=False)
    page = world.commune.client().get("/fonds/carte")
    assert "Andard 1" in page.words
    assert "300" not in page.words


def test_the_feed_follows_the_setting_and_the_language(world):
    world.granted(39_000, title="Mare")
    anybody = world.commune.client()
    french = anybody.get("/fonds/projets.atom").text
    assert "390,00" in french
    anybody.get("/langue/en")
    english = anybody.get("/fonds/projets.atom").text
    assert "€390.00" in english
    assert "390,00" not in english
    with world.commune.session() as session:
        settings.change(session, FundSettings, show_amounts=False)
    hidden = anybody.get("/fonds/projets.atom").text
    assert "Mare" in hidden
    assert "390,00" not in hidden
    assert "390.00" not in hidden

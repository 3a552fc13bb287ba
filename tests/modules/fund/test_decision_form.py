"""The form by which a request is decided: what is typed is read as meant, or refused in words."""

import pytest

from tests.modules.fund.test_hostile_pages import advised_by_a_committee
from tests.modules.fund.test_hostile_values import ASKS, decide


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def path_of(application):
    return f"/mairie/fonds/demandes/{application.id}"


@pytest.mark.parametrize("asks", [(), ASKS])
def test_a_part_without_amount_is_refused(world, desk, asks):
    """What is asked beside money stands filled in: an amount left empty is no 0 €."""
    application = world.admissible(asks=asks)
    page = decide(desk, application, decision="partially_granted", amount_cents="", motive="Un peu.")
    assert page.status == 422
    assert "Écrivez la somme accordée" in page.words
    assert world.now(application).decision is None


def test_a_part_of_the_things_alone_says_0(world, desk):
    application = world.admissible(asks=ASKS)
    assert decide(desk, application, decision="partially_granted", amount_cents="0", motive="Un peu.").status == 303
    assert world.now(application).granted_cents == 0
    assert world.now(application).state == "partially_granted"


@pytest.mark.parametrize("decision", ["granted", "refused", "adjourned"])
def test_an_amount_beside_another_decision_is_not_ignored(world, desk, decision):
    application = world.admissible()
    page = decide(desk, application, decision=decision, amount_cents="120", motive="Un peu.")
    assert page.status == 422
    assert "« Accorder une partie »" in page.words
    assert 'value="120"' in page.text, "what was typed is kept"
    assert world.now(application).decision is None


def test_the_amount_that_is_asked_is_granted(world, desk):
    application = world.admissible()
    assert decide(desk, application, decision="granted", amount_cents="300,00").status == 303
    assert world.now(application).granted_cents == 30_000


@pytest.mark.parametrize("decision", ["granted", "refused", "adjourned"])
def test_a_quantity_beside_another_decision_is_not_ignored(world, desk, decision):
    application = world.admissible(asks=ASKS)
    typed = {f"quantity-{world.now(application).asks[0].id}": "7"}
    page = decide(desk, application, decision=decision, motive="Un peu.", **typed)
    assert page.status == 422
    assert world.now(application).decision is None


def test_a_correction_reads_it_the_same_way(world, desk):
    application = world.granted(asks=())
    page = decide(desk, application, "correction", decision="partially_granted", because="Erreur.", motive="Un peu.")
    assert page.status == 422
    page = decide(desk, application, "correction", decision="granted", amount_cents="120", because="Erreur.")
    assert page.status == 422
    assert world.now(application).granted_cents == 30_000


def test_a_decision_put_off_keeps_its_act(world, desk):
    application = world.admissible()
    decide(desk, application, decision="adjourned", motive="Budget à voter.", act="2026-31")
    assert world.now(application).decisions[-1].act == "2026-31"


def test_each_decision_has_its_group_with_a_name(world, desk):
    """Without JavaScript, and where the style sheet does not fold them, the groups say which decision they are of."""
    page = desk.get(path_of(world.admissible(asks=ASKS)))
    assert "Si une partie est accordée" in page.words
    assert "Qui fournit les choses et le temps accordés" in page.words


@pytest.mark.parametrize(
    ("verdict", "cents", "decision", "amount"),
    [
        ("favourable", None, "granted", ""),
        ("favourable", 20_000, "partially_granted", "200,00"),
        ("favourable", 30_000, "granted", ""),
        ("reserved", 20_000, "partially_granted", "200,00"),
        ("unfavourable", None, "refused", ""),
    ],
)
def test_what_the_committee_proposes_fills_the_form(world, desk, verdict, cents, decision, amount):
    application = world.admissible()
    advised_by_a_committee(world, application, verdict, "Pour la terre seulement.", cents)
    page = desk.get(path_of(application))
    form = page.form(f"{path_of(application)}/decision")
    assert (form["decision"], form["amount_cents"]) == (decision, amount)
    assert form["motive"] == ("" if decision == "granted" else "Pour la terre seulement.")
    assert "Rempli d’après la proposition" in page.words, page.words[300:1100]

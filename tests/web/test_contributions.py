"""The ledger of a village's partners, as the secretary, the élus and the residents see it; the fund is off."""

from datetime import timedelta

import pytest

from civique.core.contributions.models import Contribution, ContributionUse
from civique.core.switching import switch_off
from tests.sample.operations import ask_pickup

BASE = "/mairie/partenaires"
PUBLIC = ("/partenaires", "/partenaires/proposer", "/partenaires/formulaire.pdf")
OLD = {
    "/fonds/partenaires": "/partenaires",
    "/fonds/partenaires/proposer": "/partenaires/proposer",
    "/fonds/partenaires/proposer/recu": "/partenaires/proposer/recu",
    "/fonds/partenaires/formulaire.pdf": "/partenaires/formulaire.pdf",
    "/mairie/fonds/partenaires?annee=2026": "/mairie/partenaires?objet=fonds-2026",
    "/mairie/fonds/partenaires?format=csv": "/mairie/partenaires?format=csv",
    "/mairie/fonds/partenaires/2026/promesse": "/mairie/partenaires/fonds-2026/promesse",
    "/mairie/fonds/partenaires/propositions/x%0d%0aX": "/mairie/partenaires/propositions/x%0D%0AX",
}


@pytest.fixture
def desk(world):
    """The secretary's browser."""
    return world.commune.client(world.secretary)


def pledge(world, desk, **facts):
    data = {
        "giver_name": "Filature de Corné",
        "nature": "material",
        "description": "Tissu",
        "quantity": "12,5",
        "unit": "mètres",
        "thanked": "y",
    }
    return desk.submit(f"{BASE}/{world.code}/promesse", data | facts)


def test_each_page_is_there_in_a_village_without_any_module(neighbour):
    everybody = neighbour.client()
    for path in PUBLIC:
        assert everybody.get(path).status == 200, path
    secretary = neighbour.client(neighbour.person("Sylvie", "Secrétaire", "secretary"))
    assert "Rien à aider pour l’instant" in secretary.get(BASE).words
    assert BASE in secretary.get("/mairie/comites").links(), "behind one entry of the menu"


@pytest.mark.parametrize("modules", [(), ("fund",)])
def test_the_old_addresses_lead_on_whatever_is_on(make_commune, modules):
    everybody = make_commune("49002", *modules).client()
    for old, new in OLD.items():
        page = everybody.get(old)
        assert (page.status, page.headers["Location"]) == (308, new), old


def test_a_pledge_from_the_sheet_to_what_waits_for_it(world, desk):
    assert "rien pour l’instant" in desk.get(BASE).words.lower()
    gift = {"nature": "human", "description": "Des bras", "quantity": "6", "unit": "heures"}
    assert pledge(world, desk, **gift).location == f"{BASE}?objet={world.code}"
    action = f"{BASE}/{world.code}/besoins/{world.pickup.id}"
    form = desk.get(BASE).form(action)
    assert form["quantity"] == "4"
    assert desk.post(action, form | {"quantity": "7"}).status == 303
    assert "il ne reste que 6" in desk.get(BASE).words.lower()
    assert desk.post(action, form).status == 303
    assert world.commune.one(ContributionUse).amount == 4
    made = world.commune.one(Contribution)
    desk.submit(f"{BASE}/promesses/{made.id}/recue", on=BASE)
    assert world.commune.one(Contribution).received_on == world.commune.today


def test_what_waits_for_nothing_is_404(world, desk):
    pledge(world, desk, nature="human")
    with world.commune.session() as session:
        later = ask_pickup(session, None, "Autre", world.commune.today + timedelta(days=30))
    action = f"{BASE}/{world.code}/besoins/{world.pickup.id}"
    form = desk.get(f"{BASE}?objet={world.code}").form(action)
    assert desk.post(action.replace(str(world.pickup.id), str(world.secretary.id)), form).status == 404
    assert desk.get(f"{BASE}?objet=inconnu").status == 404
    assert "Autre" in desk.get(f"{BASE}?objet=encombrants-{later.day}").words


def test_a_pledge_taken_back_leaves_the_ledger(world, desk):
    pledge(world, desk)
    made = world.commune.one(Contribution)
    desk.submit(f"{BASE}/promesses/{made.id}/annuler", on=BASE)
    assert "Filature" not in desk.get(BASE).words


def test_contributions_to_a_module_that_is_off_wait_for_it(world, desk):
    pledge(world, desk)
    made = world.commune.one(Contribution)
    form = desk.get(BASE).form(f"{BASE}/promesses/{made.id}/recue")
    world.commune.tenant = switch_off(world.commune.tenant, "sample")
    assert "Filature" not in desk.get(BASE).words
    assert "Filature" not in world.commune.client().get("/partenaires").words
    assert desk.post(f"{BASE}/promesses/{made.id}/recue", form).status == 404
    world.commune.switch_on("sample")
    assert "Filature" in desk.get(BASE).words


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"giver_name": ""}, "giver_name"),
        ({"quantity": "douze"}, "quantity"),
        ({"quantity": "-1"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"description": ""}, "description"),
        ({"nature": "financial", "value_cents": ""}, "value_cents"),
        ({"nature": "financial", "value_cents": "-5"}, "value_cents"),
    ],
)
def test_a_wrong_pledge_is_refused_where_it_is_wrong(world, desk, facts, field):
    page = pledge(world, desk, **facts)
    assert page.status == 422
    assert f'href="#{field}"' in page.text
    assert world.commune.all(Contribution) == []


def test_a_second_gift_of_the_same_is_asked_about(world, desk):
    pledge(world, desk)
    page = pledge(world, desk)
    assert page.status == 422
    assert "déjà promis la même chose" in page.words
    assert (
        desk.post(f"{BASE}/{world.code}/promesse", page.form(f"{BASE}/{world.code}/promesse") | {"again": "y"}).status
        == 303
    )
    assert len(world.commune.all(Contribution)) == 2


def test_partners_are_thanked_only_when_they_agree(world, desk):
    pledge(world, desk)
    pledge(world, desk, giver_name="Donateur discret", thanked="")
    words = world.commune.client().get("/partenaires").words
    assert "Filature de Corné" in words
    assert "Donateur discret" not in words
    gift = world.commune.one(Contribution, giver_name="Filature de Corné")
    desk.submit(f"{BASE}/promesses/{gift.id}/remerciement", on=BASE)
    assert "Filature" not in world.commune.client().get("/partenaires").words


def test_the_ledger_as_a_file(world, desk):
    pledge(world, desk, giver_name="=cmd()")
    text = desk.get(f"{BASE}?format=csv").text
    assert "'=cmd()" in text
    assert "12,50" in text


def test_only_who_keeps_the_ledger_changes_it(world, desk, commune):
    pledge(world, desk)
    gift = world.commune.one(Contribution)
    elected = world.commune.client(world.commune.person("Élu", "Du Lieu", "elected"))
    assert elected.get(BASE).status == 200
    assert elected.get(f"{BASE}/{world.code}/promesse").status == 403
    other = commune.client(commune.person("Anne", "Admin", "administrator"))
    token = other.get("/signaler").form()
    assert other.post(f"{BASE}/promesses/{gift.id}/annuler", token).status == 404
    assert world.commune.one(Contribution).withdrawn_at is None


def test_thanking_twice_is_thanking_once(world, desk):
    pledge(world, desk, thanked="")
    path = f"{BASE}/promesses/{world.commune.one(Contribution).id}/remerciement"
    form = desk.get(BASE).form(path)
    for _ in range(2):
        assert desk.post(path, form).status == 303
        assert world.commune.one(Contribution).thanked
    assert desk.post(path, {"csrf_token": form["csrf_token"]}).status == 400

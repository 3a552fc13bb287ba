"""Eighteen modules and one secretary: the menu, « Participer », the home page, the account and the catalogue hold them."""

import re
from datetime import timedelta

import pytest

from civique.core.manifest import DEEDS, Link
from civique.core.registry import modules
from tests.many import LABELS, MANIFESTS, TABS
from tests.many.fixtures import many_modules, town

__all__ = ["many_modules", "town"]
H = "{http://www.w3.org/1999/xhtml}"
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
def secretary(town):
    return town.client(town.person("Sylvie", "Moreau", "secretary"))


def navigation(page, label):
    """Labels of the links of the first navigation of this name, spaces folded."""
    nav = next(n for n in page.tree.iter(f"{H}nav") if n.get("aria-label") == label)
    return [" ".join("".join(a.itertext()).split()) for a in nav.iter(f"{H}a")]


def current(page, label):
    nav = next(n for n in page.tree.iter(f"{H}nav") if n.get("aria-label") == label)
    return [(a.get("href"), a.get("aria-current")) for a in nav.iter(f"{H}a") if a.get("aria-current")]


def test_the_menu_shows_the_work_of_today_then_the_modules_by_name(secretary):
    names = navigation(secretary.get("/mairie"), "Espace mairie")
    assert names[:2] == ["À faire aujourd’hui", "Saisir pour un habitant"]
    plain = [re.sub(r" \d+ en attente$", "", name) for name in names]
    rank = [plain.index(label) for label in LABELS.values()]
    assert plain.index("Le site") < min(rank)
    first, last = min(rank), max(rank)
    assert last - first == len(LABELS), "the eighteen and the fund, one line each"
    assert plain[first] == "Annuaire des acteurs"
    assert plain[last] == "Salles et maisons communes"
    assert not set(TABS) & set(plain), "the pages of a module are inside it"
    assert len(plain) <= 35


def test_a_page_of_a_module_shows_its_tabs(secretary):
    page = secretary.get("/mairie/budget/page-2")
    label = "Budget participatif"
    assert navigation(page, label) == ["À traiter 3 en attente", *TABS[1:]]
    assert current(page, label) == [("/mairie/budget/page-2", "page")]
    assert current(page, "Espace mairie") == [("/mairie/budget", "true")]


def test_a_page_that_no_link_leads_to_is_inside_its_module(secretary):
    page = secretary.get("/mairie-budget")
    assert "Bilans" in navigation(page, "Budget participatif")
    assert current(page, "Espace mairie") == [("/mairie/budget", "true")]


def test_the_pages_of_the_core_are_groups_with_tabs(secretary):
    page = secretary.get("/mairie/actualites")
    assert navigation(page, "Le site") == ["Actualités", "Pages", "Agenda", "Récits", "Qui fait quoi"]
    assert current(page, "Espace mairie") == [("/mairie/actualites", "true")]
    assert current(secretary.get("/mairie"), "Espace mairie") == [("/mairie", "page")]


def test_nobody_sees_a_group_of_which_they_may_open_nothing(town):
    page = town.client(town.person("Luc", "Petit", "moderator")).get("/mairie")
    names = navigation(page, "Espace mairie")
    assert "Bénévolat" not in " ".join(names)
    assert "Commentaires" in names, "one page alone bears its own name"
    assert "Habitants et associations" not in names
    assert "Documents et chiffres" not in names


def test_each_desk_link_of_the_core_has_its_place():
    core = modules()["core"]
    groups = {group.code for group in core.desk_groups}
    assert [link.endpoint for link in core.desk_links if not link.daily and link.group not in groups] == []


def test_a_page_is_found_by_typing_its_name(secretary):
    everything = secretary.get("/mairie/menu")
    assert all(label in everything.words for label in LABELS.values())
    found = secretary.get("/mairie/menu?nom=bilan")
    assert found.words.count("Bilans") == len(LABELS)
    part = secretary.get("/mairie/menu?nom=benevolat+bil", headers=PARTIAL)
    assert part.links() == ["/mairie/benevolat/page-3"]
    alone = secretary.get("/mairie/menu?nom=Bénévolat bilans")
    assert (alone.status, alone.location) == (303, "/mairie/benevolat/page-3")
    assert "Aucune page" in secretary.get("/mairie/menu?nom=zzz").words
    assert secretary.get("/mairie/menu?nom=question+signalement").location.startswith("/mairie/saisir/personne?pour=")


def test_the_menu_finds_no_page_that_one_may_not_open(town):
    client = town.client(town.person("Luc", "Petit", "treasurer"))
    assert "Bilans" not in client.get("/mairie/menu").words
    assert "Identité" not in client.get("/mairie/menu").words
    assert town.client(town.person("Nadia", "Habitante")).get("/mairie/menu").status == 403


def test_the_numbers_of_eighteen_modules_are_one_statement(town, secretary, statements):
    secretary.get("/mairie/budget")
    statements.clear()
    secretary.get("/mairie/budget")
    assert len(statements) <= 10, "\n".join(statements)


def test_taking_part_is_grouped_by_what_one_does(town, statements):
    page = town.client().get("/participer")
    headings = ["".join(h.itertext()).strip() for h in page.tree.iter(f"{H}h2")]
    assert set(headings) >= {"Proposer", "Donner un coup de main", "Donner son avis", "Siéger", "Voter, choisir"}
    assert headings[0] == "Proposer", "the deed with what closes first"
    assert "Plan d’actions : prendre part Dernier jour" in page.words
    opened, _words, closed = page.words.partition("Fermé en ce moment")
    for name in ("idees", "education"):
        assert LABELS[name] in closed
        assert LABELS[name] not in opened
    statements.clear()
    town.client().get("/participer?x=1")
    assert len(statements) <= 10, "\n".join(statements)


def test_the_fund_says_its_last_day(make_commune):
    """In a village with one module: no day, the day of the fund, closed, the day of the call that is open."""
    from civique.modules.fund.models import Fund, FundCall

    village = make_commune("49002", "fund")
    proposed = "Demander l’aide du fonds"

    def words():
        page = village.client().get("/participer")
        return page.words.partition("Fermé en ce moment")

    assert proposed in words()[2], "no fund yet"
    complete = {"envelope_cents": 900_000, "cap_cents": 30_000, "eligible_costs": "Graines", "decision_maker": "mayor"}
    with village.session() as session:
        fund = Fund(year=village.today.year, state="open", **complete)
        session.add(fund)
        session.flush()
        fund_id = fund.id
    assert f"{proposed} d’initiative citoyenne Un projet" in words()[0], "no day is known"

    def change(**facts):
        with village.session() as session:
            fund = session.get(Fund, fund_id)
            for name, value in facts.items():
                setattr(fund, name, value)

    change(closes_on=village.today)
    assert "Dernier jour" in words()[0]
    change(closes_on=village.today - timedelta(days=1))
    assert proposed in words()[2]
    change(closes_on=None, rhythm="calls")
    assert proposed in words()[2], "no call is open"
    call = {"name": "Automne", "opens_on": village.today, "closes_on": village.today + timedelta(days=400)}
    with village.session() as session:
        session.add(FundCall(fund_id=fund_id, **call))
    assert f"Jusqu’au {call['closes_on'].day}" in words()[0].replace("1er", "1")
    change(opens_on=village.today + timedelta(days=2))
    assert proposed in words()[2], "not yet"


def test_every_deed_is_known(services):
    for manifest in modules():
        for link in manifest.public_links:
            assert link.deed in {"", *DEEDS}, manifest.name
            assert link.deed == "" or link.door == "participate", manifest.name
    assert Link("x", "x").deed == ""


def test_the_home_page_shows_four_cards_and_folds_the_others(town):
    page = town.client().get("/")
    fold = next(d for d in page.tree.iter(f"{H}details") if d.get("class") == "more")
    folded = list(fold.iter(f"{H}article"))
    assert len(folded) == len(LABELS) - 4
    assert page.words.index("Jardins partagés") < page.words.index("Plan d’actions"), "what closes soon comes first"


def test_my_account_folds_and_finds(town):
    client = town.client(town.person("Nadia", "Habitante"))
    page = client.get("/mon-compte")
    folds = {"".join(s.itertext()).split()[0]: d for d in page.tree.iter(f"{H}details") for s in d.iter(f"{H}summary")}
    assert len(list(folds["Terminées"].iter(f"{H}li"))) == 2 * len(LABELS)
    assert "44 autres demandes" in page.words
    found = client.get("/mon-compte?q=benevolat", headers=PARTIAL)
    assert found.text.count("<li>") == 5
    assert "Aucune demande" in client.get("/mon-compte?q=zzz").words


def test_the_catalogue_holds_eighteen_and_finds(town):
    client = town.client(town.person("Anne", "Administratrice", "administrator"))
    page = client.get("/mairie/reglages/modules")
    assert all(label in page.words for label in LABELS.values())
    assert page.words.index("Modules activés") < page.words.index("Modules à activer")
    found = client.get("/mairie/reglages/modules?q=cérémonie").words
    assert "Cérémonies" in found
    assert "Bénévolat" not in found
    assert "Aucun module" in client.get("/mairie/reglages/modules?q=zzz").words
    assert client.get("/mairie/mise-en-route/modules?q=jardin").status == 200


def test_a_village_with_one_module_finds_its_way(make_commune):
    village = make_commune("49002", "fund")
    page = village.client(village.person("Sylvie", "Moreau", "secretary")).get("/mairie")
    names = navigation(page, "Espace mairie")
    assert len(names) <= 12
    assert [name for name in names if name.startswith("Fonds")] == ["Fonds d’initiative citoyenne"]
    assert len(MANIFESTS) == 18

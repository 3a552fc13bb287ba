"""The applicant's pages in a real browser, in each state: no axe violation, nothing wider than a phone."""

import json

from civique.core.agreements.models import Agreement
from tests.fixtures import in_loire_authion
from tests.journeys.axe import look
from tests.modules.fund import agreed as agreements


def draft_of(world):
    client = world.commune.client(world.resident)
    page = client.submit("/fonds/demander", {"title": "Fête des voisins", "purpose": "Une fête."})
    return page.location.removesuffix("/budget")


def test_pages_of_an_applicant(world, open_page, address, sign_in):
    missing, signing, working = world.ask(), world.granted(), world.under_way()
    world.move(missing, "ask_missing", labels=["Un devis", "Une date"])
    world.act(signing, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    world.act(signing, agreements.offer_agreement)
    part = world.admissible()
    world.decide(part, 10_000, "Le reste est couvert.")
    draft = draft_of(world)
    bases = {
        name: f"/fonds/demandes/{application.id}"
        for name, application in {"missing": missing, "signing": signing, "working": working, "part": part}.items()
    }
    paths = [
        f"{draft}/idee",
        f"{draft}/budget",
        f"{draft}/apports",
        f"{draft}/verifier",
        *bases.values(),
        f"/conventions/{world.commune.one(Agreement, object_id=signing.id).id}",
        f"{bases['signing']}/compte",
        f"{bases['working'].replace('/fonds/demandes/', '/recits/')}/journal",
        f"{bases['working']}/bilan",
        f"/fonds/projets/{part.id}",
        "/fonds/ai-je-droit?here=yes&several=no&used_up=no&others=yes&to_come=yes",
    ]
    page = open_page(360)
    sign_in(page, world.commune, world.resident)
    assert look(page, lambda path: address(world.commune, path), paths) == []


def test_costs_are_added_without_leaving_the_page(world, open_page, address, sign_in):
    page = open_page(360)
    sign_in(page, world.commune, world.resident)
    page.goto(address(world.commune, f"{draft_of(world)}/budget"))
    for label, amount in (("Terreau", "180"), ("Graines", "120,50")):
        page.fill("input[name=label]", label)
        page.fill("input[name=amount_cents]", amount)
        page.locator("form[action$='/couts'] button").click()
        page.locator("tbody td:first-child", has_text=label).wait_for()
        assert page.evaluate("document.activeElement.tagName") == "H2", "the keyboard stays at the list"
    page.fill("input[name=amount_asked_cents]", "200")
    page.locator("#rest", has_text="100,50").wait_for()
    page.locator("tbody form button").first.click()
    page.locator("tbody td:first-child", has_text="Terreau").wait_for(state="detached")
    assert page.locator("tbody td:first-child", has_text="Graines").is_visible()


@in_loire_authion
def test_the_map_of_the_villages(world, open_page, address):
    outlines = {"Andard": -0.5, "Corné": -0.3}
    for name, west in outlines.items():
        village = world.commune.sql("SELECT id FROM territory WHERE name = :name", name=name)[0].id
        world.granted(title=f"Mare de {name}", territory_id=village)
        ring = [[west, 47.4], [west + 0.1, 47.4], [west + 0.1, 47.5], [west, 47.4]]
        shape = json.dumps({"type": "Polygon", "coordinates": [ring]})
        world.commune.sql("UPDATE territory SET shape = cast(:s AS jsonb) WHERE id = :id", s=shape, id=village)
    page = open_page(360)
    assert look(page, lambda path: address(world.commune, path), ["/fonds/carte"]) == []
    page.locator("svg a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/fonds?village=*")
    assert "Mare de Andard" in page.content()
    assert "Mare de Corné" not in page.content()

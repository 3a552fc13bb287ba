"""The evening of a gathering in real browsers: two telephones, one without network, one guest."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from civique.core import clock
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.models import Registration
from civique.core.gatherings.registrations import open_registration, register
from tests.journeys.axe import violations

WAITING = "#door-waiting"


@pytest.fixture
def evening(commune):
    with commune.session() as session:
        found = gatherings.plan_gathering(session, "Vœux du maire", clock.now() + timedelta(hours=1), kind="event")
        open_registration(session, found, companions=3)
        for name, adults in (("Anne Petit", 2), ("Bruno Grand", 1)):
            register(session, found, name=name, channel="phone", adults=adults, key=uuid4())
        return found


@pytest.fixture
def telephone(commune, open_page, address, sign_in, evening):
    """Opens the door on a telephone of its own, once with the network."""

    def open_door(given, family, role):
        page = open_page(360)
        sign_in(page, commune, commune.person(given, family, role))
        page.goto(address(commune, f"/mairie/porte#{evening.id}"))
        expect(page.locator("#door-state")).to_contain_text("sans réseau")
        expect(page.locator("#door-list")).to_contain_text("Anne Petit")
        return page

    return open_door


def guest(page, name):
    return page.locator("#door-list li", has_text=name)


def check(page, name, number):
    guest(page, name).locator("input").fill(str(number))
    guest(page, name).get_by_role("button").click()


def empty(page):
    expect(page.locator(WAITING)).to_contain_text("Rien n’attend", timeout=15_000)


def came(commune):
    return {row.name: row.came for row in commune.all(Registration)}


def test_one_guest_two_telephones_one_without_network(commune, telephone):
    first, second = telephone("Ali", "Accueil", "counter"), telephone("Sophie", "Mairie", "secretary")
    first.context.set_offline(True)
    check(first, "Anne Petit", 2)
    expect(first.locator(WAITING)).to_contain_text("1 arrivée attend")
    expect(first.locator("#door-count")).to_contain_text("Présents\u00a0: 2")
    assert came(commune)["Anne Petit"] is None
    check(second, "Anne Petit", 1)
    expect(guest(second, "Anne Petit")).to_contain_text("Noté par Sophie Mairie")
    first.context.set_offline(False)
    empty(first)
    expect(guest(first, "Anne Petit")).to_contain_text("Déjà noté par Sophie Mairie")
    with first.expect_response("**/invites"):
        first.evaluate("window.dispatchEvent(new Event('online'))")
    expect(first.locator("#door-state")).to_contain_text("sans réseau")
    expect(guest(first, "Anne Petit")).to_contain_text("Déjà noté par Sophie Mairie")
    assert came(commune) == {"Anne Petit": 1, "Bruno Grand": None}
    guest(first, "Anne Petit").get_by_text("Corriger").click()
    check(first, "Anne Petit", 2)
    expect(guest(first, "Anne Petit")).to_contain_text("Présent (2)")
    assert came(commune)["Anne Petit"] == 2
    assert violations(first) == []
    assert first.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_page_is_closed_and_opened_again_without_network(commune, telephone, address, evening):
    page = telephone("Ali", "Accueil", "counter")
    context = page.context
    context.set_offline(True)
    check(page, "Bruno Grand", 1)
    page.fill("#door-name", "Un Passant")
    page.fill("#door-came", "3")
    page.get_by_text("Ajouter", exact=True).click()
    expect(page.locator(WAITING)).to_contain_text("2 arrivées attendent")
    page.close()
    again = context.new_page()
    again.goto(address(commune, f"/mairie/porte#{evening.id}"))
    expect(again.locator(WAITING)).to_contain_text("2 arrivées attendent")
    again.fill("#door-words", "grand")
    expect(guest(again, "Bruno Grand")).to_contain_text("attend")
    again.fill("#door-words", "")
    context.set_offline(False)
    empty(again)
    assert came(commune) == {"Anne Petit": None, "Bruno Grand": 1, "Un Passant": 3}
    kept = again.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys()))))"
        ".then((all) => all.flat().map((request) => new URL(request.url).pathname))"
    )
    assert {path for path in kept if not path.startswith(("/static/", "/theme-"))} == {"/hors-ligne", "/mairie/porte"}


def test_a_mistake_that_has_not_left_is_undone(commune, telephone):
    page = telephone("Ali", "Accueil", "counter")
    page.context.set_offline(True)
    check(page, "Anne Petit", 2)
    guest(page, "Anne Petit").get_by_text("Annuler").click()
    expect(page.locator(WAITING)).to_contain_text("Rien n’attend")
    page.context.set_offline(False)
    page.reload()
    expect(guest(page, "Anne Petit").locator("input")).to_have_value("2")
    assert came(commune)["Anne Petit"] is None


def test_the_guests_are_erased_from_the_telephone(commune, telephone):
    page = telephone("Ali", "Accueil", "counter")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#door-erase")
    expect(page.locator("#door-guests")).to_be_hidden()
    lists = page.evaluate(
        "new Promise((done) => { indexedDB.open('porte').onsuccess = (event) => { event.target.result"
        ".transaction('lists').objectStore('lists').count().onsuccess = (count) => done(count.target.result) } })"
    )
    assert lists == 0

"""A morning at the market in a real browser: without network, with a lost answer, with the page closed and opened again."""

import http.client
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from civique.core.questions.models import Question
from civique.core.stall import references
from civique.core.stall.models import StallEntry
from tests.journeys.axe import violations

COUNT = "#stall-count"


@pytest.fixture
def tablet(commune, open_page, address, sign_in):
    """The stall's page, opened once with the network and kept."""
    page = open_page(768)
    agent = commune.person("Ali", "Accueil", "counter")
    sign_in(page, commune, agent)
    page.goto(address(commune, "/mairie/stand"))
    expect(page.locator("#stall-state")).to_contain_text("sans réseau")
    page.agent = agent
    return page


def enter(page, name, text):
    """Enter one; gives the reference that the screen shows."""
    before = page.locator(".spelled").get_attribute("data-reference")
    page.fill("textarea", text)
    page.check("text=Pas de réponse souhaitée")
    page.check("text=Par courriel")
    page.fill("#name", name)
    page.fill("#email", f"{name.lower()}@exemple.fr")
    page.click("text=Garder et donner une référence")
    expect(page.locator(".spelled")).to_have_attribute("data-reference", re.compile("ST-"))
    expect(page.locator(".spelled")).not_to_have_attribute("data-reference", before or "")
    reference = page.locator(".spelled").get_attribute("data-reference")
    assert references.normal(reference) == reference, "the tablet counts as the server does"
    return reference


def lose_the_answer(route):
    """The server receives it and answers; the browser hears nothing. (By hand: Node does not know ``*.localhost``.)"""
    request = route.request
    there = urlsplit(request.url)
    connection = http.client.HTTPConnection("127.0.0.1", there.port, timeout=10)
    connection.request("POST", there.path, request.post_data_buffer, {**request.all_headers(), "host": there.netloc})
    assert connection.getresponse().status == 201
    connection.close()
    route.abort()


def empty(page):
    expect(page.locator(COUNT)).to_contain_text("Rien n’attend", timeout=15_000)


def told(commune):
    return sorted(question.text for question in commune.all(Question))


def test_three_entered_without_network_arrive_once(commune, tablet):
    context = tablet.context
    context.set_offline(True)
    references_ = [enter(tablet, f"Personne{i}", f"Idée {i}") for i in range(3)]
    assert tablet.inner_text(COUNT) == "3 saisies attendent sur cette tablette."
    assert "Pas de réseau" in tablet.inner_text("#stall-state")
    assert [r.split("-")[2] for r in references_] == ["001", "002", "003"]
    assert commune.all(Question) == []
    context.set_offline(False)
    empty(tablet)
    assert told(commune) == ["Idée 0", "Idée 1", "Idée 2"]
    assert sorted(e.reference for e in commune.all(StallEntry)) == sorted(references_)
    assert violations(tablet) == []


def test_a_lost_answer_is_not_a_second_question(commune, tablet):
    """The server received it, the network broke before the answer: it leaves again, and is there once."""
    tablet.route("**/mairie/stand/entrees", lose_the_answer, times=1)
    tablet.context.set_offline(True)
    for i in range(3):
        enter(tablet, f"Personne{i}", f"Idée {i}")
    tablet.context.set_offline(False)
    expect(tablet.locator("#stall-state")).to_have_attribute("data-state", "later", timeout=15_000)
    assert told(commune) == ["Idée 0"]
    tablet.click("#stall-send")
    empty(tablet)
    assert told(commune) == ["Idée 0", "Idée 1", "Idée 2"]


def test_the_page_is_closed_and_opened_again_without_network(commune, tablet, address):
    context = tablet.context
    context.set_offline(True)
    enter(tablet, "Personne0", "Idée 0")
    tablet.close()
    again = context.new_page()
    again.goto(address(commune, "/mairie/stand"))
    again.wait_for_selector("#stall-form")
    assert again.inner_text(COUNT) == "1 saisie attend sur cette tablette."
    assert again.evaluate("getComputedStyle(document.querySelector('#stall-form .btn')).borderRadius") != "0px", (
        "with its styles"
    )
    second = enter(again, "Personne1", "Idée 1")
    assert second.split("-")[2] == "002", "the count goes on"
    context.set_offline(False)
    empty(again)
    assert told(commune) == ["Idée 0", "Idée 1"]
    context.set_offline(True)
    elsewhere = context.new_page()
    elsewhere.goto(address(commune, "/mairie/questions"))
    assert "Le réseau est absent" in elsewhere.inner_text("main") or "Idée" not in elsewhere.inner_text("body")
    kept = elsewhere.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys()))))"
        ".then((all) => all.flat().map((request) => new URL(request.url).pathname))"
    )
    pages = {path for path in kept if not path.startswith(("/static/", "/theme-"))}
    assert pages == {"/hors-ligne", "/mairie/stand"}


def test_a_visit_that_ended_keeps_everything(commune, tablet, sign_in):
    tablet.context.set_offline(True)
    enter(tablet, "Personne0", "Idée 0")
    tablet.context.clear_cookies()
    tablet.context.set_offline(False)
    tablet.wait_for_selector("#stall-sign-in:not([hidden])")
    assert "Rien n’est perdu" in tablet.inner_text("#stall-sign-in")
    assert commune.all(Question) == []
    sign_in(tablet, commune, tablet.agent)
    tablet.click("#stall-send")
    empty(tablet)
    assert told(commune) == ["Idée 0"]


def test_another_text_under_a_reference_is_shown_and_replaces_nothing(commune, tablet):
    """Received, its answer lost, then corrected on the tablet: the person at the stall decides."""
    tablet.route("**/mairie/stand/entrees", lose_the_answer, times=1)
    reference = enter(tablet, "Personne0", "Idée 0")
    expect(tablet.locator("#stall-state")).to_have_attribute("data-state", "later", timeout=15_000)
    tablet.click("text=Corriger")
    assert tablet.input_value("#name") == "Personne0"
    tablet.fill("textarea", "Idée 0, en mieux")
    tablet.click("text=Garder et donner une référence")
    tablet.wait_for_selector("#stall-list .tag.stop")
    assert "Rien n’a été remplacé" in tablet.inner_text("#stall-list")
    assert told(commune) == ["Idée 0"]
    tablet.click("text=Donner une autre référence")
    empty(tablet)
    assert told(commune) == ["Idée 0", "Idée 0, en mieux"]
    assert reference in {entry.reference for entry in commune.all(StallEntry)}


def test_what_is_missing_is_said_on_the_tablet(commune, tablet):
    tablet.click("text=Garder et donner une référence")
    assert "Remplissez ce champ" in tablet.inner_text("[data-problem]")
    assert tablet.evaluate("document.activeElement.tagName") == "TEXTAREA"
    tablet.set_viewport_size({"width": 360, "height": 740})
    assert tablet.evaluate("document.documentElement.scrollWidth") <= 360
    assert commune.all(Question) == []

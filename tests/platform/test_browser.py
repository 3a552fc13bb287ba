"""The whole subscription in a real browser on real processes, from the search to the commune's site."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.journeys.axe import look
from tests.platform.steps import SIRET, only

pytestmark = pytest.mark.usefixtures("clean", "working")


def code_sent(address: str, wait: Callable[[int], None]) -> str:
    """Code of the newest message to an address, once the worker has sent it."""
    from civique.core.config import config
    from civique.services.mail import read_folder

    for _ in range(100):
        for message in read_folder(config().var / "mail", 50):
            found = re.search(r"\d{3}\s\d{3}", message.subject)
            if message.recipients == address and found:
                return found[0]
        wait(100)
    raise AssertionError(f"no code was sent to {address}")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_from_the_search_to_the_open_site(open_page, live, javascript):
    page = open_page(javascript=javascript)
    page.goto(f"http://{live}/")
    address = f"{uuid4().hex}@mairie-allonnes.fr"  # no other test has a message for it
    if javascript:
        page.get_by_role("searchbox").press_sequentially("allonnes 49")  # suggestions come while typing
        page.locator("#said[role=status]", has_text="trouvée").wait_for(state="attached")  # how many, not all of them
        assert page.locator("#commune-results").get_attribute("aria-live") is None
    else:
        page.get_by_role("searchbox").fill("allonnes 49")
        page.locator("form.find button").click()
    page.locator("a[href='/souscrire/49002']").click()
    for name, value in {
        "given_name": "Agnès",
        "family_name": "Cormoran",
        "function": "Secrétaire",
        "email": address,
        "phone": "02 41 00 00 01",
        "siret": "214 900 029 00008",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=terms]").check()
    page.locator("[name=data_contract]").check()
    page.locator("main form button").click()
    summary = page.locator("#form-errors")
    summary.wait_for()
    assert "SIRET" in summary.inner_text()
    assert page.locator("[name=given_name]").input_value() == "Agnès", "what was typed is kept"
    page.locator("[name=siret]").fill(SIRET)
    page.locator("[name=terms]").check()
    page.locator("main form button").click()
    page.wait_for_url("**/souscrire/code")
    page.locator("[name=code]").fill(code_sent(address, page.wait_for_timeout))
    page.locator("main form.card button").click()
    page.wait_for_url("**/souscrire/suivi/*")
    enter = page.locator("a[href$='/entrer']")
    if javascript:
        enter.wait_for(timeout=30_000)  # the page asks by itself
    else:
        while not enter.count():
            page.wait_for_timeout(300)
            page.reload()
    assert only().state == "open"
    enter.click()
    page.wait_for_url("**/connexion/premiere-fois/*")
    page.locator("main form button").click()
    page.wait_for_url(re.compile(r"http://allonnes-49\..*/mairie"))


@pytest.mark.parametrize("width", [360, 1280])
def test_pages_are_accessible_and_fit_a_phone(open_page, live, width):
    paths = "/", "/souscrire?q=corne", "/souscrire/49002", "/tarifs", "/modules", "/aide", "/contrat-donnees", "/_mail"
    assert look(open_page(width), lambda path: f"http://{live}{path}", paths, opened=True) == []

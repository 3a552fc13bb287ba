"""Eighteen modules in a real browser, from a phone to a wide screen: nothing is swiped, the menu is a button or beside."""

import pytest

from tests.journeys.axe import violations
from tests.many import LABELS, PACKAGES
from tests.many.fixtures import many_modules, town

__all__ = ["many_modules", "town"]
WIDTHS = (360, 768, 1024, 1280)
SWIPED = """[...document.querySelectorAll('body *')].filter(element => element.scrollWidth > element.clientWidth + 1
    && ['auto', 'scroll'].includes(getComputedStyle(element).overflowX)).map(element => element.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def live_modules():
    return PACKAGES


def fits(page, width):
    """Nothing is wider than the screen, nothing is swiped, the title is on the first screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert page.evaluate(SWIPED) == [], page.url
    box = page.locator("h1").bounding_box()
    assert box["y"] + box["height"] <= 740, page.url


@pytest.mark.parametrize("width", WIDTHS)
def test_the_desk_at_each_width(town, open_page, address, sign_in, width):
    page = open_page(width)
    sign_in(page, town, town.person("Sylvie", "Moreau", "secretary"))
    for path in ("/mairie", "/mairie/budget", "/mairie/fonds", "/mairie/menu", "/mairie/actualites"):
        page.goto(address(town, path))
        fits(page, width)
        assert violations(page) == []
    page.goto(address(town, "/mairie/budget"))
    button = page.locator("details.menu > summary")
    if width < 960:
        assert button.is_visible()
        button.click()
        for label in LABELS.values():
            assert page.locator(".menu-panel a", has_text=label).is_visible()
        fits(page, width)
        assert violations(page) == []
        page.keyboard.press("Escape")
        assert not page.locator(".menu-panel").is_visible()
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        button.click()
        page.locator(".menu-panel a", has_text="Cérémonies").click()
        page.wait_for_url("**/mairie/ceremonies")
    else:
        assert not button.is_visible()
        page.locator(".rail nav a", has_text="Cérémonies").click()
        page.wait_for_url("**/mairie/ceremonies")
    tabs = page.locator(".inside-fold a" if width <= 720 else ".inside a")
    if width <= 720:
        page.click(".inside-fold summary")
    assert tabs.count() == 5
    tabs.last.click()
    page.wait_for_url("**/mairie/ceremonies/page-4")


def test_a_page_is_found_from_the_keyboard(town, open_page, address, sign_in):
    page = open_page(1280)
    sign_in(page, town, town.person("Sylvie", "Moreau", "secretary"))
    page.goto(address(town, "/mairie"))
    page.keyboard.press("Control+k")
    page.keyboard.type("jardins bil")
    page.wait_for_selector("#menu-found a")
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.locator("#menu-found a").count() == 0
    page.keyboard.type("jardins bil")
    page.keyboard.press("Enter")
    page.wait_for_url("**/mairie/jardins/page-3")


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_site_at_each_width(town, open_page, address, width, javascript):
    page = open_page(width, javascript=javascript)
    for path in ("/", "/participer", "/sinformer", "/signaler"):
        page.goto(address(town, path))
        if javascript:
            fits(page, width)
            assert violations(page) == []
        for words in ("Rechercher", "Se connecter"):
            assert page.locator("header a:visible", has_text=words).bounding_box()["x"] < width
        if width < 960:
            page.click("details.menu > summary")
        assert page.locator("header a:visible", has_text="La mairie").is_visible()


def test_the_menu_of_a_phone_without_javascript(town, open_page, address, sign_in):
    page = open_page(360, javascript=False)
    sign_in(page, town, town.person("Sylvie", "Moreau", "secretary"))
    page.goto(address(town, "/mairie"))
    page.click("details.menu > summary")
    page.locator(".menu-panel a", has_text="Covoiturage").click()
    assert page.inner_text("h1") == "À traiter"
    page.click(".inside-fold summary")
    page.locator(".inside-fold a", has_text="Bilans").click()
    assert page.inner_text("h1") == "Bilans"

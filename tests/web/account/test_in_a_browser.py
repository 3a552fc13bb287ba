"""What needs a real browser: passkeys, the colour preview, filters while typing, progress of an export."""

import pytest
from sqlalchemy import delete, update

from civique.core.access.models import Credential, WebSession

pytestmark = pytest.mark.usefixtures("working")


@pytest.fixture
def signed_in(commune, open_page, address, live):
    """Opens a page of the commune as somebody."""

    def open_as(person, path, *, strong=True, **options):
        from civique.core.access.operations import open_session
        from civique.core.people.queries import get_person

        with commune.session() as session:
            token = open_session(session, get_person(session, person.id), strong=strong)
        page = open_page(**options)
        page.context.add_cookies([{"name": "civique", "value": token, "url": address(commune, "/")}])
        page.goto(address(commune, path))
        return page

    return open_as


def with_device(page):
    """Give a page's browser a device that keeps passkeys and recognises its owner at once."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    keeps = {"hasResidentKey": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **keeps}})


@pytest.fixture
def with_passkey(commune, signed_in):
    """A page of a browser whose device has a passkey of Anne, who is signed out of everywhere."""
    page = signed_in(commune.person("Anne", "Admin", "administrator"), "/mon-compte/cle", strong=False)
    with_device(page)
    page.fill("#label", "Mon téléphone")
    page.click("form[data-passkey] button")
    page.wait_for_url("**/mon-compte/protection")
    assert "Mon téléphone" in page.inner_text("main")
    return page


def test_passkey_as_second_check(commune, with_passkey, address):
    page = with_passkey
    with commune.session() as session:
        session.execute(update(WebSession).values(strong_at=None))
    page.goto(address(commune, "/mairie/personnes"))
    page.wait_for_url("**/connexion/second-facteur**")
    page.click("form[data-passkey] button")
    page.wait_for_url(address(commune, "/mairie/personnes"))


def sign_out(commune):
    with commune.session() as session:
        session.execute(delete(WebSession))


def test_passkey_signs_in_by_its_button(commune, with_passkey, address):
    page = with_passkey
    sign_out(commune)
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    page.goto(address(commune, "/mairie/personnes"))
    page.wait_for_url("**/connexion?**")
    page.click("form[data-passkey] button")
    page.wait_for_url(address(commune, "/mairie/personnes"))


def test_passkey_signs_in_from_the_field_of_the_address(commune, with_passkey, address):
    """The browser proposes it; the device of the test accepts at once."""
    page = with_passkey
    sign_out(commune)
    page.goto(address(commune, "/mairie/personnes"))
    page.wait_for_url(address(commune, "/mairie/personnes"))


def test_passkey_removed_here_is_refused_in_words(commune, with_passkey, address):
    page = with_passkey
    sign_out(commune)
    with commune.session() as session:
        session.execute(delete(Credential))
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    page.goto(address(commune, "/connexion"))
    page.click("form[data-passkey] button")
    page.wait_for_selector("text=Cette clé d’accès n’a pas été reconnue ici.")
    page.fill("#email", "anne.admin@exemple.fr")
    page.click("text=Recevoir mon code")
    page.wait_for_url("**/connexion/code")


def test_door_without_script_shows_no_passkey(commune, open_page, address):
    page = open_page(javascript=False)
    page.goto(address(commune, "/connexion"))
    assert page.is_visible("#email")
    assert not page.is_visible("form[data-passkey]")


def test_passkey_page_without_script_shows_its_twin(commune, signed_in):
    page = signed_in(commune.person(), "/mon-compte/cle", javascript=False)
    assert not page.is_visible("form[data-passkey]")
    assert page.is_visible("[data-passkey-absent]")


def test_colour_preview_follows_the_choice(commune, signed_in):
    page = signed_in(commune.person("Anne", "Admin", "administrator"), "/mairie/reglages/identite")
    page.fill("#colour", "#ffee00")
    page.dispatch_event("#colour", "change")
    page.wait_for_selector("#preview:has-text('#ffee00')")
    assert page.get_attribute("#preview rect", "fill") != "#ffee00"


def test_people_filter_while_typing(commune, signed_in):
    anne = commune.person("Anne", "Admin", "administrator")
    commune.person("Paul", "Durand")
    page = signed_in(anne, "/mairie/personnes", width=1280)
    page.locator("main input[name=q]").press_sequentially("dura")
    page.wait_for_selector("#rows:not(:has-text('Admin'))")
    assert "Durand" in page.inner_text("#rows")
    assert "q=dura" in page.url


def test_export_shows_its_progress_by_itself(commune, signed_in):
    page = signed_in(commune.person("Anne", "Admin", "administrator"), "/mairie/export")
    page.click("main form button")
    page.wait_for_url("**/mairie/taches/**")
    page.wait_for_selector("#progress a[href$='/fichier']", timeout=30_000)
    with page.expect_download() as download:
        page.click("#progress a[href$='/fichier']")
    assert download.value.suggested_filename.endswith(".zip")

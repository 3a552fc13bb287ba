"""The second check: applications, recovery codes, limits, replay."""

from datetime import UTC, datetime

import pyotp
import pytest

from civique.core.access.models import Credential
from tests.defences import defence, replaced


@pytest.fixture
def anne(commune):
    return commune.person("Anne", "Admin", "administrator")


def now_code(secret):
    return pyotp.TOTP(secret).at(datetime.now(UTC))


def set_up(client, path="/mon-compte/application"):
    """Add an application; gives its key and the page that follows."""
    page = client.get(path)
    secret = next(e.text for e in page.tree.iter() if e.get("class") == "key")
    return secret, client.post("/mon-compte/application", {**page.form(), "code": now_code(secret)})


def codes_on(page):
    return [e.text for e in page.tree.iter() if e.tag.endswith("}code")]


@defence("the back office asks a second check", replaced("civique.web.access.is_sensitive", lambda _asked: False))
def test_staff_without_any_are_led_to_one_and_back(commune, anne):
    client = commune.client(anne, strong=False)
    page = client.follow(client.get("/mairie/personnes"))
    page = client.get(page.location)
    secret = next(e.text for e in page.tree.iter() if e.get("class") == "key")
    page = client.post("/mon-compte/application", {**page.form(), "code": now_code(secret)})
    assert len(codes_on(page)) == 10
    assert "/mairie/personnes" in page.links()
    assert client.get("/mairie/personnes").status == 200


def test_the_page_opens_at_its_title(commune, anne):
    """A field that takes the focus would scroll a phone past the two ways to choose from."""
    client = commune.client(anne, strong=False)
    assert "autofocus" not in client.get("/mon-compte/application").text
    refused = client.submit("/mon-compte/application", {"code": "000000"})
    assert "autofocus" in refused.text


def test_a_stolen_mailbox_cannot_add_its_own_key(commune, anne):
    set_up(commune.client(anne))
    thief = commune.client(anne, strong=False)
    for path in (
        "/mon-compte/application",
        "/mon-compte/cle",
        "/mon-compte/mot-de-passe",
        "/mon-compte/adresse",
        "/mon-compte/effacer",
    ):
        assert thief.get(path).location.startswith("/connexion/second-facteur?suite=/mon-compte"), path
    token = thief.get("/mon-compte/protection").form()
    factor = commune.one(Credential, kind="totp")
    for path in ("protection/codes", f"protection/{factor.id}/retirer", "application"):
        assert "/second-facteur" in thief.post(f"/mon-compte/{path}", token).location
    assert thief.post("/mon-compte/cle/options", token).status == 403
    assert commune.one(Credential, kind="totp")


def test_a_code_serves_once(commune, anne):
    secret, _page = set_up(commune.client(anne))
    code = now_code(secret)
    browser = commune.client(anne, strong=False)
    page = browser.submit("/connexion/second-facteur", {"code": code})
    assert page.status == 422, "the code that set it up is spent"


def test_recovery_codes(commune, anne):
    client = commune.client(anne)
    _secret, page = set_up(client)
    code = codes_on(page)[0]
    browser = commune.client(anne, strong=False)
    assert browser.submit("/connexion/second-facteur", {"code": code}).status == 303
    again = commune.client(anne, strong=False)
    assert again.submit("/connexion/second-facteur", {"code": code}).status == 422
    page = client.submit("/mon-compte/protection/codes", on="/mon-compte/protection")
    assert len(codes_on(page)) == 10
    assert again.submit("/connexion/second-facteur", {"code": codes_on(page)[3]}).status == 303


@pytest.mark.limits
def test_five_wrong_codes_then_wait(commune, anne):
    set_up(commune.client(anne))
    browser = commune.client(anne, strong=False)
    form = browser.get("/connexion/second-facteur").form("/connexion/second-facteur") | {"code": "111111"}
    statuses = [browser.post("/connexion/second-facteur", form).status for _try in range(6)]
    assert statuses == [422] * 5 + [429]


def test_rename_and_remove(commune):
    client = commune.client(commune.person())
    set_up(client)
    factor = commune.one(Credential, kind="totp")
    path = f"/mon-compte/protection/{factor.id}"
    assert client.submit(path, {"label": "Mon téléphone"}).status == 303
    assert "Mon téléphone" in client.get("/mon-compte/protection").words
    client.submit(f"{path}/retirer", on="/mon-compte/protection")
    assert commune.all(Credential, kind="totp") == []


def test_staff_keep_one(commune, anne):
    client = commune.client(anne)
    set_up(client)
    factor = commune.one(Credential, kind="totp")
    client.submit(f"/mon-compte/protection/{factor.id}/retirer", on="/mon-compte/protection")
    assert commune.one(Credential, kind="totp")


def test_factors_of_somebody_else(commune, anne):
    set_up(commune.client(anne))
    factor = commune.one(Credential, kind="totp")
    client = commune.client(commune.person())
    assert client.get(f"/mon-compte/protection/{factor.id}").status == 404
    token = client.get("/mon-compte/adresse").form()
    assert client.post(f"/mon-compte/protection/{factor.id}/retirer", token).status == 404
    code = commune.all(Credential, kind="recovery")[0]
    assert client.get(f"/mon-compte/protection/{code.id}").status == 404


def test_devices(commune):
    person = commune.person()
    client, phone = commune.client(person), commune.client(person)
    page = client.get("/mon-compte/appareils")
    assert (
        len([e for e in page.tree.iter() if "/quitter" in e.get("action", "") and "appareils/" in e.get("action", "")])
        == 2
    )
    path = next(e.get("action") for e in page.tree.iter() if e.get("action", "").count("/") == 4)
    client.post(path, page.form(path))
    assert phone.get("/mon-compte").status == 303
    tablet, other = commune.client(person), commune.client(commune.person("Zoé", "Autre"))
    page = other.get("/mon-compte/appareils")
    hashed = client.get("/mon-compte/appareils").text.split("/mon-compte/appareils/")[1].split("/")[0]
    other.post(f"/mon-compte/appareils/{hashed}/quitter", other.get("/mon-compte/adresse").form())
    assert tablet.get("/mon-compte").status == 200, "not by somebody else"
    client.submit("/mon-compte/appareils/quitter", on="/mon-compte/appareils")
    assert tablet.get("/mon-compte").status == 303
    assert client.get("/mon-compte").status == 200

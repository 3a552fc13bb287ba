"""Passkeys as the second check, with a software authenticator: what the server accepts and what it refuses."""

import os

import pytest

from civique.core.access.models import Credential, WebSession
from tests.authenticator import add, b64, key_for, send, unb64


@pytest.fixture
def anne(commune):
    return commune.person("Anne", "Admin", "administrator")


def test_add_then_use(commune, anne):
    client, key = commune.client(anne, strong=False), key_for(commune)
    answer = add(client, key)
    assert answer.status == 200
    credential = commune.one(Credential, kind="passkey")
    assert (credential.label, credential.details["count"]) == ("Téléphone", 1)
    assert client.get("/mairie/personnes").status == 200, "adding one is a second check"
    browser = commune.client(anne, strong=False)
    page = browser.get("/connexion/second-facteur?suite=/mairie/personnes")
    assert "passkeys.js" in page.text
    options = send(browser, "/connexion/cle/options", {}, "/connexion/second-facteur").response.json
    assert [unb64(k["id"]) for k in options["allowCredentials"]] == [key.id]
    answer = send(
        browser, "/connexion/cle", {**key.get(options), "suite": "/mairie/personnes"}, "/connexion/second-facteur"
    )
    assert answer.response.json == {"next": "/mairie/personnes"}
    assert browser.get("/mairie/personnes").status == 200
    assert commune.one(Credential, kind="passkey").details["count"] == 2


def ready(commune, anne):
    """A key that is known, and a browser that asked for it."""
    key = key_for(commune)
    add(commune.client(anne, strong=False), key)
    browser = commune.client(anne, strong=False)
    options = send(browser, "/connexion/cle/options", {}, "/connexion/second-facteur").response.json
    return key, browser, options


def refused(browser, answer):
    page = send(browser, "/connexion/cle", answer, "/connexion/second-facteur")
    return page.status == 422 and browser.get("/mairie/personnes").status == 303


def test_an_answer_serves_once(commune, anne):
    key, browser, options = ready(commune, anne)
    answer = key.get(options)
    assert send(browser, "/connexion/cle", answer, "/connexion/second-facteur").status == 200
    other = commune.client(anne, strong=False)
    assert refused(other, answer)


def test_an_answer_to_another_challenge(commune, anne):
    key, browser, options = ready(commune, anne)
    assert refused(browser, key.get({**options, "challenge": b64(os.urandom(64))}))
    assert refused(browser, key.get(options)), "the challenge went with the first try"


def test_a_key_on_another_site(commune, anne):
    key, browser, options = ready(commune, anne)
    key.origin = "http://evil.example"
    assert refused(browser, key.get(options))


def test_a_counter_that_goes_back_is_a_copy(commune, anne):
    key, browser, options = ready(commune, anne)
    key.count = 0
    assert refused(browser, key.get(options))


def test_another_key_with_the_same_name(commune, anne):
    key, browser, options = ready(commune, anne)
    thief = key_for(commune)
    thief.id, thief.count = key.id, 10
    assert refused(browser, thief.get(options))


def test_the_key_of_somebody_else(commune, anne):
    _key, browser, options = ready(commune, anne)
    zoe = commune.person("Zoé", "Autre", "secretary")
    hers = key_for(commune)
    add(commune.client(zoe, strong=False), hers)
    assert refused(browser, hers.get(options))


@pytest.mark.parametrize("body", [[], {}, {"id": 3}, {"id": "x", "response": {}}, "text", None])
def test_nonsense_is_refused(commune, anne, body):
    _key, browser, _options = ready(commune, anne)
    assert refused(browser, body)


def test_registration_refused(commune, neighbour, anne):
    client, key = commune.client(anne, strong=False), key_for(commune)
    assert (
        send(client, "/mon-compte/cle", key.create({"challenge": b64(b"x" * 64)}), "/mon-compte/adresse").status == 422
    )
    options = send(client, "/mon-compte/cle/options", {}, "/mon-compte/adresse").response.json
    elsewhere = key_for(neighbour)
    assert send(client, "/mon-compte/cle", elsewhere.create(options), "/mon-compte/adresse").status == 422
    assert commune.all(Credential, kind="passkey") == []
    big = {"id": "x" * 30_000}
    assert send(client, "/mon-compte/cle", big, "/mon-compte/adresse").status == 403


def test_without_token_or_session(commune, anne):
    client = commune.client(anne)
    assert client._open("POST", "/mon-compte/cle/options", json={}).status == 400
    assert commune.client()._open("POST", "/connexion/cle/options", json={}).status in {303, 400}
    assert commune.all(WebSession, person_id=anne.id)[0].challenge is None

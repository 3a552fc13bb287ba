"""Passkeys, with a software authenticator: what the server accepts and what it refuses."""

import base64
import hashlib
import json
import os
import struct

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from civique.core.access.models import Credential, WebSession


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """A security key in software: one P-256 key, a counter, no attestation."""

    def __init__(self, host, origin):
        self.host, self.origin = host, origin
        self.id = os.urandom(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def _data(self, flags, extra=b""):
        self.count += 1
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + extra

    def _client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def create(self, options):
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(0x45, attested)})
        client = self._client("webauthn.create", options["challenge"])
        response = {"attestationObject": b64(attestation), "clientDataJSON": b64(client)}
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}

    def get(self, options):
        data, client = self._data(0x05), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"authenticatorData": b64(data), "clientDataJSON": b64(client), "signature": b64(signature)}
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}


@pytest.fixture
def anne(commune):
    return commune.person("Anne", "Admin", "administrator")


def key_for(commune):
    return Authenticator(commune.host.split(":")[0], f"http://{commune.host}")


def send(client, path, body, page):
    """Send JSON as the page's script does, with the token of a page."""
    token = next(e.get("value") for e in client.get(page).tree.iter() if e.get("name") == "csrf_token")
    return client._open("POST", path, json=body, headers={"X-CSRFToken": token})


def add(client, key):
    options = send(client, "/mon-compte/cle/options", {}, "/mon-compte/adresse").response.json
    return send(client, "/mon-compte/cle", {**key.create(options), "label": "Téléphone"}, "/mon-compte/adresse")


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

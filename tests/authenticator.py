"""A software authenticator, and what the script of the pages does with it."""

import base64
import hashlib
import json
import os
import struct

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Authenticator:
    """A device in software: one P-256 key that it keeps with the identifier that it was given, a counter, no attestation.

    Args:
        unlocked: whether it says that it recognised its owner.
    """

    def __init__(self, host, origin, *, unlocked=True):
        self.host, self.origin, self.unlocked = host, origin, unlocked
        self.handle = None
        self.id = os.urandom(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def _data(self, flags, extra=b""):
        self.count += 1
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + extra

    def _client(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def create(self, options):
        self.handle = options.get("user", {}).get("id")
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + cbor2.dumps(cose)
        attestation = cbor2.dumps(
            {"fmt": "none", "attStmt": {}, "authData": self._data(0x45 if self.unlocked else 0x41, attested)}
        )
        client = self._client("webauthn.create", options["challenge"])
        response = {"attestationObject": b64(attestation), "clientDataJSON": b64(client)}
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}

    def get(self, options):
        data, client = self._data(0x05 if self.unlocked else 0x01), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {"authenticatorData": b64(data), "clientDataJSON": b64(client), "signature": b64(signature)}
        response["userHandle"] = self.handle
        return {"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response}


def key_for(commune):
    return Authenticator(commune.host.split(":")[0], f"http://{commune.host}")


def send(client, path, body, page):
    """Send JSON as the page's script does, with the token of a page."""
    token = next(e.get("value") for e in client.get(page).tree.iter() if e.get("name") == "csrf_token")
    return client._open("POST", path, json=body, headers={"X-CSRFToken": token})


def add(client, key):
    options = send(client, "/mon-compte/cle/options", {}, "/mon-compte/adresse").response.json
    return send(client, "/mon-compte/cle", {**key.create(options), "label": "Téléphone"}, "/mon-compte/adresse")

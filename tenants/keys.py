"""Passwords of the login roles: derived from a versioned tenant key, never stored.

The tenant key is not ``SECRET_KEY``: rotating the cookies' key must not lock the communes out of the database.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


@dataclass(frozen=True)
class KeyRing:
    """Tenant keys by version (1, 2, …); the highest version makes new passwords, the others still open old ones."""

    keys: dict[int, bytes]

    @property
    def current(self) -> int:
        """Version of the key that new and re-keyed roles use."""
        return max(self.keys)

    def password(self, role: str, version: int) -> str:
        """Password of a login role: HKDF-SHA256 (RFC 5869) of the key, bound to the role's name; 256 bits, URL-safe.

        Raises:
            LookupError: this version of the key is not on the ring.
        """
        try:
            key = self.keys[version]
        except KeyError:
            raise LookupError(f"tenant key version {version} is missing") from None
        raw = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"civique role " + role.encode()).derive(key)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read ``1:hex 2:hex`` (spaces, commas or lines between), as kept in ``TENANT_KEYS`` or in a private file.

        Raises:
            ValueError: no key, a malformed one, or one shorter than 32 bytes.
        """
        keys: dict[int, bytes] = {}
        wrong = ValueError("TENANT_KEYS needs at least one key of 32 bytes, written as 1:hexadecimal")
        for item in text.replace(",", " ").split():
            version, _, value = item.partition(":")
            try:
                keys[int(version)] = bytes.fromhex(value)
            except ValueError:
                raise wrong from None
        if not keys or any(len(key) < 32 for key in keys.values()):
            raise wrong
        return cls(keys)

    @classmethod
    def load_or_create(cls, path: Path) -> "KeyRing":
        """Key ring of an embedded instance, kept in a file that only its owner reads."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(f"1:{secrets.token_hex(32)}\n")
        return cls.parse(path.read_text())

    def add_to(self, path: Path) -> "KeyRing":
        """Append a new key version to the file and return the longer ring."""
        with path.open("a") as file:
            file.write(f"{self.current + 1}:{secrets.token_hex(32)}\n")
        return self.parse(path.read_text())


def scram_verifier(password: str, iterations: int = 1) -> str:
    """PostgreSQL's stored form of a password (RFC 5803), so that the password itself never reaches the server's log.

    One iteration is enough for a derived 256-bit password and opens a connection in 2 ms instead of 5.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(iterations, *parts)

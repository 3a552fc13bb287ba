"""Sealing what must be read again (an authenticator's key) with SECRET_KEY, bound to the commune."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from civique.core.config import config
from tenants.session import current_tenant


def _key(secret: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"civique seal").derive(secret.encode())
    return AESGCM(derived)


def seal(text: str) -> str:
    """Encrypt a short secret (AES-256-GCM); only the same commune can open it."""
    nonce = os.urandom(12)
    sealed = _key(config().secret_key).encrypt(nonce, text.encode(), current_tenant().id.bytes)
    return base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str) -> str:
    """Decrypt, also with a former SECRET_KEY.

    Raises:
        ValueError: altered, of another commune, or the key is gone.
    """
    raw = base64.urlsafe_b64decode(sealed)
    for secret in (config().secret_key, *config().old_secret_keys):
        try:
            return _key(secret).decrypt(raw[:12], raw[12:], current_tenant().id.bytes).decode()
        except InvalidTag:
            continue
    raise ValueError("this secret cannot be opened")

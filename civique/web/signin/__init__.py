"""Signing in and out."""

from civique.web.signin import passkeys
from civique.web.signin.views import blueprint

__all__ = ["blueprint", "passkeys"]

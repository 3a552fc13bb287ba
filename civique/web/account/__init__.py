"""« Mon compte »: my data, my requests, my devices, my second factor."""

from civique.web.account import (
    authenticator,
    consents,
    devices,
    my_data,
    organisations,
    overview,
    papers,
    passkeys,
    preferences,
    questions,
    relatives,
)
from civique.web.account.blueprint import blueprint

__all__ = [
    "authenticator",
    "blueprint",
    "consents",
    "devices",
    "my_data",
    "organisations",
    "overview",
    "papers",
    "passkeys",
    "preferences",
    "questions",
    "relatives",
]

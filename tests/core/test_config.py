"""The environment as it is read."""

import pytest

from civique.core.config import config

SECRETS = {"SECRET_KEY": "s" * 32, "TENANT_KEYS": "1:" + "ab" * 32}


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({"BASE_DOMAIN": "civique.localhost", "PORT": "8013"}, "http://x.civique.localhost:8013"),
        ({"BASE_DOMAIN": "civique.localhost:8014", "PORT": "8013"}, "http://x.civique.localhost:8014"),
        ({"BASE_DOMAIN": "civique.localhost"}, "http://x.civique.localhost:8000"),
        ({"BASE_DOMAIN": "participe.example", "PORT": "8013"}, "https://x.participe.example"),
        ({"BASE_DOMAIN": "participe.example:8443", "PORT": "8013"}, "https://x.participe.example:8443"),
        ({"BASE_DOMAIN": "Participe.Example"}, "https://x.participe.example"),
    ],
)
def test_addresses_have_the_port_that_people_see(monkeypatch, environment, address):
    """In production PORT is where the process listens behind the web server; it is in no address."""
    monkeypatch.delenv("PORT", raising=False)
    for name, value in (SECRETS | environment).items():
        monkeypatch.setenv(name, value)
    assert config.__wrapped__().address("x") == address


@pytest.mark.parametrize("missing", SECRETS)
def test_production_starts_with_no_secret_of_its_own_making(monkeypatch, missing):
    monkeypatch.setenv("BASE_DOMAIN", "participe.example")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)
    with pytest.raises(ValueError, match=missing):
        config.__wrapped__()

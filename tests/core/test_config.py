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


def test_a_command_in_another_terminal_finds_the_embedded_servers(monkeypatch, tmp_path):
    """What ``civique up`` notes beside its data; the environment comes first, and production reads no such file."""
    (tmp_path / "servers.json").write_text('{"DATABASE_URL": "postgresql://a@/civique", "REDIS_URL": "unix:///v.sock"}')
    for name, value in {**SECRETS, "CIVIQUE_VAR": str(tmp_path), "BASE_DOMAIN": "civique.localhost"}.items():
        monkeypatch.setenv(name, value)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    found = config.__wrapped__()
    assert (found.database_url, found.redis_url) == ("postgresql://a@/civique", "unix:///v.sock")
    monkeypatch.setenv("DATABASE_URL", "postgresql://b@/civique")
    assert config.__wrapped__().database_url == "postgresql://b@/civique"
    monkeypatch.setenv("BASE_DOMAIN", "participe.example")
    assert config.__wrapped__().redis_url == ""

"""Which domains may have a certificate: those that answer, asked by the web server of this machine and nobody else."""

from urllib.parse import quote

import pytest

from civique.core.config import config
from civique.core.process import provisioner, registry

HERE = {"REMOTE_ADDR": "127.0.0.1"}


def ask(client, domain, **environ):
    """Status of the answer about a domain."""
    return client.get(f"/_tls?domain={quote(domain)}", environ_base={**HERE, **environ}).status


def test_the_apex_and_a_commune_may_have_a_certificate(commune, apex):
    base = config().base_domain
    assert ask(apex, base) == 200
    assert ask(apex, f"{commune.tenant.slug}.{base}") == 200
    assert ask(apex, f"{commune.tenant.slug}.{base}.".upper()) == 200


@pytest.mark.parametrize(
    "domain", ["", "evil.example", "personne.civique.localhost", "a.b.civique.localhost", "é", "x" * 900, "a\0b"]
)
def test_a_domain_where_nobody_answers_may_not(apex, domain):
    assert ask(apex, domain) == 404


def test_a_domain_of_its_own_once_it_was_seen_to_point_here(commune, apex):
    provisioner().add_host(commune.tenant, "participer.exemple.fr", verified=False)
    assert ask(apex, "participer.exemple.fr") == 404
    provisioner().add_host(commune.tenant, "participer.exemple.fr", verified=True)
    assert ask(apex, "participer.exemple.fr") == 200


def test_a_commune_that_leaves_has_no_certificate_any_more(commune, apex):
    domain = f"{commune.tenant.slug}.{config().base_domain}"
    provisioner().set_state(commune.tenant, "suspended")
    assert ask(apex, domain) == 200
    provisioner().set_state(commune.tenant, "deleting")
    assert ask(apex, domain) == 404


def test_nobody_else_may_ask(commune, apex):
    """Otherwise anybody could list the communes, closed ones too."""
    domain = f"{commune.tenant.slug}.{config().base_domain}"
    assert ask(apex, domain, REMOTE_ADDR="192.0.2.7") == 404
    assert ask(apex, domain, HTTP_X_FORWARDED_FOR="192.0.2.7") == 404
    assert ask(commune.client(), domain, HTTP_X_FORWARDED_FOR="127.0.0.1") == 404


def test_a_database_that_is_away_gives_no_certificate(apex, monkeypatch):
    from sqlalchemy import create_engine

    registry().forget()
    monkeypatch.setattr(registry(), "engine", create_engine("postgresql+psycopg://x@127.0.0.1:1/x"))
    assert ask(apex, "participer.exemple.fr") == 503

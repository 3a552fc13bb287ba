"""A domain leads to the commune that its DNS names, and to no other."""

import pytest
from sqlalchemy import delete

from civique.core.process import provisioner
from tenants.models import TenantHost
from tenants.provision import Provisioner
from tests.defences import defence, replaced
from tests.fixtures import wsgi
from tests.web.admin.test_set_up import answers

PAGE, CHECK = "/mairie/reglages/domaine", "/mairie/reglages/domaine/verifier"
HOST = "participer.exemple.fr"
OURS = "192.0.2.1"


@pytest.fixture
def admin(commune):
    return commune.client(commune.person("Anne", "Admin", "administrator"))


@pytest.fixture
def own(commune, dns):
    """Host of the commune's subdomain, whose address the DNS knows."""
    wsgi().commune.config["DNS_SERVERS"] = (dns.server,)
    host = f"{commune.tenant.slug}.civique.localhost"
    dns.records[host, "A"] = [OURS]
    yield host
    del wsgi().commune.config["DNS_SERVERS"]


def takes_any_domain(patch):
    """A domain goes to whoever asks last, also when another commune proved it."""
    add_host = Provisioner.add_host

    def take(self, tenant, host, verified=True):
        with self.engines.owner.begin() as connection:
            connection.execute(delete(TenantHost).where(TenantHost.host == host))
        add_host(self, tenant, host, verified)

    patch.setattr("civique.web.admin.domain._free", lambda host: host)
    patch.setattr(Provisioner, "add_host", take)


def check(admin):
    return admin.follow(admin.submit(CHECK, on=PAGE)).words


def test_a_cname_to_the_commune(commune, admin, dns, own):
    page = admin.follow(admin.submit(PAGE, {"host": f"https://{HOST.upper()}/"}))
    assert f"{HOST}. CNAME {own}." in page.words
    assert "ne nomme encore votre commune" in check(admin)
    assert not answers(commune, HOST)
    dns.records |= {(HOST, "CNAME"): [own], (HOST, "A"): [OURS, "203.0.113.9"]}
    assert "pas encore" in check(admin), "it points elsewhere too"
    assert not answers(commune, HOST)
    dns.records[HOST, "A"] = [OURS]
    check(admin)
    assert answers(commune, HOST)


@defence("a domain is proven", replaced("civique.web.admin.dns.proven", lambda *_: True))
def test_an_address_alone_proves_nothing(commune, neighbour, admin, dns, own):
    """The neighbour's DNS leads to this deployment, which all communes share."""
    admin.submit(PAGE, {"host": HOST})
    dns.records |= {(HOST, "A"): [OURS], (HOST, "CNAME"): [f"{neighbour.tenant.slug}.civique.localhost"]}
    assert "ne nomme encore votre commune" in check(admin)
    dns.records[f"_civique.{HOST}", "TXT"] = [f"civique={neighbour.tenant.slug}", "civique=", "v=spf1 -all"]
    check(admin)
    assert not answers(commune, HOST)


@pytest.mark.parametrize("host", ["exemple.fr", "exemple.asso.fr", "exemple.cci.fr", "exemple.bzh"])
def test_a_domain_without_first_part(commune, admin, dns, own, host):
    dns.records[own, "AAAA"] = ["2001:db8::1"]
    page = admin.follow(admin.submit(PAGE, {"host": host}))
    assert f"_civique.{host}. TXT civique={commune.tenant.slug} {host}. A {OURS} {host}. AAAA 2001:db8::1" in page.words
    assert "aucune ligne CNAME" in page.words
    dns.records |= {(f"_civique.{host}", "TXT"): [f"civique={commune.tenant.slug}"]}
    assert "ne mène pas encore ici" in check(admin)
    dns.records[host, "A"] = [OURS]
    check(admin)
    assert answers(commune, host)


def test_the_dns_does_not_answer(commune, admin, dns, own):
    admin.submit(PAGE, {"host": HOST})
    dns.fails = True
    assert "ne répond pas" in check(admin)
    admin.submit(PAGE, {"host": "exemple.fr"})
    assert "exemple.fr. ALIAS" in admin.get(PAGE).words


def test_domains_that_are_refused(commune, neighbour, admin):
    provisioner().add_host(neighbour.tenant, "angers.exemple.fr")
    taken = [
        "angers.exemple.fr",
        "civique.localhost",
        f"{neighbour.tenant.slug}.civique.localhost",
        "localhost",
        "10.0.0.1",
    ]
    for host in [*taken, "exemple", "a b.fr", "-a.fr", "x" * 300 + ".fr", "serveur.local"]:
        assert admin.submit(PAGE, {"host": host}).status == 422, host


@defence("a proven domain is not taken", takes_any_domain)
def test_a_domain_proven_by_another_between_the_question_and_the_check(commune, neighbour, admin, dns, own):
    admin.submit(PAGE, {"host": HOST})
    provisioner().add_host(neighbour.tenant, HOST)
    dns.records |= {(HOST, "CNAME"): [own], (HOST, "A"): [OURS]}
    assert "mène déjà à un autre site" in check(admin)
    assert answers(neighbour, HOST)


def test_who_proves_a_domain_takes_it_from_who_never_did(commune, neighbour, admin, dns, own):
    provisioner().add_host(neighbour.tenant, HOST, verified=False)
    admin.submit(PAGE, {"host": HOST})
    dns.records |= {(HOST, "CNAME"): [own], (HOST, "A"): [OURS]}
    check(admin)
    assert answers(commune, HOST)

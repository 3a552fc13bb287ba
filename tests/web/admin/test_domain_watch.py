"""A domain that was proven is looked at every week: the commune and who runs the service are told, the site stays."""

from datetime import timedelta

import pytest
import time_machine

from civique import health
from civique.core import clock, settings
from civique.core.commune import OwnDomain
from civique.core.process import engines, provisioner, registry
from civique.web.admin import domain_watch
from tests.defences import defence, replaced
from tests.web.admin.test_set_up import answers

PAGE = "/mairie/reglages/domaine"
HOST = "participer.exemple.fr"
OURS = "192.0.2.1"

pytestmark = pytest.mark.fresh_communes


@pytest.fixture
def admin(commune):
    return commune.client(commune.person("Anne", "Admin", "administrator"))


@pytest.fixture
def led(commune, dns):
    """A commune whose domain leads here."""
    own = domain_watch.own_host(commune.tenant)
    dns.records |= {(own, "A"): [OURS], (HOST, "A"): [OURS], (HOST, "CNAME"): [own]}
    with commune.session() as session:
        settings.change(session, OwnDomain, host=HOST)
    provisioner().add_host(commune.tenant, HOST)
    commune.tenant = registry().by_schema(commune.tenant.schema)
    return commune


def look(commune, dns, weeks):
    """What the worker does, so many weeks from now."""
    with time_machine.travel(clock.now() + timedelta(weeks=weeks)), commune.session() as session:
        domain_watch.note(session, domain_watch.look(commune.tenant, [dns.server]))


def missed(commune):
    with commune.session() as session:
        return settings.get(session, OwnDomain).missed


def doctor():
    """What it says of the domain to who runs the service."""
    return [sentence for sentence in health.examine(managed=True)[1] if HOST in sentence]


def asked(commune):
    with engines().platform.connect() as connection:
        query = "SELECT count(*) FROM platform.outbox WHERE owner = %s AND job = %s AND done_at IS NULL"
        return connection.exec_driver_sql(query, (commune.tenant.schema, domain_watch.JOB)).scalar_one()


def test_told_after_three_looks_and_never_taken_away(led, admin, dns):
    dns.records[HOST, "A"] = ["203.0.113.9"]
    for week in (1, 2):
        look(led, dns, week)
    assert "Ne mène plus ici" not in admin.get(PAGE).words
    assert not doctor()
    look(led, dns, 3)
    page = admin.get(PAGE)
    assert "Ne mène plus ici" in page.words
    assert f"{HOST}. CNAME" in page.words, "what to copy is there again"
    assert f"Regarder le DNS de {HOST}" in admin.get("/mairie").words
    assert doctor()
    assert answers(led, HOST), "the site stays"
    dns.records[HOST, "A"] = [OURS]
    look(led, dns, 4)
    assert "Ne mène plus ici" not in admin.get(PAGE).words


@defence(
    "a DNS that does not answer counts for nothing", replaced("civique.web.admin.domain_watch.look", lambda *_: set())
)
def test_a_dns_that_does_not_answer_counts_for_nothing(led, dns):
    dns.fails = True
    for week in (1, 2, 3):
        look(led, dns, week)
    assert missed(led) == 0


def test_looks_in_a_row(led, dns):
    for week, there in enumerate((["203.0.113.9"], ["203.0.113.9"], [OURS], ["203.0.113.9"]), 1):
        dns.records[HOST, "A"] = there
        look(led, dns, week)
    assert missed(led) == 1


def test_the_same_look_twice_counts_once(led, dns):
    dns.records[HOST, "A"] = ["203.0.113.9"]
    look(led, dns, 1)
    look(led, dns, 1.1)
    assert missed(led) == 1


def test_asked_once_a_week_where_there_is_a_domain(led, neighbour, dns):
    for commune in (led, neighbour):
        with commune.session() as session:
            domain_watch.ask_to_look(session)
    assert (asked(led), asked(neighbour)) == (1, 0)
    look(led, dns, 0)
    with led.session() as session:
        domain_watch.ask_to_look(session)
    assert asked(led) == 1


def test_checked_again_it_is_as_before(led, admin, dns, monkeypatch):
    monkeypatch.setattr("civique.web.admin.domain._servers", lambda: (dns.server,))
    dns.records[HOST, "A"] = ["203.0.113.9"]
    for week in (1, 2, 3):
        look(led, dns, week)
    dns.records[HOST, "A"] = [OURS]
    assert "Ne mène plus ici" not in admin.follow(admin.submit(f"{PAGE}/verifier", on=PAGE)).words
    assert missed(led) == 0

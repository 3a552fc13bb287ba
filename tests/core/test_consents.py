"""What people agree to: a use, until a day, by who may; a withdrawal takes effect at once, everywhere."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from civique.core import clock, events, privacy
from civique.core.consents.events import ConsentWithdrawn
from civique.core.consents.models import Consent
from civique.core.consents.operations import give_consent, withdraw_consent
from civique.core.consents.queries import consented, consenting
from civique.core.people.models import Person
from civique.core.people.operations import accept_proxy, ask_proxy, merge_people
from civique.core.people.queries import get_person
from civique.core.registry import modules
from tests.refusals import refuses


@pytest.fixture
def nadia(commune):
    return commune.person("Nadia", "Habitante")


@pytest.fixture
def child(commune):
    """A child of ten, without a guardian yet."""
    child = commune.person("Zoé", "Habitante", email=None)
    with commune.session() as session:
        get_person(session, child.id).birth_date = commune.today - timedelta(days=3700)
    return child


@pytest.fixture
def told(monkeypatch):
    """Withdrawals that a listener heard, with what a query says at that moment."""
    heard = []

    def hear(session, happened):
        heard.append((happened, consented(session, happened.person_id, happened.kind, happened.medium)))

    monkeypatch.setitem(events._listeners, ConsentWithdrawn, [("core", hear)])
    return heard


def make_guardian(session, parent, child, kind="guardian"):
    proxy = ask_proxy(session, parent, child.given_name, child.family_name, kind)
    accept_proxy(session, proxy, child)


def give(commune, person, kind="image", medium="site", **facts):
    facts = {"given_by": person.name, "until": commune.today + timedelta(days=30)} | facts
    with commune.session() as session:
        return give_consent(session, get_person(session, person.id), kind, medium=medium, **facts)


def agrees(commune, person, *use):
    with commune.session() as session:
        return consented(session, person.id, *use)


def test_agreeing_to_one_use_says_nothing_of_the_others(commune, nadia):
    give(commune, nadia)
    assert agrees(commune, nadia, "image", "site")
    assert not agrees(commune, nadia, "image", "press")
    assert not agrees(commune, nadia, "image")
    assert not agrees(commune, nadia, "participation")


def test_a_withdrawal_takes_effect_at_once_and_is_told_once(commune, nadia, told):
    consent = give(commune, nadia)
    for _ in range(2):
        with commune.session() as session:
            withdraw_consent(session, session.get(Consent, consent.id))
    assert told == [(ConsentWithdrawn(nadia.id, "image", "site"), False)]
    assert not agrees(commune, nadia, "image", "site")
    assert commune.one(Consent).withdrawn_at, "the proof stays"


def test_what_hears_a_withdrawal_and_fails_undoes_it(commune, nadia, monkeypatch):
    consent = give(commune, nadia)

    def fail(_session, _happened):
        raise RuntimeError

    monkeypatch.setitem(events._listeners, ConsentWithdrawn, [("core", fail)])
    with pytest.raises(RuntimeError), commune.session() as session:
        withdraw_consent(session, session.get(Consent, consent.id))
    assert agrees(commune, nadia, "image", "site"), "one transaction"


def test_a_consent_ends_after_its_last_day(commune, nadia):
    give(commune, nadia, until=commune.today)
    assert agrees(commune, nadia, "image", "site")
    commune.sql("UPDATE consent SET given_on = given_on - 9, until = until - 1")
    assert not agrees(commune, nadia, "image", "site")
    with refuses("consent_until"):
        give(commune, nadia, until=commune.today - timedelta(days=1))


def test_giving_it_again_replaces_it(commune, nadia):
    give(commune, nadia)
    later = commune.today + timedelta(days=300)
    give(commune, nadia, until=later)
    assert commune.one(Consent).until == later


def test_two_agents_noting_it_at_once_leave_one(commune, nadia):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: give(commune, nadia), range(4)))
    assert commune.one(Consent, withdrawn_at=None).person_id == nadia.id


def test_a_minor_agrees_by_a_legal_guardian(commune, nadia, child):
    for use in (("image", "site"), ("participation", "")):
        with refuses("minor"):
            give(commune, child, *use)
        with refuses("not_guardian"):
            give(commune, child, *use, guardian=nadia)
    with commune.session() as session:
        make_guardian(session, get_person(session, nadia.id), get_person(session, child.id))
    given = give(commune, child, "participation", "", given_by="", guardian=nadia)
    assert (given.given_by, given.guardian_id) == ("Nadia Habitante", nadia.id)
    give(commune, child, given_by="Omar Habitante")  # on paper, a guardian without a record
    assert agrees(commune, child, "image", "site")


def test_a_relative_is_no_guardian(commune, nadia, child):
    with commune.session() as session:
        make_guardian(session, get_person(session, nadia.id), get_person(session, child.id), "relative")
    with refuses("not_guardian"):
        give(commune, child, guardian=nadia)


def test_somebody_gives_it(commune, nadia):
    with refuses("consent_by"):
        give(commune, nadia, given_by="  ")


def test_a_list_asks_it_of_everybody(commune, nadia, child):
    give(commune, nadia)
    with commune.session() as session:
        query = select(Person.id).where(consenting(Person.id, "image", "site"))
        assert session.scalars(query).all() == [nadia.id]


def test_another_commune_knows_nothing_of_it(commune, neighbour, nadia):
    give(commune, nadia)
    assert not agrees(neighbour, nadia, "image", "site")


def test_erasing_a_person_withdraws_what_they_agreed_to(commune, nadia, told):
    give(commune, nadia)
    with commune.session() as session:
        privacy.erase(session, get_person(session, nadia.id), modules())
    assert [happened for happened, _ in told] == [ConsentWithdrawn(nadia.id, "image", "site")]
    assert commune.all(Consent) == []


def test_erasing_a_guardian_leaves_the_consent_without_the_name(commune, nadia, child):
    with commune.session() as session:
        make_guardian(session, get_person(session, nadia.id), get_person(session, child.id))
    give(commune, child, guardian=nadia)
    with commune.session() as session:
        assert "Zoé" in str(privacy.export_person(session, get_person(session, nadia.id), modules())["consents"])
        privacy.erase(session, get_person(session, nadia.id), modules())
    left = commune.one(Consent)
    assert (left.given_by, left.guardian_id, left.withdrawn_at) == ("", None, None)


@pytest.mark.parametrize("first", ["kept", "double"])
def test_of_two_records_of_one_person_the_last_word_counts(commune, nadia, told, first):
    double = commune.person("Nadia", "Habitant")
    said_first, said_last = (nadia, double) if first == "kept" else (double, nadia)
    consent = give(commune, said_first)
    given = give(commune, said_last, "image", "press")
    with commune.session() as session:
        withdraw_consent(session, session.get(Consent, given.id))
    give(commune, said_first, "image", "press")
    withdrawn = give(commune, said_last)
    with commune.session() as session:
        withdraw_consent(session, session.get(Consent, withdrawn.id))
        assert session.get(Consent, consent.id).withdrawn_at is None
        merge_people(session, get_person(session, nadia.id), get_person(session, double.id))
    assert not agrees(commune, nadia, "image", "site"), "withdrawn last"
    assert agrees(commune, nadia, "image", "press"), "given last"


def test_until_is_not_before_it_was_given(commune, nadia):
    from sqlalchemy.exc import IntegrityError

    give(commune, nadia)
    with pytest.raises(IntegrityError, match="ck_consent_until"):
        commune.sql("UPDATE consent SET until = given_on - 1")
    assert commune.one(Consent).until >= clock.now().date()

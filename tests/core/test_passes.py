"""Links and codes of somebody without an account: each opens one thing, of one commune, until it ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from civique.core import clock, privacy, settings
from civique.core.audit import AuditEntry
from civique.core.commune import Contact
from civique.core.passes.models import AccessPass
from civique.core.passes.operations import PIN_TRIES, issue, open_by_pin, open_pass, opened_row, revoke, token_of
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question
from civique.core.refused import Refused
from civique.core.registry import modules
from tests.refusals import refuses

SOON = timedelta(days=3)
PHONE = "02\N{NO-BREAK SPACE}41\N{NO-BREAK SPACE}45\N{NO-BREAK SPACE}67\N{NO-BREAK SPACE}89"


@pytest.fixture
def question(commune):
    """What the passes are about."""
    with commune.session() as session:
        settings.put(session, Contact(phone="+33241456789"))
        return receive_question(session, text="La salle est-elle libre ?", name="Léo")


def issued(commune, row, purpose="rsvp", until=SOON, **facts):
    with commune.session() as session:
        return issue(session, purpose, row, until=clock.now() + until, **facts)


def test_a_link_opens_what_it_is_about(commune, question):
    link = issued(commune, question)
    with commune.session() as session:
        opened = open_pass(session, "rsvp", link.token)
        assert opened_row(session, opened, Question).id == question.id
        with refuses("unknown_pass"):
            opened_row(session, opened, Person)


def test_neither_the_link_nor_the_code_is_kept(commune, question):
    link = issued(commune, question, pin=True)
    assert len(link.token) >= 22, "128 bits"
    assert len(link.pin) == 6
    rows = str(commune.sql("SELECT * FROM access_pass")) + str(commune.sql("SELECT data FROM audit_entry"))
    assert link.token not in rows
    assert link.pin not in rows


@pytest.mark.parametrize("token", ["", "0", "é" * 9000, "\x00", "A" * 43])
def test_what_is_no_link_opens_nothing(commune, question, token):
    issued(commune, question)
    with commune.session() as session, refuses("unknown_pass") as caught:
        open_pass(session, "rsvp", token)
    assert PHONE in str(caught.value)


def test_a_pass_of_another_purpose_opens_nothing(commune, question):
    link = issued(commune, question, pin=True)
    with commune.session() as session:
        with refuses("unknown_pass"):
            open_pass(session, "voucher", link.token)
        with refuses("wrong_pin"):
            open_by_pin(session, "voucher", link.reference, link.pin)
    assert commune.one(AccessPass).tries == 0


def test_a_pass_of_another_commune_opens_nothing(commune, neighbour, question):
    link = issued(commune, question, pin=True)
    with neighbour.session() as session:
        with refuses("unknown_pass"):
            open_pass(session, "rsvp", link.token)
        with refuses("wrong_pin"):
            open_by_pin(session, "rsvp", link.reference, link.pin)


def test_a_code_opens_however_its_reference_is_typed(commune, question):
    link = issued(commune, question, pin=True)
    typed = link.reference.lower().replace("-", "  ")
    with commune.session() as session:
        assert open_by_pin(session, "rsvp", typed, f"{link.pin[:3]} {link.pin[3:]}").id == link.row.id


def test_a_link_without_code_has_none(commune, question):
    link = issued(commune, question)
    with commune.session() as session:
        for pin in ("", "000000"):
            with refuses("wrong_pin"):
                open_by_pin(session, "rsvp", link.reference, pin)


def test_an_ended_pass_says_when_it_ended_and_whom_to_call(commune, question):
    link = issued(commune, question, until=timedelta(seconds=-1), pin=True)
    with commune.session() as session:
        for open_it in (
            lambda: open_pass(session, "rsvp", link.token),
            lambda: open_by_pin(session, "rsvp", link.reference, link.pin),
        ):
            with refuses("ended_pass") as caught:
                open_it()
            assert str(commune.today.year) in str(caught.value)
            assert PHONE in str(caught.value)


def test_a_revoked_pass_says_so(commune, question):
    link, kept = issued(commune, question), issued(commune, question, "voucher")
    with commune.session() as session:
        assert revoke(session, question, "rsvp") == 1
        assert revoke(session, question, "rsvp") == 0, "the second time there is nothing left"
    with commune.session() as session:
        with refuses("revoked_pass") as caught:
            open_pass(session, "rsvp", link.token)
        assert PHONE in str(caught.value)
        assert open_pass(session, "voucher", kept.token)
        assert revoke(session, question) == 1


def wrong(pin):
    return f"{(int(pin) + 1) % 1_000_000:06}"


def try_code(commune, link, pin):
    with commune.session() as session:
        try:
            open_by_pin(session, "rsvp", link.reference, pin)
        except Refused as refused:
            if not refused.keep:
                session.rollback()
            return refused.rule
    return "opened"


def test_five_wrong_codes_lock_the_reference_even_for_the_right_one(commune, question):
    link = issued(commune, question, pin=True)
    rules = [try_code(commune, link, wrong(link.pin)) for _ in range(PIN_TRIES)]
    assert rules == ["wrong_pin"] * 4 + ["locked_pass"]
    assert try_code(commune, link, link.pin) == "locked_pass"
    assert [entry.action for entry in commune.all(AuditEntry, object_id=link.row.id)][-1] == "access_pass.locked"
    with commune.session() as session:
        assert open_pass(session, "rsvp", link.token), "the link itself was not guessed"


def test_the_right_code_forgives_the_slips_before_it(commune, question):
    link = issued(commune, question, pin=True)
    for _ in range(3):
        assert [try_code(commune, link, pin) for pin in (wrong(link.pin), wrong(link.pin), link.pin)][-1] == "opened"


def test_codes_tried_at_the_same_moment_are_counted_one_by_one(commune, question):
    link = issued(commune, question, pin=True)
    with ThreadPoolExecutor(8) as threads:
        rules = list(threads.map(lambda _: try_code(commune, link, wrong(link.pin)), range(16)))
    assert rules.count("wrong_pin") == PIN_TRIES - 1
    assert commune.one(AccessPass).tries == PIN_TRIES


def test_a_code_holds_when_the_secret_key_changes(commune, question, monkeypatch):
    from dataclasses import replace

    from civique.core.config import config
    from civique.core.passes import operations

    link = issued(commune, question, pin=True)
    new = replace(config(), secret_key="another" * 8, old_secret_keys=(config().secret_key,))
    monkeypatch.setattr(operations, "config", lambda: new)
    assert try_code(commune, link, link.pin) == "opened"
    monkeypatch.setattr(operations, "config", lambda: replace(new, old_secret_keys=()))
    assert try_code(commune, link, link.pin) == "wrong_pin"


def test_the_link_of_a_pass_can_be_sent_again(commune, question, monkeypatch):
    from dataclasses import replace

    from civique.core.config import config
    from civique.core.passes import operations

    link = issued(commune, question)
    former = config()
    with commune.session() as session:
        assert token_of(session.get(AccessPass, link.row.id)) == link.token
    monkeypatch.setattr(operations, "config", lambda: replace(former, secret_key="b" * 40, old_secret_keys=()))
    with commune.session() as session:
        other = token_of(session.get(AccessPass, link.row.id))
        assert other != link.token, "the key is gone"
        assert open_pass(session, "rsvp", other)


def test_nobody_makes_a_link_from_what_the_database_holds(commune, neighbour, question):
    """Not even with the key, in another commune."""
    link = issued(commune, question)
    with neighbour.session():
        assert token_of(link.row) != link.token


def test_what_a_pass_was_about_may_be_gone(commune, question):
    link = issued(commune, question)
    commune.sql("DELETE FROM question")
    with commune.session() as session, refuses("unknown_pass"):
        opened_row(session, open_pass(session, "rsvp", link.token), Question)


def test_an_erased_person_leaves_no_pass(commune, question):
    person = commune.person("Nadia", "Habitante")
    link = issued(commune, question, person=person)
    with commune.session() as session:
        assert privacy.export_person(session, get_person(session, person.id), modules())["passes"]
        privacy.erase(session, get_person(session, person.id), modules())
    with commune.session() as session, refuses("unknown_pass"):
        open_pass(session, "rsvp", link.token)


def test_passes_are_forgotten_sixty_days_after_they_ended(commune, question):
    issued(commune, question, until=timedelta(days=-61))
    ended, live = issued(commune, question, until=timedelta(days=-59)), issued(commune, question)
    with commune.session() as session:
        assert privacy.purge(session, modules())["access_pass"] == 1
        assert set(session.scalars(select(AccessPass.id))) == {ended.row.id, live.row.id}

"""Agreements of the core, as any module meets them."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from civique.core import events, privacy
from civique.core.access.models import SignInCode
from civique.core.agreements import operations as agreements
from civique.core.agreements import queries, signing, subjects
from civique.core.agreements.events import AgreementSigned
from civique.core.agreements.models import Agreement, Signature
from civique.core.agreements.reminders import remind_agreements
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.switching import switch_off
from tests.defences import defence, replaced
from tests.fixtures import VILLAGE
from tests.sample.agreements import SUBJECT
from tests.sample.operations import ask_pickup

DUTIES = (["Planter"], ["Fournir les plants"])


def opened(session, row):
    return session.get(type(row), row.id)


def refused(operation, *arguments, **named):
    with pytest.raises(Refused) as error:
        operation(*arguments, **named)
    return error.value.rule


@pytest.fixture
def village(make_commune):
    """A commune without communes déléguées, where collections may be agreed on, and no fund."""
    return make_commune(VILLAGE, "sample")


@pytest.fixture
def pickup(village):
    """A collection that Nadia asked for."""
    nadia = village.person("Nadia", "Habitante")
    with village.session() as session:
        return ask_pickup(session, get_person(session, nadia.id), "Le port fleuri", village.today)


@pytest.fixture
def drafted(village, pickup):
    """An agreement that is written and not offered."""
    with village.session() as session:
        return agreements.draw_up_agreement(session, opened(session, pickup), *DUTIES)


@pytest.fixture
def agreed(village, drafted):
    """An agreement that both sides may sign."""
    with village.session() as session:
        made = opened(session, drafted)
        agreements.offer_agreement(session, made)
        return made


def signed(session, agreement, *sides):
    for side in sides or ("applicant", "commune"):
        agreements.sign_agreement(session, agreement, side, name="Nadia", means="paper")


def test_an_agreement_is_in_force_once_both_have_signed(village, agreed):
    with village.session() as session:
        agreement = opened(session, agreed)
        agreements.sign_agreement(session, agreement, "applicant", name="Nadia", means="paper")
        assert agreement.state == "to_sign"
        assert (
            refused(agreements.sign_agreement, session, agreement, "applicant", name="Nadia", means="paper") == "twice"
        )
        agreements.sign_agreement(session, agreement, "commune", name="La maire", means="code")
        assert agreement.state == "signed"
        assert {s.text_sha256 for s in agreement.signatures} == {agreements.text_digest(agreement)}


def test_the_text_signed_is_the_one_that_was_read(village, agreed):
    with village.session() as session:
        agreement = opened(session, agreed)
        read = agreement.revision
        agreements.rewrite_agreement(session, agreement, [("applicant", "Planter", None)], purpose="Autre chose")
    with village.session() as session, pytest.raises(StaleDataError):
        agreements.sign_agreement(
            session, opened(session, agreed), "applicant", name="Nadia", means="code", revision=read
        )
    assert village.all(Signature) == []


def test_a_side_that_undertakes_nothing_cannot_be_offered(village, pickup):
    with village.session() as session:
        made = agreements.draw_up_agreement(session, opened(session, pickup), DUTIES[0], [])
        assert refused(agreements.offer_agreement, session, made) == "no_duties"


def test_one_agreement_in_force_for_an_object(village, agreed):
    with pytest.raises(IntegrityError), village.session() as session:
        session.add(
            Agreement(
                reference="CNV-X",
                object_type=agreed.object_type,
                object_id=agreed.object_id,
                title="Doublon",
                version=9,
            )
        )


def test_a_breach_says_why(village, agreed):
    with village.session() as session:
        agreement = opened(session, agreed)
        assert refused(agreements.break_agreement, session, agreement, "Plus rien.") == "not_open"
        signed(session, agreement)
        assert refused(agreements.break_agreement, session, agreement, "  ") == "motive"
        agreements.break_agreement(session, agreement, "Plus rien n’est entretenu.")
        assert agreement.state == "broken"
    assert "Plus rien n’est entretenu." in str(village.one(Message, kind="agreement.broken").content)


@pytest.mark.parametrize("years", [-1, 0, 11, 180])
def test_upkeep_is_for_some_years_to_come(village, pickup, years):
    until = village.today + timedelta(days=365 * years)
    with village.session() as session:
        found = opened(session, pickup)
        assert refused(agreements.draw_up_agreement, session, found, *DUTIES, until) == "upkeep_day"


def test_nobody_signs_tomorrow(village, agreed):
    facts = {"name": "Nadia", "means": "paper", "on": village.today + timedelta(days=1)}
    with village.session() as session:
        found = opened(session, agreed)
        assert refused(agreements.sign_agreement, session, found, "applicant", **facts) == "day_to_come"


def test_a_version_that_was_replaced_is_signed_and_broken_by_nobody(village, pickup, agreed):
    with village.session() as session:
        former = opened(session, agreed)
        signed(session, former, "applicant")
        assert refused(agreements.rewrite_agreement, session, former, []) == "frozen"
        after = agreements.draw_up_agreement(session, opened(session, pickup), ["Planter mieux"], DUTIES[1])
        assert (after.version, after.state, former.replaced_at is not None) == (2, "draft", True)
        assert refused(signed, session, former, "commune") == "not_open"
        agreements.offer_agreement(session, after)
        signed(session, after)
        assert refused(agreements.break_agreement, session, former, "Plus rien.") == "not_open"
    with village.session() as session:
        assert [a.version for a in queries.versions(session, pickup.id)] == [2, 1]
        assert queries.agreement_of(session, opened(session, pickup)).version == 2
    assert len(village.all(Message, kind="agreement.to_sign")) == 2


def test_a_new_version_follows_one_that_ended(village, pickup, agreed):
    with village.session() as session:
        agreements.withdraw_agreement(session, opened(session, agreed), "Plus besoin.")
        again = agreements.draw_up_agreement(session, opened(session, pickup), *DUTIES)
        assert (again.version, again.state) == (2, "draft")


def test_offering_twice_tells_the_applicant_once(village, agreed):
    with village.session() as session:
        agreements.offer_agreement(session, opened(session, agreed))
    assert len(village.all(Message, kind="agreement.to_sign")) == 1


def test_what_is_undertaken_is_noted_while_it_is_in_force(village, agreed):
    with village.session() as session:
        agreement = opened(session, agreed)
        duty = agreement.duties[0]
        assert refused(agreements.fulfil_duty, session, duty) == "not_open"
        signed(session, agreement)
        agreements.fulfil_duty(session, duty)
        assert duty.done_on == village.today
        agreements.end_agreement(session, agreement)
        assert refused(agreements.fulfil_duty, session, duty, done=False) == "not_open"
        assert refused(agreements.end_agreement, session, agreement) == "not_open"


def test_visits_are_planned_and_noted_once(village, pickup):
    until = village.today + timedelta(days=400)
    with village.session() as session:
        agreement = agreements.draw_up_agreement(session, opened(session, pickup), *DUTIES, until)
        agreements.offer_agreement(session, agreement)
        signed(session, agreement)
        assert [check.due_on for check in agreement.checks][-1] == until
        assert len(agreement.checks) == 3
        first = agreement.checks[0]
        assert refused(agreements.record_upkeep_check, session, first, kept=False) == "no_note"
        agreements.record_upkeep_check(session, first, kept=False, note="Sec.")
        assert refused(agreements.record_upkeep_check, session, first, kept=True) == "noted"
        soon = queries.checks_to_make(session, until, 10)
        assert [check.id for check in soon] == [check.id for check in agreement.checks[1:]]
        agreements.break_agreement(session, agreement, "Plus rien.")
        assert queries.checks_to_make(session, until, 10) == []


def test_a_module_forbids_a_step(village, drafted, monkeypatch):
    def forbid(_session, _pickup, step):
        if step == "sign_commune":
            raise Refused("Non.", rule="SAM-1")

    monkeypatch.setattr(subjects.SUBJECTS, "_of", lambda _on: {"sample_pickup": replace(SUBJECT, check=forbid)})
    with village.session() as session:
        agreement = opened(session, drafted)
        agreements.offer_agreement(session, agreement)
        assert refused(signed, session, agreement) == "SAM-1"
        assert agreement.state == "to_sign"


def test_a_module_hears_and_adds_to_what_is_written(village, agreed, monkeypatch):
    def hear(_session, happened):
        happened.paragraphs.append(lambda: [f"Pensez aux clés : {happened.about.what}."])

    monkeypatch.setitem(events._listeners, AgreementSigned, [("sample", hear)])
    with village.session() as session:
        signed(session, opened(session, agreed))
    assert "Pensez aux clés : Le port fleuri." in str(village.one(Message, kind="agreement.signed").content)


def test_once_its_module_is_off_an_agreement_is_read_and_looked_after(village, pickup):
    with village.session() as session:
        soon = village.today + timedelta(days=5)
        agreement = agreements.draw_up_agreement(session, opened(session, pickup), *DUTIES, soon)
        agreements.offer_agreement(session, agreement)
        signed(session, agreement)
    village.tenant = switch_off(village.tenant, "sample")
    with village.session() as session:
        agreement = opened(session, agreement)
        assert subjects.describe(session, agreement).title == "Le port fleuri"
        assert refused(agreements.break_agreement, session, agreement, "Plus rien.") == "switched_off"
        assert subjects.find_about(session, agreement.object_id) is None
        remind_agreements(session)
        agreements.record_upkeep_check(session, agreement.checks[0], kept=True)
    assert village.all(Message, kind="agreement.reminder_upkeep") == []


# A code to sign ------------------------------------------------------------------------------------------------------


@pytest.fixture
def coded(village, pickup, agreed):
    """The code that Nadia received: its row, its digits."""
    with village.session() as session:
        row = signing.send_sign_code(session, get_person(session, pickup.person_id), opened(session, agreed))
    return row, re.sub(r"\D", "", village.one(Message, kind="agreement.sign_code").content["code"])


def try_code(village, agreed, coded, person_id, digits):
    """Sign with these digits, as the page does: what a refusal counts is kept."""
    with village.session() as session:
        agreement = opened(session, agreed)
        try:
            signing.sign_with_code(
                session, agreement, get_person(session, person_id), coded[0].id, digits, agreement.revision
            )
        except Refused as wrong:
            if not wrong.keep:
                session.rollback()
            return wrong
    return None


def test_a_code_that_was_guessed_six_times_signs_nothing(village, pickup, agreed, coded):
    digits = coded[1]
    guesses = [f"{(int(digits) + step) % 1_000_000:06}" for step in range(1, 7)]
    for left, guess in zip((4, 3, 2, 1, 0, 0), guesses, strict=True):
        wrong = try_code(village, agreed, coded, pickup.person_id, guess)
        assert (wrong.rule, wrong.field, wrong.keep) == ("wrong_code", "code", True)
        assert (str(left) in str(wrong)) == (left > 0)
    assert village.one(SignInCode).tries == 5
    assert try_code(village, agreed, coded, pickup.person_id, digits).rule == "wrong_code", "the right one, too late"
    assert village.all(Signature) == []


@defence("a code to sign went to whoever signs", replaced("civique.core.agreements.signing._went_to", lambda *_: True))
@defence("a code to sign serves once", replaced("civique.core.access.codes.spend_code", lambda *_: None))
def test_a_code_serves_once_and_for_one_address(village, pickup, agreed, coded):
    other = village.person("Léo", "Passant")
    assert try_code(village, agreed, coded, other.id, coded[1]).rule == "wrong_code"
    assert try_code(village, agreed, coded, pickup.person_id, coded[1]) is None
    assert village.one(Signature).means == "code"
    village.sql("DELETE FROM agreement_signature")
    assert try_code(village, agreed, coded, pickup.person_id, coded[1]).rule == "wrong_code"


def test_no_seventh_code_in_an_hour(village, pickup, agreed, coded):
    with village.session() as session:
        person, agreement = get_person(session, pickup.person_id), opened(session, agreed)
        for _ in range(5):
            signing.send_sign_code(session, person, agreement)
        assert refused(signing.send_sign_code, session, person, agreement) == "too_many_codes"


def test_on_paper_without_an_address(village, agreed):
    nobody = village.person("Ève", "Sanscourriel", email=None)
    with village.session() as session:
        person = get_person(session, nobody.id)
        assert refused(signing.send_sign_code, session, person, opened(session, agreed)) == "no_address"


# With time -----------------------------------------------------------------------------------------------------------


def reminders(village, times=2):
    """Run the job, twice as a killed worker does; gives the kinds of reminders written so far."""
    for _ in range(times):
        with village.session() as session:
            remind_agreements(session)
    return [message.kind for message in village.all(Message) if "reminder" in message.kind]


def test_an_unsigned_agreement_is_reminded_once(village, agreed):
    assert reminders(village) == []
    village.sql("UPDATE agreement SET offered_at = offered_at - interval '16 days'")
    village.sql("UPDATE message SET created_at = created_at - interval '16 days'")
    assert reminders(village) == ["agreement.reminder_to_sign"]
    with village.session() as session:
        signed(session, opened(session, agreed), "applicant")
    village.sql("UPDATE message SET created_at = created_at - interval '30 days'")
    assert reminders(village) == ["agreement.reminder_to_sign"]


def test_nobody_is_reminded_to_sign_a_draft(village, drafted):
    village.sql("UPDATE agreement SET created_at = created_at - interval '30 days'")
    assert reminders(village) == []


def test_a_visit_of_upkeep_is_told_before(village, pickup):
    with village.session() as session:
        day = village.today + timedelta(days=10)
        agreement = agreements.draw_up_agreement(session, opened(session, pickup), *DUTIES, day)
        agreements.offer_agreement(session, agreement)
        signed(session, agreement)
    assert reminders(village) == ["agreement.reminder_upkeep"]


def test_who_leaves_is_named_in_no_version(village, pickup, agreed):
    with village.session() as session:
        signed(session, opened(session, agreed), "applicant")
        agreements.draw_up_agreement(session, opened(session, pickup), *DUTIES)
    assert {one.applicant_name for one in village.all(Agreement)} == {"Nadia Habitante"}
    with village.session() as session:
        privacy.erase(session, get_person(session, pickup.person_id), modules())
    held = str(village.sql("SELECT * FROM agreement")) + str(village.sql("SELECT * FROM agreement_signature"))
    assert "adia" not in held

"""What an erasure takes from applications, and what time takes: drafts after a year, names ten years after the end."""

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from civique.core import clock, privacy
from civique.core.agreements.models import Agreement, Signature
from civique.core.contributions.models import Contribution
from civique.core.contributions.operations import record_contribution
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import keep_file
from civique.core.links import Link
from civique.core.organisations import operations as organisations
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.stories import operations as stories
from civique.core.stories.models import Story, WorkLogEntry
from civique.modules.fund.jobs import forget_applications
from civique.modules.fund.models import FundApplication, Payee, Payment
from civique.modules.fund.operations import applications, payments
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import IBAN


def erase(world):
    with world.commune.session() as session:
        privacy.erase(session, get_person(session, world.resident.id), modules())


def draft(world, title="Un brouillon"):
    """A draft of the resident, with what a neighbour brings."""
    with world.commune.session(world.resident) as session:
        applicant, fund = get_person(session, world.resident.id), session.merge(world.fund)
        found = applications.start_application(session, fund, applicant, title=title, purpose="Semer.")
        applications.add_support(session, found, "human", description="Mon voisin Jean Dupont", quantity=Decimal(2))
    return found


# Erasure -------------------------------------------------------------------------------------------------------------


def test_a_draft_goes_with_what_was_said_to_be_brought_to_it(world):
    draft(world)
    former = world.ask(title="Chez Nadia Habitante")
    world.move(former, "withdraw")
    with world.commune.session(world.resident) as session:
        applicant, fund = get_person(session, world.resident.id), session.merge(world.fund)
        applications.ask_again(session, fund, session.get(FundApplication, former.id), applicant)
    erase(world)
    assert [application.id for application in world.commune.all(FundApplication)] == [former.id]
    assert {gift.object_id for gift in world.commune.all(Contribution)} == {former.id}
    assert "Dupont" not in str(world.commune.sql("SELECT * FROM contribution"))
    assert world.commune.all(Link) == []


def test_no_version_of_the_agreement_keeps_the_name(world):
    application = world.granted()
    world.act(application, agreements.draw_up_agreement, ["Semer."], ["Verser."])
    world.act(application, agreements.offer_agreement)
    world.act(application, agreements.sign_agreement, "applicant", name="Nadia Habitante", means="paper")
    world.act(application, agreements.draw_up_agreement, ["Semer et arroser."], ["Verser."])
    assert {one.applicant_name for one in world.commune.all(Agreement)} == {"Nadia Habitante"}
    world.act(application, agreements.offer_agreement)
    world.act(application, agreements.sign_agreement, "commune", name="Le maire", means="paper")
    erase(world)
    assert [one.applicant_name for one in world.commune.all(Agreement)] == ["", ""]
    assert sorted(one.name for one in world.commune.all(Signature)) == ["", "Le maire"]


def test_payments_keep_neither_the_name_nor_the_account(world):
    world.paid()
    assert world.commune.one(Payment).payee_name == "Nadia Habitante"
    erase(world)
    paid = world.commune.one(Payment)
    assert (paid.payee_name, paid.iban_end, paid.amount_cents, paid.state) == ("", "", 30_000, "paid")
    assert not names_left(world)


def test_the_name_of_a_supplier_who_was_paid_stays_and_a_former_payee_goes(world):
    application = world.under_way()
    world.act(application, payments.set_payee, "applicant", "NADIA HABITANTE", IBAN)
    world.act(application, payments.order_payment, 10_000, "advance")
    world.act(
        application, lambda session, found: payments.note_paid(session, found, found.payments[0], world.commune.today)
    )
    world.act(application, payments.set_payee, "supplier", "Jardinerie du Pont", IBAN, why="Sur facture.")
    world.act(application, payments.order_payment, 20_000, "balance")
    erase(world)
    paid = {one.amount_cents: (one.payee_name, one.iban_end) for one in world.commune.all(Payment)}
    assert paid == {10_000: ("", ""), 20_000: ("Jardinerie du Pont", "0189")}
    assert world.commune.all(Payee) == []


@pytest.fixture
def group(world):
    """A collective for which the resident speaks."""
    with world.commune.session(world.secretary) as session:
        garden = organisations.add_organisation(session, "collective", "Les Jardins")
        organisations.name_representative(session, garden, get_person(session, world.resident.id), accepted=True)
    return {"organisation_id": garden.id}


def test_who_was_paid_for_a_collective_takes_their_account_away(world, group):
    application = world.under_way(**group)
    world.act(application, payments.set_payee, "applicant", "Nadia Habitante", IBAN, why="Elle tient les comptes.")
    world.act(application, payments.order_payment, 30_000, "single")
    world.act(application, stories.write_log, world.commune.today, "Semé.", "applicant")
    erase(world)
    assert world.commune.all(Payee) == []
    assert world.commune.one(Payment).payee_name == ""
    assert len(world.commune.all(WorkLogEntry)) == 1, "the collective goes on"
    assert world.commune.one(Story).applicant_id is None


def test_the_account_of_an_association_stays_with_it(world, group):
    application = world.under_way(**group)
    world.commune.sql("UPDATE organisation SET kind = 'association'")
    world.act(application, payments.set_payee, "organisation", "Les Jardins", IBAN)
    world.act(application, payments.order_payment, 30_000, "single")
    erase(world)
    assert world.commune.one(Payee).iban_end == world.commune.one(Payment).iban_end == "0189"
    assert world.commune.one(Agreement).applicant_name == "Les Jardins"


# With time -----------------------------------------------------------------------------------------------------------


def run(world):
    with world.commune.session() as session:
        forget_applications(session)
    return {application.title for application in world.commune.all(FundApplication)}


def in_days(days):
    return time_machine.travel(clock.now() + timedelta(days=days))


def test_a_draft_that_nobody_touched_for_a_year_goes(world):
    draft(world, "Abandonné")
    ages = {"fund_application": "changed_at", "contribution": "created_at"}
    lately = draft(world, "Repris"), draft(world, "Chiffré"), draft(world, "Aidé")
    world.ask(title="Envoyé")
    assert len(run(world)) == 5
    for table, column in ages.items():
        world.commune.sql(f"UPDATE {table} SET {column} = {column} - interval '366 days'")
    with world.commune.session(world.resident) as session:
        found = [session.get(FundApplication, one.id) for one in lately]
        applications.change_application(session, found[0], purpose="Semer encore.")
        applications.add_line(session, found[1], "Terreau", 100, "running")
        applications.add_support(session, found[2], "human", description="Moi", quantity=Decimal(1))
    assert run(world) == run(world) == {"Repris", "Chiffré", "Aidé", "Envoyé"}
    assert len(world.commune.all(Contribution)) == 5, "the neighbour of the draft that went is named nowhere"
    with in_days(366):
        assert run(world) == {"Envoyé"}, "what was sent is no draft"
    assert {gift.description for gift in world.commune.all(Contribution)} == {"Voisins"}


def settled(world, **facts):
    """An application closed in the regular way, signed on paper with a scan, whose applicant also gave something."""
    application = world.reported(30_000, **facts)
    world.move(application, "settle")
    with world.commune.session() as session:
        signature = session.query(Signature).filter_by(side="applicant").one()
        signature.file = keep_file(session, io.BytesIO(b"%PDF-1.7 signed"), name="signee.pdf", mime="application/pdf")
        record_contribution(
            session, session.get(FundApplication, application.id), "human", quantity=3, person_id=world.resident.id
        )
    return application


def names_left(world):
    """Whether a table of the accounts still says who held the application (the tests sign for the commune by the same name)."""
    tables = ("fund_application", "fund_payment", "fund_payee", "fund_report", "story", "work_log_entry", "agreement")
    held = " ".join(str(world.commune.sql(f"SELECT * FROM {table}")) for table in tables)
    held += str(world.commune.sql("SELECT * FROM agreement_signature WHERE side = 'applicant'"))
    return "Habitante" in held or str(world.resident.id) in held


def test_ten_years_after_the_year_of_its_end_an_application_names_nobody(world):
    application = settled(world)
    year = world.commune.today.year
    with time_machine.travel(datetime(year + 10, 12, 31, 12, tzinfo=UTC)):
        run(world)
        assert names_left(world)
        assert len(world.commune.all(StoredFile)) == 1
    with time_machine.travel(datetime(year + 11, 1, 2, 12, tzinfo=UTC)):
        for _ in range(2):
            run(world)
            assert not names_left(world)
        assert world.commune.all(StoredFile) == [], "the voucher is no longer needed"
    kept = world.now(application)
    assert (kept.state, kept.granted_cents, kept.paid_cents, kept.report.text) == ("settled", 30_000, 30_000, "")
    assert {gift.person_id for gift in world.commune.all(Contribution)} == {None}
    assert world.commune.one(Person, id=world.resident.id).given_name == "Nadia", "the person stays"
    lines = world.commune.sql("SELECT 1 FROM audit_entry WHERE action = 'fund.applicant_forgotten'")
    assert len(lines) == 1, "the second run had nothing to do"


def test_the_scan_of_an_agreement_goes_after_ten_years_also_when_its_applicant_had_left(world):
    settled(world)
    erase(world)
    run(world)
    assert len(world.commune.all(StoredFile)) == 1
    with in_days(12 * 366):
        run(world)
    assert world.commune.all(StoredFile) == []


def test_what_is_still_owed_or_looked_after_keeps_its_applicant(world):
    owed = world.reported(10_000, title="À rendre")
    world.move(owed, "settle")
    tended = settled_with_upkeep(world)
    with in_days(12 * 366):
        run(world)
    for application in (owed, tended):
        assert world.commune.one(FundApplication, id=application.id).applicant_id == world.resident.id, (
            application.title
        )


def test_an_application_that_nobody_ever_ended_names_nobody_ten_years_after_the_last_thing_that_happened(world):
    asleep, worked = world.under_way(title="Endormie"), world.under_way(title="Travaillée")
    paid, never_read = world.paid(title="Payée"), world.ask(title="Jamais lue")
    later = world.commune.today + timedelta(days=5 * 366)
    with world.commune.session() as session:
        told = Story(object_type="fund_application", object_id=worked.id, title=worked.title)
        told.log.append(WorkLogEntry(day=later, text="Semé."))
        session.add(told)
    world.commune.sql("UPDATE fund_payment SET paid_on = :day WHERE application_id = :id", day=later, id=paid.id)
    with in_days(12 * 366):
        run(world)
    held = {one.title for one in world.commune.all(FundApplication) if one.applicant_id == world.resident.id}
    assert held == {worked.title, paid.title}
    assert {one.id for one in world.commune.all(FundApplication) if one.applicant_id is None} == {
        asleep.id,
        never_read.id,
    }


def settled_with_upkeep(world):
    application = world.reported(30_000, title="Une mare à soigner")
    world.move(application, "settle")
    later = world.commune.today + timedelta(days=5 * 366)
    world.commune.sql(
        "UPDATE agreement SET upkeep_until = :later WHERE object_id = :id", later=later, id=application.id
    )
    return application

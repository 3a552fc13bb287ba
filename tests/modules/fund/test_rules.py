"""Rules FON-01 to FON-11, each by its number, in operations and in the database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from civique.core.answers.models import AnswerDue
from civique.core.cases import missing
from civique.core.cases.operations import move
from civique.core.i18n import long_date
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.modules.fund.models import Decision, Fund, FundApplication
from civique.modules.fund.operations import (
    applications,
    examination,
    funds,
    payments,
    repayments,
    reports,
)
from civique.modules.fund.workflow import WORKFLOW
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import RULES
from tests.refusals import refuses


@pytest.mark.parametrize("missing", RULES)
def test_fon_01_a_fund_does_not_open_incomplete(make_commune, missing):
    commune = make_commune("49030", "fund")
    facts = {**RULES, missing: None if missing.endswith("cents") else ""}
    with commune.session() as session:
        fund = funds.prepare_fund(session, 2026, **facts)
        with pytest.raises(Refused) as broken:
            funds.open_fund(session, fund)
    assert broken.value.rule == "FON-01"
    words = {
        "envelope_cents": "l’enveloppe de l’année",
        "cap_cents": "le plafond par projet",
        "eligible_costs": "ce qui peut être payé",
        "decision_maker": "qui décide",
    }
    assert [name for name, label in words.items() if label in str(broken.value)] == [missing]


@pytest.mark.parametrize("missing", ["envelope_cents", "cap_cents", "eligible_costs", "decision_maker"])
def test_fon_01_the_database_refuses_it_too(make_commune, missing):
    commune = make_commune("49030", "fund")
    facts = {**RULES, missing: None if missing.endswith("cents") else ""}
    with pytest.raises(IntegrityError, match="complete_when_open"), commune.session() as session:
        funds.prepare_fund(session, 2026, state="open", **facts)


def test_fon_01_an_open_fund_cannot_be_made_incomplete(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        with pytest.raises(Refused) as broken:
            funds.change_fund(session, fund, fund.revision, cap_cents=None)
        session.rollback()
    assert broken.value.rule == "FON-01"


def test_fon_02_investment_is_refused(world):
    with world.commune.session() as session:
        applicant = get_person(session, world.resident.id)
        application = applications.start_application(
            session, session.get(Fund, world.fund.id), applicant, title="T", purpose="P"
        )
        with pytest.raises(Refused) as broken:
            applications.add_line(session, application, "Tondeuse", 40_000, "investment")
    assert broken.value.rule == "FON-02"


def test_fon_03_no_grant_above_the_cap(world):
    with pytest.raises(Refused) as broken:
        world.ask(50_001)
    assert broken.value.rule == "FON-03"


def test_fon_03_the_cap_counts_the_project_over_the_year(world):
    first = world.admissible(30_000)
    world.decide(first, 30_000)
    second = world.admissible(25_000, project_id=first.project_id)
    with pytest.raises(Refused) as broken:
        world.decide(second, 25_000)
    assert broken.value.rule == "FON-03"
    assert "300,00" in str(broken.value), "what is granted already is said"
    world.decide(second, 20_000, "Plafond atteint.")


def test_fon_05_no_grant_above_the_envelope(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        funds.change_fund(session, fund, fund.revision, envelope_cents=50_000, because="Budget voté.")
    world.decide(world.admissible(40_000), 40_000)
    with pytest.raises(Refused) as broken:
        world.decide(world.admissible(20_000), 20_000)
    assert broken.value.rule == "FON-05"
    assert "100,00" in str(broken.value), "what is left is said"


def test_fon_05_fifty_decisions_at_once_on_the_last_euros(world):
    """The last 1,000 € asked fifty times at once: never a cent more, and every decision says granted or refused."""
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        funds.change_fund(session, fund, fund.revision, envelope_cents=100_000, because="Budget voté.")
    applications = [world.admissible(30_000, title=f"Projet {n}") for n in range(50)]

    def decide(application):
        try:
            world.decide(application, 30_000)
        except Refused as broken:
            return broken.rule
        return "granted"

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(decide, applications))
    assert sorted(answers) == ["FON-05"] * 47 + ["granted"] * 3
    assert sum(d.amount_cents for d in world.commune.all(Decision)) == 90_000


def test_fon_05_the_envelope_cannot_go_under_what_is_granted(world):
    world.decide(world.admissible(30_000), 30_000)
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        with pytest.raises(Refused) as broken:
            funds.change_fund(session, fund, fund.revision, envelope_cents=20_000, because="Baisse.")
        session.rollback()
    assert "300,00" in str(broken.value), "what is granted is said"


@pytest.mark.parametrize(("amount", "state"), [(0, "refused"), (10_000, "partially_granted")])
def test_fon_08_a_refusal_or_a_part_needs_a_motive(world, amount, state):
    application = world.admissible(30_000)
    with pytest.raises(Refused) as broken:
        world.decide(application, amount, "  ")
    assert broken.value.rule == "FON-08"
    world.decide(application, amount, "Le reste est couvert.")
    assert world.commune.one(FundApplication).state == state


def test_fon_08_not_admissible_needs_a_motive(world):
    application = world.ask()
    with world.commune.session() as session:
        found = session.get(FundApplication, application.id)
        with pytest.raises(Refused):
            move(session, WORKFLOW, found, "declare_inadmissible", revision=found.revision, motive="")
        move(session, WORKFLOW, found, "declare_inadmissible", revision=found.revision, motive="Hors de la commune.")
    assert world.commune.one(AnswerDue).state == "answered"


def test_more_than_the_project_costs_is_refused(world):
    with world.commune.session() as session:
        applicant = get_person(session, world.resident.id)
        application = applications.start_application(
            session, session.get(Fund, world.fund.id), applicant, title="T", purpose="P"
        )
        applications.add_line(session, application, "Terreau", 10_000, "running")
        applications.change_application(session, application, amount_asked_cents=20_000)
        with pytest.raises(Refused) as broken:
            applications.submit_application(session, application)
    assert broken.value.rule == "more_than_cost"


def test_sent_twice_one_reference_one_receipt(world, mailbox):
    application = world.ask()
    with world.commune.session() as session:
        applications.submit_application(session, session.get(FundApplication, application.id))
    assert len(mailbox()) == 1
    assert len(world.commune.all(AnswerDue)) == 1


def test_two_agents_on_one_file(world):
    """The second is told, nothing is overwritten."""
    application = world.ask()
    with world.commune.session() as session:
        found = session.get(FundApplication, application.id)
        move(session, WORKFLOW, found, "declare_admissible", revision=found.revision)
    with world.commune.session() as session, pytest.raises(StaleDataError):
        move(
            session,
            WORKFLOW,
            session.get(FundApplication, application.id),
            "declare_inadmissible",
            revision=application.revision,
            motive="Non.",
        )


def test_a_mistaken_decision_is_corrected_with_a_trace(world, mailbox):
    application = world.admissible(30_000)
    world.decide(application, 0, "Hors sujet.")
    with world.commune.session() as session:
        found = session.get(FundApplication, application.id)
        move(
            session,
            WORKFLOW,
            found,
            "correct",
            amount_cents=30_000,
            motive="",
            because="Erreur de dossier.",
            revision=found.revision,
        )
    kept = world.commune.one(FundApplication)
    assert kept.state == "granted"
    kept = world.commune.all(Decision)
    assert [(d.kind, d.replaced_because) for d in sorted(kept, key=lambda d: d.decided_at)] == [
        ("refused", "Erreur de dossier."),
        ("granted", ""),
    ]
    assert len(mailbox()) == 3


def test_paper_applicant_receives_letters(world):
    from civique.core.messages.models import Message

    paper = world.commune.person("Paulette", "Papier", email=None)
    world.resident = paper
    world.decide(world.admissible(), 0, "Hors sujet.")
    assert {m.state for m in world.commune.all(Message, person_id=paper.id)} == {"to_print"}


def test_erased_applicant_leaves_the_accounts_true(world):
    from civique.core import privacy
    from civique.core.registry import modules

    world.decide(world.admissible(), 30_000)
    with world.commune.session() as session:
        privacy.erase(session, get_person(session, world.resident.id), modules())
    application = world.commune.one(FundApplication)
    assert application.applicant_id is None
    assert world.commune.one(Decision).amount_cents == 30_000
    assert "Habitante" not in world.commune.client(world.secretary).get(f"/mairie/fonds/demandes/{application.id}").text


def drafted(world, session, amount=30_000, cost=30_000, **facts):
    """A draft with one cost."""
    applicant = get_person(session, world.resident.id)
    fund = session.get(Fund, world.fund.id)
    application = applications.start_application(session, fund, applicant, title="Titre", purpose="But", **facts)
    applications.add_line(session, application, "Terreau", cost, "running")
    applications.change_application(session, application, amount_asked_cents=amount)
    return application


def broken_rule(operation, *arguments, **named):
    """Rule that an operation refuses by."""
    with pytest.raises(Refused) as broken:
        operation(*arguments, **named)
    return broken.value


def test_fon_02_the_database_refuses_an_investment_too(world):
    application = world.ask()
    with pytest.raises(IntegrityError):
        world.commune.sql(
            "INSERT INTO fund_budget_line (id, application_id, label, kind, amount_cents, position)"
            " VALUES (gen_random_uuid(), :id, 'Tondeuse', 'investment', 1, 9)",
            id=application.id,
        )


def test_fon_03_a_cap_cannot_go_under_what_one_project_received(world):
    world.granted(30_000)
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        refusal = broken_rule(funds.change_fund, session, fund, fund.revision, "Moins d’argent.", cap_cents=20_000)
        session.rollback()
    assert refusal.rule == "cap_under_grants"
    assert "300,00" in str(refusal)


def test_fon_04_without_any_other_resource_nothing_is_sent(world):
    with world.commune.session() as session:
        application = drafted(world, session)
        assert broken_rule(applications.submit_application, session, application).rule == "FON-04"
        applications.add_support(session, application, "financial", description="Tombola", value_cents=5_000)
        assert broken_rule(applications.submit_application, session, application).rule == "FON-04", (
            "the whole cost is asked"
        )
        applications.change_application(session, application, amount_asked_cents=25_000)
        applications.submit_application(session, application)
    assert world.commune.one(FundApplication).state == "submitted"


def test_fon_04_time_is_another_resource(world):
    with world.commune.session() as session:
        application = drafted(world, session)
        applications.add_support(session, application, "human", description="Voisins", quantity=10, unit="heures")
        applications.submit_application(session, application)
    assert world.commune.one(FundApplication).state == "submitted"


def test_fon_05_cash_of_partners_counts_once_it_is_received(world):
    from civique.core.contributions import operations as contributions

    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        funds.change_fund(session, fund, fund.revision, "Budget voté.", envelope_cents=10_000)
        promised = contributions.record_contribution(
            session, fund, "financial", value_cents=20_000, giver_name="Pépinière"
        )
    application = world.admissible(30_000)
    assert "100,00" in str(broken_rule(world.decide, application, 30_000))
    with world.commune.session() as session:
        contributions.receive_contribution(session, session.get(type(promised), promised.id))
    world.decide(application, 30_000)
    assert world.now(application).state == "granted"


def test_fon_06_things_and_time_are_asked_and_granted_apart_from_money(world):
    from decimal import Decimal

    application = world.admissible(
        10_000, asks=[("material", "graines", Decimal(40), "sachets"), ("human", "maçon", Decimal(2), "jours")]
    )
    found = world.now(application)
    seeds, _mason = found.asks
    world.decide(application, 10_000, "Pas de maçon.", in_kind={seeds.id: (Decimal(40), "Services techniques")})
    found = world.now(application)
    assert found.state == "partially_granted"
    assert found.decision.in_kind == "graines (40 sachets)"
    assert [ask.granted_quantity for ask in found.asks] == [40, 0]
    assert found.granted_cents == 10_000, "what is given in kind is never added to the money"


def test_fon_06_more_in_kind_than_asked_is_refused(world):
    from decimal import Decimal

    application = world.admissible(10_000, asks=[("material", "graines", Decimal(40), "sachets")])
    seeds = world.now(application).asks[0]
    refusal = broken_rule(world.decide, application, 10_000, in_kind={seeds.id: (Decimal(41), "")})
    assert refusal.rule == "more_in_kind"


def test_fon_07_who_asks_neither_examines_nor_decides(world):
    world.resident, resident = world.secretary, world.resident
    application = world.ask()
    assert broken_rule(world.move, application, "declare_admissible").rule == "FON-07"
    assert broken_rule(world.move, application, "declare_inadmissible", motive="Non.").rule == "FON-07"
    world.secretary = resident
    world.move(application, "declare_admissible")
    world.secretary = world.resident
    assert broken_rule(world.decide, application, 30_000).rule == "FON-07"
    assert broken_rule(world.act, application, examination.advise, "Services", "favourable", "").rule == "FON-07"


def test_fon_07_an_opinion_is_needed_when_the_rules_say_so(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        funds.change_fund(session, fund, fund.revision, "Avis des conseils de quartier.", opinion_needed=True)
    application = world.admissible()
    assert broken_rule(world.decide, application, 30_000).rule == "opinion_needed"
    world.act(application, examination.advise, "Services techniques", "reserved", "Attention à la route.")
    world.decide(application, 30_000)
    assert world.now(application).state == "granted"


def test_fon_07_a_committee_without_the_members_concerned(world):
    from datetime import timedelta

    from civique.core import clock
    from civique.core.committees import operations as committees
    from civique.core.gatherings.operations import record_attendance

    other = world.commune.person("Paul", "Voisin")
    application = world.admissible()
    with world.commune.session(world.secretary) as session:
        committee = committees.create_committee(session, "Conseils de quartier réunis")
        tied = committees.add_member(session, committee, get_person(session, world.resident.id), "citizen")
        meeting = committees.plan_meeting(session, committee, clock.now() + timedelta(days=2))
        found = session.get(FundApplication, application.id)
        item = examination.put_to_committee(session, found, meeting)
        record_attendance(session, meeting, [tied.person_id])
        with refuses("nobody_present"):
            committees.record_opinion(session, item, "favourable", "", item.revision)
        neighbour = committees.add_member(session, committee, get_person(session, other.id), "citizen")
        record_attendance(session, meeting, [tied.person_id, neighbour.person_id])
        committees.record_opinion(session, item, "favourable", "", item.revision)
        assert [recusal.member_id for recusal in item.recusals] == [tied.id]
        assert item.recusals[0].imposed
    assert world.now(application).state == "opinion_given"


def test_fon_08_a_decision_put_off_needs_a_motive_and_stays_to_be_taken(world, mailbox):
    application = world.admissible()
    assert broken_rule(world.move, application, "adjourn").rule == "FON-08"
    world.move(application, "adjourn", motive="Devis attendu.")
    assert world.now(application).state == "adjourned"
    assert world.commune.one(AnswerDue).state in {"due", "preparing"}
    world.decide(application, 30_000)
    found = world.now(application)
    assert (found.state, found.granted_cents) == ("granted", 30_000)


def test_fon_09_no_payment_before_the_agreement(world):
    application = world.granted()
    world.act(application, payments.set_payee, "applicant", "Nadia Habitante", "FR7630006000011234567890189")
    assert broken_rule(world.act, application, payments.order_payment, 30_000, "single").rule == "FON-09"
    world.act(application, agreements.draw_up_agreement, ["Réaliser."], ["Verser."])
    world.act(application, agreements.offer_agreement)
    world.act(application, agreements.sign_agreement, "applicant", name="Nadia", means="paper")
    assert broken_rule(world.act, application, payments.order_payment, 30_000, "single").rule == "FON-09", (
        "one side only"
    )
    world.act(application, agreements.sign_agreement, "commune", name="La maire", means="paper")
    world.act(application, payments.order_payment, 30_000, "single")
    assert world.now(application).state == "under_way"


def test_fon_09_a_late_report_blocks_another_application_of_the_same_applicant(world):
    from datetime import timedelta

    today = world.commune.today
    late = world.under_way(starts_on=today, ends_on=today)
    world.ask(title="Autre projet")
    with world.commune.session() as session:
        session.get(FundApplication, late.id).starts_on = today - timedelta(days=200)
        session.get(FundApplication, late.id).ends_on = today - timedelta(days=100)
    assert broken_rule(world.ask, title="Encore un").rule == "FON-09"
    world.resident = world.commune.person("Paul", "Voisin")
    world.ask(title="D’un autre")


@pytest.mark.parametrize(("applicant", "commune"), [([], ["Verser."]), (["Réaliser."], []), (["  "], ["Verser."])])
def test_fon_10_both_sides_undertake_something(world, applicant, commune):
    application = world.granted()
    assert broken_rule(world.act, application, agreements.draw_up_agreement, applicant, commune).rule == "FON-10"


def test_fon_10_a_fifty_fifty_says_until_when_it_is_looked_after(world):
    from datetime import timedelta

    from civique.core.agreements.models import Agreement, UpkeepCheck

    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        funds.change_fund(session, fund, fund.revision, "Moitié-moitié.", preset="fifty_fifty")
    application = world.granted()
    assert (
        broken_rule(world.act, application, agreements.draw_up_agreement, ["Planter."], ["Fournir."]).rule == "FON-10"
    )
    until = world.commune.today + timedelta(days=400)
    world.act(application, agreements.draw_up_agreement, ["Planter."], ["Fournir."], upkeep_until=until)
    world.act(application, agreements.offer_agreement)
    for side in ("applicant", "commune"):
        world.act(application, agreements.sign_agreement, side, name="Nadia", means="paper")
    assert world.commune.one(Agreement).upkeep_until == until
    assert sorted(check.due_on for check in world.commune.all(UpkeepCheck))[-1] == until
    assert len(world.commune.all(UpkeepCheck)) == 3


def test_fon_11_what_was_not_paid_comes_back_with_a_trace(world):
    from civique.core.audit import AuditEntry
    from civique.modules.fund import queries

    application = world.under_way(30_000)
    world.act(application, payments.set_payee, "applicant", "Nadia", "FR7630006000011234567890189")
    world.act(application, payments.order_payment, 20_000, "advance")
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        payments.note_paid(session, found, found.payments[0], world.commune.today)
        reports.keep_report(session, found, {found.lines[0].id: 20_000}, text="Fait.")
        reports.send_report(session, found)
    world.move(application, "settle")
    assert world.now(application).returned_cents == 10_000
    found = world.now(application)
    assert (found.state, found.returned_cents, found.to_pay_cents) == ("settled", 10_000, 0)
    with world.commune.session() as session:
        gauge = queries.gauge(session, session.get(Fund, world.fund.id))
        assert (gauge.granted, gauge.paid, gauge.left) == (20_000, 20_000, 780_000)
        assert session.query(AuditEntry).filter_by(action="fund.money_returned").one().data["cents"] == 10_000


def spent_in_part(world, spent=14_000):
    """A project of 200 € that were paid, of which a part was spent, with its report."""
    application = world.paid(20_000)
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {found.lines[0].id: spent}, text="Fait.")
        reports.send_report(session, found)
    return application


def left_in_the_envelope(world):
    from civique.modules.fund import queries

    with world.commune.session() as session:
        gauge = queries.gauge(session, session.get(Fund, world.fund.id))
        assert gauge.paid <= gauge.granted
        return gauge.left


def test_fon_11_what_was_paid_and_not_spent_is_asked_back_then_returns(world):
    application = spent_in_part(world)
    world.move(application, "settle")
    found = world.now(application)
    asked = found.repayments[0]
    assert (asked.amount_cents, asked.state, found.returned_cents) == (6_000, "asked", 0)
    assert left_in_the_envelope(world) == 780_000, "not before the treasurer has it"
    today = world.commune.today
    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        with refuses("repaid_early"):
            world.act(application, lambda s, d, day=day: repayments.note_received(s, d, d.repayments[0], day))
    with ThreadPoolExecutor(4) as pool:  # four colleagues note the same receipt
        list(
            pool.map(
                lambda _: world.act(
                    application, lambda s, d: repayments.note_received(s, d, d.repayments[0], today, "T-7")
                ),
                range(4),
            )
        )
    found = world.now(application)
    assert (found.returned_cents, found.paid_cents, found.to_pay_cents) == (6_000, 14_000, 0)
    assert left_in_the_envelope(world) == 786_000
    with refuses("repayment_received"):
        world.act(application, lambda s, d: repayments.waive(s, d, d.repayments[0], "Non."))


def test_fon_11_what_is_waived_stays_granted(world):
    application = spent_in_part(world)
    world.move(application, "settle")
    with refuses("FON-08"):
        world.act(application, lambda s, d: repayments.waive(s, d, d.repayments[0], " "))
    world.act(application, lambda s, d: repayments.waive(s, d, d.repayments[0], "Moins que le coût d’un titre."))
    assert left_in_the_envelope(world) == 780_000
    with refuses("repayment_waived"):
        world.act(application, lambda s, d: repayments.note_received(s, d, d.repayments[0], world.commune.today))


def test_fon_11_no_more_is_asked_back_than_was_paid(world):
    application = spent_in_part(world)
    with refuses("more_than_paid"):
        world.act(application, lambda s, d: move(s, WORKFLOW, d, "settle", revision=d.revision, repay_cents=20_001))
    assert world.now(application).state == "report"
    world.act(application, lambda s, d: move(s, WORKFLOW, d, "settle", revision=d.revision, repay_cents=0))
    assert world.now(application).repayments == [], "the mairie may ask nothing back"


def test_fon_11_a_paid_project_that_does_not_take_place_is_asked_back_whole(world):
    application = world.paid(20_000)
    world.move(application, "give_up", motive="Le groupe s’est séparé.")
    found = world.now(application)
    assert (found.state, found.repayments[0].amount_cents) == ("lapsed", 20_000)
    world.act(application, lambda s, d: repayments.note_received(s, d, d.repayments[0], world.commune.today))
    assert left_in_the_envelope(world) == 800_000


def test_fon_11_a_project_given_up_frees_its_grant(world):
    application = world.granted(30_000)
    world.move(application, "give_up", motive="Le groupe s’est séparé.")
    with world.commune.session() as session:
        from civique.modules.fund import queries

        assert queries.gauge(session, session.get(Fund, world.fund.id)).left == 800_000
    assert world.now(application).state == "lapsed"


def test_payments_never_exceed_the_grant_even_at_once(world):
    application = world.under_way(30_000)
    world.act(application, payments.set_payee, "applicant", "Nadia", "FR7630006000011234567890189")

    def order(_):
        try:
            world.act(application, payments.order_payment, 20_000, "advance")
        except Refused as broken:
            return broken.rule
        return "ordered"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(order, range(4))) == ["more_than_granted"] * 3 + ["ordered"]


def test_an_iban_is_sealed_in_the_database(world):
    application = world.under_way()
    world.act(
        application,
        payments.set_payee,
        "third_party",
        "Amicale",
        "FR7630006000011234567890189",
        why="Le collectif n’a pas de compte.",
    )
    stored = world.commune.sql("SELECT iban_sealed, iban_end FROM fund_payee")[0]
    assert "30006000" not in stored.iban_sealed
    assert stored.iban_end == "0189"


def test_a_third_party_is_paid_for_a_reason(world):
    application = world.under_way()
    refusal = broken_rule(
        world.act, application, payments.set_payee, "third_party", "Amicale", "FR7630006000011234567890189"
    )
    assert refusal.rule == "payee_why"


def test_missing_things_go_back_and_forth(world, mailbox):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis", " ", "L’accord du voisin"])
    found = world.now(application)
    assert (found.state, [item.label for item in found.missing]) == ("to_complete", ["Un devis", "L’accord du voisin"])
    with world.commune.session(world.resident) as session:
        mine = session.get(FundApplication, application.id)
        missing.give(session, mine, mine.missing[0], "Voici.")
        assert mine.state == "to_complete"
        missing.give(session, mine, mine.missing[1], "Oui.")
        assert mine.state == "submitted"


def test_rules_are_kept_by_versions_and_an_application_knows_its_own(world):
    from civique.modules.fund import queries

    application = world.ask()
    assert application.rules_version == 1
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        assert broken_rule(funds.change_fund, session, fund, fund.revision, cap_cents=60_000).rule == "because"
        session.refresh(fund)
        funds.change_fund(session, fund, fund.revision, "Plus de projets.", cap_cents=60_000)
        versions = queries.rules_versions(session, fund)
        assert [(v.version, v.rules["cap_cents"]) for v in versions] == [(2, 60_000), (1, 50_000)]
    assert world.ask(title="Second").rules_version == 2
    assert world.now(application).rules_version == 1


def test_a_fund_by_calls_takes_applications_only_during_a_call(world):
    from datetime import timedelta

    today = world.commune.today
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        funds.change_fund(session, fund, fund.revision, "Par appels.", rhythm="calls")
        call = funds.add_call(session, fund, "Printemps", today + timedelta(days=5), today + timedelta(days=30))
        overlap = broken_rule(
            funds.add_call, session, fund, "Deux", today + timedelta(days=20), today + timedelta(days=40)
        )
        assert overlap.rule == "calls_overlap"
    refusal = broken_rule(world.ask)
    assert refusal.rule == "not_open"
    assert long_date(today + timedelta(days=5)) in str(refusal)
    with world.commune.session() as session:
        session.get(type(call), call.id).opens_on = today
    assert world.ask().call_id == call.id


@pytest.mark.parametrize("year", [2020, 2040])
def test_a_project_begins_in_the_year_of_the_fund_or_the_next(world, year):
    from datetime import date

    assert broken_rule(world.ask, starts_on=date(year, 5, 1)).rule == "dates"


def test_an_association_accepts_the_republican_charter(world):
    from civique.core.organisations import operations as organisations

    with world.commune.session() as session:
        association = organisations.add_organisation(session, "association", "Les Jardins")
    assert broken_rule(world.ask, organisation_id=association.id).rule == "charter"


def test_the_applicant_who_withdraws_frees_the_mairie(world):
    application = world.admissible()
    with world.commune.session(world.resident) as session:
        move(session, WORKFLOW, session.get(FundApplication, application.id), "withdraw")
    assert world.commune.one(AnswerDue).state == "dropped"
    assert broken_rule(world.decide, application, 30_000).rule == "not_admissible"


def test_an_account_sealed_elsewhere_is_asked_again(world):
    application = world.under_way()
    world.act(application, payments.set_payee, "applicant", "Nadia", "FR7630006000011234567890189")
    world.commune.sql("UPDATE fund_payee SET iban_sealed = :other", other="A" * 64)
    client = world.commune.client(world.secretary)
    file = f"/mairie/fonds/demandes/{application.id}"
    page = client.submit(f"{file}/iban", on=file)
    assert page.status == 303
    assert "Redemandez le RIB" in client.follow(page).text

"""Rules FON-01 to FON-08 of the first walk, each by its number, in operations and in the database."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from civique.core.answers.models import AnswerDue
from civique.core.people.queries import get_person
from civique.modules.fund import operations
from civique.modules.fund.models import Decision, Fund, FundRequest
from civique.modules.fund.operations import RuleBroken
from tests.modules.fund.world import RULES


@pytest.mark.parametrize("missing", RULES)
def test_fon_01_a_fund_does_not_open_incomplete(make_commune, missing):
    commune = make_commune("49307", "fund")
    facts = {**RULES, missing: None if missing.endswith("cents") else ""}
    with commune.session() as session:
        fund = operations.prepare_fund(session, 2026, **facts)
        with pytest.raises(RuleBroken) as broken:
            operations.open_fund(session, fund)
    assert broken.value.rule == "FON-01"
    assert broken.value.facts["missing"] == [missing]


def test_fon_01_the_database_refuses_it_too(make_commune):
    commune = make_commune("49307", "fund")
    with pytest.raises(IntegrityError), commune.session() as session:
        operations.prepare_fund(session, 2026, state="open")


def test_fon_01_an_open_fund_cannot_be_made_incomplete(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        with pytest.raises(RuleBroken) as broken:
            operations.change_fund(session, fund, fund.revision, cap_cents=None)
        session.rollback()
    assert broken.value.rule == "FON-01"


def test_fon_02_investment_is_refused(world):
    with world.commune.session() as session:
        holder = get_person(session, world.resident.id)
        demand = operations.start_request(session, session.get(Fund, world.fund.id), holder, title="T", purpose="P")
        with pytest.raises(RuleBroken) as broken:
            operations.add_line(session, demand, "Tondeuse", 40_000, "investment")
    assert broken.value.rule == "FON-02"


def test_fon_03_no_grant_above_the_cap(world):
    with pytest.raises(RuleBroken) as broken:
        world.ask(50_001)
    assert broken.value.rule == "FON-03"


def test_fon_03_the_cap_counts_the_project_over_the_year(world):
    first = world.admissible(30_000)
    world.decide(first, 30_000)
    second = world.admissible(25_000, project_id=first.project_id)
    with pytest.raises(RuleBroken) as broken:
        world.decide(second, 25_000)
    assert (broken.value.rule, broken.value.facts["others"]) == ("FON-03", 30_000)
    world.decide(second, 20_000, "Plafond atteint.")


def test_fon_05_no_grant_above_the_envelope(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        operations.change_fund(session, fund, fund.revision, envelope_cents=50_000)
    world.decide(world.admissible(40_000), 40_000)
    with pytest.raises(RuleBroken) as broken:
        world.decide(world.admissible(20_000), 20_000)
    assert (broken.value.rule, broken.value.facts["left"]) == ("FON-05", 10_000)


def test_fon_05_twenty_decisions_at_once_on_the_last_euros(world):
    """The last 1,000 € asked twenty times at once: never a cent more, and every decision says granted or refused."""
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        operations.change_fund(session, fund, fund.revision, envelope_cents=100_000)
    demands = [world.admissible(30_000, title=f"Projet {n}") for n in range(20)]

    def decide(demand):
        try:
            world.decide(demand, 30_000)
        except RuleBroken as broken:
            return broken.rule
        return "granted"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(decide, demands))
    assert sorted(answers) == ["FON-05"] * 17 + ["granted"] * 3
    assert sum(d.amount_cents for d in world.commune.all(Decision)) == 90_000


def test_fon_05_the_envelope_cannot_go_under_what_is_granted(world):
    world.decide(world.admissible(30_000), 30_000)
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        with pytest.raises(RuleBroken) as broken:
            operations.change_fund(session, fund, fund.revision, envelope_cents=20_000)
        session.rollback()
    assert broken.value.facts == {"granted": 30_000, "envelope": 20_000}


@pytest.mark.parametrize(("amount", "state"), [(0, "refused"), (10_000, "partially_granted")])
def test_fon_08_a_refusal_or_a_part_needs_a_motive(world, amount, state):
    demand = world.admissible(30_000)
    with pytest.raises(RuleBroken) as broken:
        world.decide(demand, amount, "  ")
    assert broken.value.rule == "FON-08"
    world.decide(demand, amount, "Le reste est couvert.")
    assert world.commune.one(FundRequest).state == state


def test_fon_08_not_admissible_needs_a_motive(world):
    demand = world.ask()
    with world.commune.session() as session:
        found = session.get(FundRequest, demand.id)
        with pytest.raises(RuleBroken):
            operations.declare_inadmissible(session, found, "", found.revision)
        operations.declare_inadmissible(session, found, "Hors de la commune.", found.revision)
    assert world.commune.one(AnswerDue).state == "answered"


def test_more_than_the_project_costs_is_refused(world):
    with world.commune.session() as session:
        holder = get_person(session, world.resident.id)
        demand = operations.start_request(session, session.get(Fund, world.fund.id), holder, title="T", purpose="P")
        operations.add_line(session, demand, "Terreau", 10_000, "running")
        operations.change_request(session, demand, amount_asked_cents=20_000)
        with pytest.raises(RuleBroken) as broken:
            operations.submit_request(session, demand)
    assert broken.value.rule == "more_than_cost"


def test_sent_twice_one_reference_one_receipt(world, mailbox):
    demand = world.ask()
    with world.commune.session() as session:
        operations.submit_request(session, session.get(FundRequest, demand.id))
    assert len(mailbox()) == 1
    assert len(world.commune.all(AnswerDue)) == 1


def test_two_agents_on_one_file(world):
    """The second is told, nothing is overwritten."""
    demand = world.ask()
    with world.commune.session() as session:
        found = session.get(FundRequest, demand.id)
        operations.declare_admissible(session, found, found.revision)
    with world.commune.session() as session, pytest.raises(StaleDataError):
        operations.declare_inadmissible(session, session.get(FundRequest, demand.id), "Non.", demand.revision)


def test_a_mistaken_decision_is_corrected_with_a_trace(world, mailbox):
    demand = world.admissible(30_000)
    world.decide(demand, 0, "Hors sujet.")
    with world.commune.session() as session:
        found = session.get(FundRequest, demand.id)
        operations.correct_decision(session, found, 30_000, "", "Erreur de dossier.", found.revision)
    kept = world.commune.one(FundRequest)
    assert kept.state == "granted"
    decisions = world.commune.all(Decision)
    assert [(d.kind, d.replaced_because) for d in sorted(decisions, key=lambda d: d.decided_at)] == [
        ("refused", "Erreur de dossier."), ("granted", ""),
    ]  # fmt: skip
    assert len(mailbox()) == 3


def test_paper_holder_receives_letters(world):
    from civique.core.messages.models import Message

    paper = world.commune.person("Paulette", "Papier", email=None)
    world.resident = paper
    world.decide(world.admissible(), 0, "Hors sujet.")
    assert {m.state for m in world.commune.all(Message, person_id=paper.id)} == {"to_print"}


def test_erased_holder_leaves_the_accounts_true(world):
    from civique.core import privacy
    from civique.core.registry import modules

    world.decide(world.admissible(), 30_000)
    with world.commune.session() as session:
        privacy.erase(session, get_person(session, world.resident.id), modules())
    demand = world.commune.one(FundRequest)
    assert demand.holder_id is None
    assert world.commune.one(Decision).amount_cents == 30_000
    assert "Habitante" not in world.commune.client(world.secretary).get(f"/mairie/fonds/demandes/{demand.id}").text

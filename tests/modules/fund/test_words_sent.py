"""What the fund writes to who asked: a receipt, a refusal to examine, a decision, a correction."""

import pytest

from civique.core.people.queries import get_person
from civique.modules.fund import operations as fund_operations
from civique.modules.fund.models import FundRequest
from tests.modules.fund.world import RULES, FundWorld


@pytest.fixture
def world(scene):
    """An open fund in the scene; Nadia asks."""
    scene.commune.switch_on("fund")
    secretary = scene.commune.person("Sylvie", "Secrétaire", "secretary")
    with scene.commune.session(secretary) as session:
        fund = fund_operations.prepare_fund(session, 2026, **RULES)
        fund_operations.open_fund(session, fund)
        assert get_person(session, scene.reader.id).locale == scene.locale
    return FundWorld(scene.commune, secretary, scene.reader, fund)


def inadmissible(world):
    demand = world.ask()
    with world.commune.session(world.secretary) as session:
        demand = session.get(FundRequest, demand.id)
        fund_operations.declare_inadmissible(session, demand, "Le lieu est hors de la commune.", demand.revision)


def corrected(world):
    demand = world.admissible()
    world.decide(demand, 0, "L’enveloppe est épuisée.")
    with world.commune.session(world.secretary) as session:
        demand = session.get(FundRequest, demand.id)
        fund_operations.correct_decision(
            session, demand, 30_000, "", "Une ligne de l’enveloppe avait été oubliée.", demand.revision
        )


CASES = {
    "fund.request_received": lambda world: world.ask(),
    "fund.request_inadmissible": inadmissible,
    "fund.request_granted": lambda world: world.decide(world.admissible(), 30_000),
    "fund.request_partially_granted": lambda world: world.decide(world.admissible(), 25_000, "Le reste est couvert."),
    "fund.request_refused": lambda world: world.decide(world.admissible(), 0, "L’enveloppe est épuisée."),
    "fund.decision_corrected": corrected,
}


@pytest.mark.parametrize("kind", CASES)
def test_words(kind, world, agreed):
    CASES[kind](world)
    agreed(world.commune.session(), kind)

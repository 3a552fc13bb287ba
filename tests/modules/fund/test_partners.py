"""Partners of the fund in three natures (FON-05, FON-06): received, matched to what was granted, never used twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from civique.core.contributions import operations as contributions
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import suggestions, usable
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.models import Ask, Fund
from civique.modules.fund.operations import partners
from civique.modules.fund.queries import partners as partner_queries

CLOTH = {
    "giver_name": "Filature de Corné",
    "description": "Tissu de carnaval",
    "quantity": Decimal(60),
    "unit": "mètres",
}


@pytest.fixture
def pledged(world):
    """Sixty metres of cloth pledged to the fund."""
    with world.commune.session(world.secretary) as session:
        return contributions.pledge_contribution(session, session.get(Fund, world.fund.id), "material", **CLOTH)


@pytest.fixture
def cloth(world):
    """Forty metres of cloth granted to a project."""
    application = world.admissible(10_000, asks=[("material", "tissu", Decimal(40), "mètres")])
    world.decide(application, 10_000, in_kind={world.now(application).asks[0].id: (Decimal(40), "")})
    return world.now(application).asks[0]


def need_of(session, fund, ask):
    """What an ask waits for, as the ledger shows it."""
    return next(need for need in partner_queries.find_needs(session, fund) if need.id == ask.id)


def refused(operation, *arguments, **named):
    with pytest.raises(Refused) as broken:
        operation(*arguments, **named)
    return broken.value


def test_fon_06_cloth_is_no_cash(world, pledged):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        contributions.receive_contribution(session, session.get(Contribution, pledged.id))
        assert queries.gauge(session, fund).left == 800_000


def test_fon_05_cash_that_was_granted_cannot_be_taken_back(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        cash = contributions.pledge_contribution(
            session, fund, "financial", value_cents=100_000, giver_name="Pépinière"
        )
        contributions.receive_contribution(session, cash)
        fund.envelope_cents = 10_000
    world.granted(50_000)
    with world.commune.session() as session:
        refusal = refused(contributions.withdraw_contribution, session, session.get(Contribution, cash.id))
        assert refusal.rule == "FON-05"


def test_a_pledge_is_matched_to_what_was_granted_and_no_more(world, pledged, cloth):
    with world.commune.session() as session:
        gift, ask = session.get(Contribution, pledged.id), session.get(Ask, cloth.id)
        fund = session.get(Fund, world.fund.id)
        assert [(a.id, lacking) for a, _application, lacking in partner_queries.waiting_asks(session, fund)] == [
            (ask.id, 40)
        ]
        assert suggestions(usable(session, fund), need_of(session, fund, ask)) == [gift]
        partners.match(session, gift, ask, Decimal(30))
        assert gift.left == 30
        assert refused(partners.match, session, gift, ask, Decimal(11)).rule == "not_granted_in_kind"
        partners.match(session, gift, ask, Decimal(10))
        assert partner_queries.waiting_asks(session, fund) == []
        assert ask.provider == "Filature de Corné"
        assert refused(contributions.withdraw_contribution, session, gift).rule == "used"


def test_suggestions_put_first_what_shares_a_word(world, cloth):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        seeds = contributions.pledge_contribution(
            session, fund, "material", giver_name="A", description="Graines", quantity=Decimal(5)
        )
        tissue = contributions.pledge_contribution(
            session, fund, "material", giver_name="B", description="Chutes de tissu", quantity=Decimal(5)
        )
        late = contributions.pledge_contribution(
            session,
            fund,
            "material",
            giver_name="C",
            description="Tissu",
            quantity=Decimal(5),
            pledged_on=world.commune.today - timedelta(days=9),
            valid_until=world.commune.today - timedelta(days=1),
        )
        contributions.pledge_contribution(
            session, fund, "human", giver_name="D", description="Couture", quantity=Decimal(5), unit="heures"
        )
        assert suggestions(usable(session, fund), need_of(session, fund, cloth)) == [tissue, seeds]
        assert refused(partners.match, session, late, session.get(Ask, cloth.id), Decimal(1)).rule == "expired"


def test_time_does_not_replace_things(world, cloth):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        hours = contributions.pledge_contribution(
            session, fund, "human", giver_name="D", description="Couture", quantity=Decimal(5)
        )
        assert refused(partners.match, session, hours, session.get(Ask, cloth.id), Decimal(1)).rule == "other_nature"


def test_the_same_metres_never_go_twice_even_at_once(world, pledged):
    asks = []
    for rank in range(3):
        application = world.admissible(
            1_000, title=f"Projet {rank}", asks=[("material", "tissu", Decimal(40), "mètres")]
        )
        world.decide(application, 1_000, in_kind={world.now(application).asks[0].id: (Decimal(40), "")})
        asks.append(world.now(application).asks[0].id)

    def match(ask_id):
        with world.commune.session() as session:
            try:
                partners.match(session, session.get(Contribution, pledged.id), session.get(Ask, ask_id), Decimal(40))
            except Refused as error:
                return error.rule
        return "used"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(match, asks)) == ["too_much", "too_much", "used"]

"""The ledger of contributions: pledged once, received, used in part, withdrawn; objects of a module that is on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from civique.core.contributions import operations as contributions
from civique.core.contributions.models import Contribution
from civique.core.contributions.queries import contributions_to
from civique.core.refused import Refused
from tests.refusals import refuses
from tests.sample.models import Pickup
from tests.sample.operations import ask_pickup

CLOTH = {
    "giver_name": "Filature de Corné",
    "description": "Tissu de carnaval",
    "quantity": Decimal(60),
    "unit": "mètres",
}


@pytest.fixture
def village(make_commune):
    """A village, with the sample module and without the fund."""
    return make_commune("49002", "sample")


@pytest.fixture
def pickup(village):
    """What is given to."""
    with village.session() as session:
        return ask_pickup(session, None, "Les greniers", village.today + timedelta(days=2))


def pledge(session, pickup, **facts):
    return contributions.pledge_contribution(session, session.get(Pickup, pickup.id), "material", **CLOTH | facts)


def test_a_partner_pledging_twice_is_told(village, pickup):
    with village.session() as session:
        again = {"giver_name": "filature de corne", "description": "TISSU de carnaval"}
        pledge(session, pickup)
        with refuses("pledged_twice"):
            pledge(session, pickup, **again)
        pledge(session, pickup, again=True, **again)
        pledge(session, pickup, quantity=Decimal(10))
    assert len(village.all(Contribution, object_type="sample_pickup")) == 3


def test_two_agents_pledging_the_same_at_once_keep_one(village, pickup):
    def one(_):
        with village.session() as session:
            try:
                pledge(session, pickup)
            except Refused as broken:
                return broken.rule
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == ["kept"] + ["pledged_twice"] * 3


def test_a_part_is_used_and_never_more_than_there_is(village, pickup):
    with village.session() as session:
        about, gift = session.get(Pickup, pickup.id), pledge(session, pickup)
        contributions.receive_contribution(session, gift)
        contributions.receive_contribution(session, gift, village.today + timedelta(days=1))
        assert gift.received_on == village.today, "receiving twice changes nothing"
        contributions.use_contribution(session, gift, about, Decimal(40))
        assert gift.left == 20
        with refuses("too_much"):
            contributions.use_contribution(session, gift, about, Decimal(21))
        with refuses("used"):
            contributions.withdraw_contribution(session, gift)


def test_what_is_withdrawn_is_neither_received_nor_used_nor_counted(village, pickup):
    with village.session() as session:
        about, gift = session.get(Pickup, pickup.id), pledge(session, pickup)
        contributions.withdraw_contribution(session, gift)
        with refuses("withdrawn"):
            contributions.receive_contribution(session, gift)
        with refuses("withdrawn"):
            contributions.use_contribution(session, gift, about, Decimal(1))
        assert contributions_to(session, about) == []

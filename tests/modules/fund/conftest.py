"""Fixtures of the fund."""

from collections.abc import Callable

import pytest

from civique.modules.fund.operations import funds
from tests.fixtures import Commune
from tests.modules.fund.world import RULES, FundWorld


@pytest.fixture
def world(make_commune: Callable[..., Commune], insee: str) -> FundWorld:
    """A village with an open fund of 8,000 €, at most 500 € a project."""
    commune = make_commune(insee, "fund")
    secretary = commune.person("Sylvie", "Secrétaire", "secretary")
    resident = commune.person("Nadia", "Habitante")
    with commune.session(secretary) as session:
        fund = funds.prepare_fund(session, 2026, **RULES)
        funds.open_fund(session, fund)
    return FundWorld(commune, secretary, resident, fund)

"""What the fund's tests start from."""

from dataclasses import dataclass
from typing import Any

from civique.core.people.queries import get_person
from civique.modules.fund import operations as fund_operations
from civique.modules.fund.models import Fund, FundRequest
from tests.fixtures import Commune

RULES = {"envelope_cents": 800_000, "cap_cents": 50_000, "eligible_costs": "- graines", "decision_maker": "mayor"}


@dataclass
class FundWorld:
    """A commune with an open fund, a secretary and a resident."""

    commune: Commune
    secretary: Any
    resident: Any
    fund: Fund

    def ask(self, amount: int = 30_000, title: str = "Pieds de mur fleuris", **facts: Any) -> FundRequest:
        """A request that was sent; ``amount`` in cents, of a project that costs as much."""
        with self.commune.session(self.resident) as session:
            holder = get_person(session, self.resident.id)
            fund = session.get(Fund, self.fund.id)
            demand = fund_operations.start_request(session, fund, holder, title=title, purpose="Semer.", **facts)
            fund_operations.add_line(session, demand, "Terreau", amount, "running")
            fund_operations.change_request(session, demand, amount_asked_cents=amount)
            fund_operations.submit_request(session, demand)
        return demand

    def admissible(self, amount: int = 30_000, **facts: Any) -> FundRequest:
        """A request ready to be decided."""
        demand = self.ask(amount, **facts)
        with self.commune.session(self.secretary) as session:
            demand = session.get(FundRequest, demand.id)
            fund_operations.declare_admissible(session, demand, demand.revision)
        return demand

    def decide(self, demand: FundRequest, amount: int, motive: str = "") -> None:
        """Decide a request."""
        with self.commune.session(self.secretary) as session:
            found = session.get(FundRequest, demand.id)
            fund_operations.decide_request(session, found, amount, motive, found.revision)

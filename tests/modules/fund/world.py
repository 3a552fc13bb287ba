"""What the fund's tests start from."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from civique.core.cases.operations import move
from civique.core.people.queries import get_person
from civique.modules.fund.models import Fund, FundRequest
from civique.modules.fund.operations import payments, reports, requests
from civique.modules.fund.workflow import WORKFLOW
from tests.fixtures import Commune
from tests.modules.fund import agreed as agreements

IBAN = "FR7630006000011234567890189"
RULES = {"envelope_cents": 800_000, "cap_cents": 50_000, "eligible_costs": "- graines", "decision_maker": "mayor"}


@dataclass
class FundWorld:
    """A commune with an open fund, a secretary and a resident."""

    commune: Commune
    secretary: Any
    resident: Any
    fund: Fund

    def ask(self, amount: int = 30_000, title: str = "Pieds de mur fleuris", **facts: Any) -> FundRequest:
        """A request that was sent; ``amount`` in cents, of a project that costs as much and lives from its volunteers."""
        with self.commune.session(self.resident) as session:
            holder = get_person(session, self.resident.id)
            fund = session.get(Fund, self.fund.id)
            asks = facts.pop("asks", ())
            demand = requests.start_request(session, fund, holder, title=title, purpose="Semer.", **facts)
            if amount:
                requests.add_line(session, demand, "Terreau", amount, "running")
            for ask in asks:
                requests.add_ask(session, demand, *ask)
            requests.change_request(session, demand, amount_asked_cents=amount)
            requests.add_support(session, demand, "human", description="Voisins", quantity=Decimal(20), unit="heures")
            requests.submit_request(session, demand)
        return demand

    def act(self, demand: FundRequest, operation: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Do something to a request as the secretary: ``operation(session, request, …)``."""
        with self.commune.session(self.secretary) as session:
            return operation(session, session.get(FundRequest, demand.id), *arguments, **named)

    def revised(self, demand: FundRequest, operation: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """The same for an operation that ends by the revision."""
        with self.commune.session(self.secretary) as session:
            found = session.get(FundRequest, demand.id)
            return operation(session, found, *arguments, found.revision, **named)

    def move(self, demand: FundRequest, name: str, **facts: Any) -> None:
        """Take a request through a transition, as the secretary who has just read it."""
        with self.commune.session(self.secretary) as session:
            found = session.get(FundRequest, demand.id)
            move(session, WORKFLOW, found, name, revision=found.revision, **facts)

    def admissible(self, amount: int = 30_000, **facts: Any) -> FundRequest:
        """A request ready to be decided."""
        demand = self.ask(amount, **facts)
        self.move(demand, "declare_admissible")
        return demand

    def decide(self, demand: FundRequest, amount: int, motive: str = "", **named: Any) -> None:
        """Decide a request."""
        self.move(demand, "decide", amount_cents=amount, motive=motive, **named)

    def granted(self, amount: int = 30_000, **facts: Any) -> FundRequest:
        """A request granted in full."""
        demand = self.admissible(amount, **facts)
        self.decide(demand, amount)
        return demand

    def under_way(self, amount: int = 30_000, **facts: Any) -> FundRequest:
        """A granted request whose agreement both sides have signed on paper."""
        demand = self.granted(amount, **facts)
        self.act(demand, agreements.draw_up_agreement, ["Réaliser le projet."], ["Verser la somme."])
        self.act(demand, agreements.offer_agreement)
        for side in ("holder", "commune"):
            self.act(demand, agreements.sign_agreement, side, name="Nadia Habitante", means="paper")
        return demand

    def paid(self, amount: int = 30_000, **facts: Any) -> FundRequest:
        """A request under way, paid in full."""
        demand = self.under_way(amount, **facts)
        self.act(demand, payments.set_payee, "holder", "Nadia Habitante", IBAN)
        self.act(demand, payments.order_payment, amount, "single")
        with self.commune.session(self.secretary) as session:
            found = session.get(FundRequest, demand.id)
            payments.note_paid(session, found, found.payments[0], self.commune.today)
        return demand

    def reported(self, spent: int, **facts: Any) -> FundRequest:
        """A paid request whose report came, with what was spent in cents."""
        demand = self.paid(**facts)
        with self.commune.session(self.resident) as session:
            found = session.get(FundRequest, demand.id)
            reports.keep_report(session, found, {found.lines[0].id: spent}, text="Semé, arrosé, fleuri.")
            reports.send_report(session, found)
        return demand

    def now(self, demand: FundRequest) -> FundRequest:
        """The request as it is now, with everything around it."""
        with self.commune.session() as session:
            found = session.get(FundRequest, demand.id)
            for name in (
                "decisions",
                "returns",
                "payments",
                "repayments",
                "lines",
                "asks",
                "steps",
                "missing",
                "log",
                "report",
            ):
                getattr(found, name)
            return found

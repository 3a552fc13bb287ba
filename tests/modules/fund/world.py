"""What the fund's tests start from."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from civique.core.cases.operations import move
from civique.core.people.queries import get_person
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.operations import applications, payments, reports
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

    def ask(self, amount: int = 30_000, title: str = "Pieds de mur fleuris", **facts: Any) -> FundApplication:
        """An application that was sent; ``amount`` in cents, of a project that costs as much and lives from its volunteers."""
        with self.commune.session(self.resident) as session:
            applicant = get_person(session, self.resident.id)
            fund = session.get(Fund, self.fund.id)
            asks = facts.pop("asks", ())
            application = applications.start_application(
                session, fund, applicant, title=title, purpose="Semer.", **facts
            )
            if amount:
                applications.add_line(session, application, "Terreau", amount, "running")
            for ask in asks:
                applications.add_ask(session, application, *ask)
            applications.change_application(session, application, amount_asked_cents=amount)
            applications.add_support(
                session, application, "human", description="Voisins", quantity=Decimal(20), unit="heures"
            )
            applications.submit_application(session, application)
        return application

    def act(self, application: FundApplication, operation: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Do something to an application as the secretary: ``operation(session, application, …)``."""
        with self.commune.session(self.secretary) as session:
            return operation(session, session.get(FundApplication, application.id), *arguments, **named)

    def revised(
        self, application: FundApplication, operation: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Any:
        """The same for an operation that ends by the revision."""
        with self.commune.session(self.secretary) as session:
            found = session.get(FundApplication, application.id)
            return operation(session, found, *arguments, found.revision, **named)

    def move(self, application: FundApplication, name: str, **facts: Any) -> None:
        """Take an application through a transition, as the secretary who has just read it."""
        with self.commune.session(self.secretary) as session:
            found = session.get(FundApplication, application.id)
            move(session, WORKFLOW, found, name, revision=found.revision, **facts)

    def admissible(self, amount: int = 30_000, **facts: Any) -> FundApplication:
        """An application ready to be decided."""
        application = self.ask(amount, **facts)
        self.move(application, "declare_admissible")
        return application

    def decide(self, application: FundApplication, amount: int, motive: str = "", **named: Any) -> None:
        """Decide an application."""
        self.move(application, "decide", amount_cents=amount, motive=motive, **named)

    def granted(self, amount: int = 30_000, **facts: Any) -> FundApplication:
        """An application granted in full."""
        application = self.admissible(amount, **facts)
        self.decide(application, amount)
        return application

    def under_way(self, amount: int = 30_000, **facts: Any) -> FundApplication:
        """A granted application whose agreement both sides have signed on paper."""
        application = self.granted(amount, **facts)
        self.act(application, agreements.draw_up_agreement, ["Réaliser le projet."], ["Verser la somme."])
        self.act(application, agreements.offer_agreement)
        for side in ("applicant", "commune"):
            self.act(application, agreements.sign_agreement, side, name="Nadia Habitante", means="paper")
        return application

    def paid(self, amount: int = 30_000, **facts: Any) -> FundApplication:
        """An application under way, paid in full."""
        application = self.under_way(amount, **facts)
        self.act(application, payments.set_payee, "applicant", "Nadia Habitante", IBAN)
        self.act(application, payments.order_payment, amount, "single")
        with self.commune.session(self.secretary) as session:
            found = session.get(FundApplication, application.id)
            payments.note_paid(session, found, found.payments[0], self.commune.today)
        return application

    def reported(self, spent: int, **facts: Any) -> FundApplication:
        """A paid application whose report came, with what was spent in cents."""
        application = self.paid(**facts)
        with self.commune.session(self.resident) as session:
            found = session.get(FundApplication, application.id)
            reports.keep_report(session, found, {found.lines[0].id: spent}, text="Semé, arrosé, fleuri.")
            reports.send_report(session, found)
        return application

    def now(self, application: FundApplication) -> FundApplication:
        """The application as it is now, with everything around it."""
        with self.commune.session() as session:
            found = session.get(FundApplication, application.id)
            for name in (
                "decisions",
                "returns",
                "payments",
                "repayments",
                "lines",
                "asks",
                "steps",
                "missing",
                "report",
            ):
                getattr(found, name)
            return found

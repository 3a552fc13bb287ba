"""A commune that looks lived in: its fund is open and helped sixty projects, so the list has three pages."""

from decimal import Decimal
from uuid import UUID

from civique.core import clock
from civique.core.cases.operations import move
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.process import engines
from civique.core.territory.queries import territories
from civique.modules.fund.models import Fund
from civique.modules.fund.operations import funds, requests
from civique.modules.fund.workflow import WORKFLOW
from tenants.session import TenantSession, session_for
from tenants.tenant import Tenant

HELPED = 60
GRANT = 30_000
"""Cents granted to each project."""
PURPOSE = "Semer des fleurs au pied des murs de la rue, avec les voisins et l’école, puis les arroser tout l’été. " * 3


def fill(tenant: Tenant) -> UUID:
    """Write the fund and its projects with the operations that the pages use; gives one project."""
    with session_for(engines(), tenant) as session:
        holder = people.register_person(session, "Nadia", "Habitante")
        envelope = _open_fund(session)
        shown = [_help(session, envelope, holder, number) for number in range(1, HELPED + 1)]
        session.commit()
        return shown[0]


def _open_fund(session: TenantSession) -> Fund:
    envelope = funds.prepare_fund(
        session,
        clock.today().year,
        envelope_cents=2_500_000,
        cap_cents=50_000,
        decision_maker="mayor",
        eligible_costs="- graines et terreau\n- tissu\n- location de matériel",
    )
    funds.open_fund(session, envelope)
    return envelope


def _help(session: TenantSession, envelope: Fund, holder: Person, number: int) -> UUID:
    places = territories(session, "delegated")
    place = places[number % len(places)].id if places else None
    request = requests.start_request(
        session, envelope, holder, title=f"Pieds de mur fleuris, rue {number}", purpose=PURPOSE, territory_id=place
    )
    requests.add_line(session, request, "Graines et terreau", GRANT + 10_000, "running")
    requests.change_request(session, request, amount_asked_cents=GRANT)
    requests.add_support(
        session, request, "human", description="Jardiniers du quartier", quantity=Decimal(20), unit="heures"
    )
    requests.submit_request(session, request)
    move(session, WORKFLOW, request, "declare_admissible")
    move(session, WORKFLOW, request, "decide", amount_cents=GRANT)
    return request.id

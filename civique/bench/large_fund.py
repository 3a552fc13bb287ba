"""A fund of six years and five thousand applications: its pages for residents and for the mairie, and its evaluation."""

import logging
import random
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert, select, text
from uuid_utils.compat import uuid7

from civique.app import create_wsgi
from civique.bench import all_processes
from civique.bench.bare import SELECT, bare_flask
from civique.bench.figure import Measure, in_turns, middle
from civique.bench.pages import Visit, sign_in, statements
from civique.bench.stage import Stage
from civique.core import clock
from civique.core.cases.models import CaseStep
from civique.core.folding import fold
from civique.core.people import operations as people
from civique.core.process import engines
from civique.core.territory.queries import territories
from civique.modules.fund.models import BudgetLine, Decision, Fund, FundApplication, Payment
from civique.modules.fund.queries.figures import year_figures
from tenants.session import TenantSession, session_for
from tenants.tenant import Tenant

REQUESTS = 5_000
YEARS = 6
ROUNDS = 60
WORDS = ("Fleurs", "Jardin", "Carnaval", "Nichoirs", "Vélos", "Boîte à livres", "Concert", "Repas", "Fresque", "Verger")
# State and share of the applications of a year that is over.
STATES = (
    ("settled", 55),
    ("refused", 15),
    ("inadmissible", 8),
    ("withdrawn", 5),
    ("lapsed", 2),
    ("under_way", 8),
    ("submitted", 4),
    ("admissible", 3),
)
HELPED = ("settled", "under_way")


def measure(stage: Stage) -> list[Measure]:
    """Fill the fund, then ask for its pages as a resident and as the secretary, and count a year."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    stage.say(f"filling a fund with {REQUESTS} requests over {YEARS} years")
    tenant = stage.instance.open(stage.instance.codes(1)[0], "fund")
    project, file = _fill(tenant)
    token = sign_in(tenant)
    _let_statistics_be_taken()
    host, wsgi = stage.instance.host(tenant), create_wsgi()
    year = datetime.now(UTC).year
    pages = {
        "list of the fund": Visit(wsgi, host, "/fonds", first=True),
        "one project": Visit(wsgi, host, f"/fonds/projets/{project}", first=True),
        "queue": Visit(wsgi, host, "/mairie/fonds", cookie=token),
        "queue, tenth page": Visit(wsgi, host, "/mairie/fonds?page=10", cookie=token),
        "queue, searched": Visit(wsgi, host, "/mairie/fonds?q=verger", cookie=token),
        "one file": Visit(wsgi, host, f"/mairie/fonds/demandes/{file}", cookie=token),
        "evaluation": Visit(wsgi, host, f"/mairie/evaluations/fonds/{year - 1}", cookie=token),
    }
    for page in pages.values():
        page.expect(200)
    rounds = stage.rounds or ROUNDS
    stage.say(f"{rounds} requests of each page")
    bare = Visit(bare_flask(engines().of(tenant)), host, SELECT).expect(200)
    cost = in_turns(rounds, {"": bare, **pages})
    measures = [Measure("CPU of a bare Flask view with one SELECT, beside them", cost[""] * 1e3, "ms")]
    for name, page in pages.items():
        bar = 8 if "evaluation" not in name else None
        times = f"{cost[name] / cost['']:.1f} × the bare view"
        measures.append(Measure(f"CPU of « {name} »", cost[name] * 1e3, "ms", bar=bar, note=times))
        measures.append(Measure(f"SQL statements of « {name} »", statements(page), "", bar=10 if bar else None))
    measures.append(_evaluation(tenant, year - 1, rounds))
    return measures + all_processes.measure(stage, tenant, {name: page.page for name, page in pages.items()})


def _let_statistics_be_taken() -> None:
    """What autovacuum does within a minute of so many new rows; without it PostgreSQL plans for empty tables."""
    with engines().owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _evaluation(tenant: Tenant, year: int, rounds: int) -> Measure:
    """Seconds to assemble the figures of the fullest year."""
    spent = []
    with session_for(engines(), tenant) as session:
        fund = session.scalars(select(Fund).where(Fund.year == year)).one()
        for _ in range(min(rounds, 10)):
            start = perf_counter()
            year_figures(session, fund)
            spent.append(perf_counter() - start)
    return Measure("Figures of a yearly evaluation", middle(spent), "s", bar=3)


def _fill(tenant: Tenant) -> tuple[UUID, UUID]:
    """Rows written at once; gives a project and a file that waits."""
    chance = random.Random(7)  # noqa: S311 (the same fund at each run)
    with session_for(engines(), tenant) as session:
        applicants = [people.register_person(session, "Nadia", f"Habitante {n}").id for n in range(200)]
        places: list[UUID | None] = [place.id for place in territories(session, "delegated")] or [None]
        this_year = clock.today().year
        for year in range(this_year - YEARS + 1, this_year + 1):
            _year(session, chance, year, applicants, places, state="open" if year == this_year else "closed")
        session.flush()
        project = session.scalars(select(FundApplication.id).where(FundApplication.state == "settled").limit(1)).one()
        file = session.scalars(select(FundApplication.id).where(FundApplication.state == "admissible").limit(1)).one()
        session.commit()
        return project, file


def _year(
    session: TenantSession, chance: random.Random, year: int, applicants: list[UUID], places: list[Any], state: str
) -> None:
    fund = Fund(
        year=year,
        state=state,
        envelope_cents=50_000_000,
        cap_cents=50_000,
        eligible_costs="- graines",
        decision_maker="mayor",
        rules_version=1,
    )
    session.add(fund)
    session.flush()
    rows: dict[Any, list[dict[str, Any]]] = {m: [] for m in (FundApplication, BudgetLine, CaseStep, Decision, Payment)}
    states = chance.choices([s for s, _ in STATES], [share for _, share in STATES], k=REQUESTS // YEARS)
    for number, request_state in enumerate(states, start=1):
        came = datetime(year, 1, 2, 9, tzinfo=UTC) + timedelta(hours=number * 9)
        _application(
            rows,
            chance,
            fund.id,
            f"FIC-{year}-{number:04}",
            request_state,
            came,
            chance.choice(applicants),
            chance.choice(places),
        )
    for model, values in rows.items():
        session.execute(insert(model), values)


def _application(
    rows: dict[Any, list[dict[str, Any]]],
    chance: random.Random,
    fund_id: UUID,
    reference: str,
    state: str,
    came: datetime,
    applicant: UUID,
    place: Any,
) -> None:
    application_id, amount = uuid7(), chance.randrange(10, 50) * 1_000
    title = f"{chance.choice(WORDS)} {reference[-4:]}"
    rows[FundApplication].append(
        {
            "id": application_id,
            "reference": reference,
            "fund_id": fund_id,
            "project_id": application_id,
            "applicant_id": applicant,
            "territory_id": place,
            "title": title,
            "folded": fold(title),
            "purpose": "Avec les voisins. " * 20,
            "amount_asked_cents": amount,
            "channel": chance.choice(("web", "web", "web", "paper", "counter")),
            "state": state,
            "submitted_at": came,
            "created_at": came,
            "rules_version": 1,
        }
    )
    for position in range(3):
        rows[BudgetLine].append(
            {
                "id": uuid7(),
                "application_id": application_id,
                "label": "Fournitures",
                "amount_cents": amount,
                "position": position,
            }
        )
    course = [("submitted", 0), ("complete", 3), ("admissible", 5)]
    decided = state in {*HELPED, "refused"}
    if decided:
        course += [("granted" if state in HELPED else "refused", 20), (state, 40)]
        rows[Decision].append(
            {
                "id": uuid7(),
                "application_id": application_id,
                "fund_id": fund_id,
                "decided_at": came + timedelta(days=20),
                "kind": "granted" if state in HELPED else "refused",
                "amount_cents": amount if state in HELPED else 0,
                "motive": "" if state in HELPED else "Hors du règlement.",
            }
        )
    elif state not in {"submitted", "admissible"}:
        course.append((state, 9))
    if state == "settled":
        rows[Payment].append(
            {
                "id": uuid7(),
                "application_id": application_id,
                "amount_cents": amount,
                "payee_name": "Collectif",
                "state": "paid",
                "ordered_on": came.date(),
                "paid_on": came.date() + timedelta(days=50),
            }
        )
    for step, days in course:
        rows[CaseStep].append(
            {
                "id": uuid7(),
                "object_type": FundApplication.__tablename__,
                "object_id": application_id,
                "state": step,
                "at": came + timedelta(days=days),
            }
        )

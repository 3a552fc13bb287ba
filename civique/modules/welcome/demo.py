"""Demonstration: a request in each state, dated around today."""

from datetime import timedelta
from typing import Any

from civique.core.cases.operations import assign, move
from civique.core.demonstration import World
from civique.modules.welcome.operations import ask
from civique.modules.welcome.workflow import WORKFLOW
from tenants.session import TenantSession

REQUESTS = (
    ("6 tables et 20 chaises", "Fête des voisins de la rue du Port.", "web", ""),
    ("Le barnum", "Marché de printemps de l’école.", "paper", "ask_missing"),
    ("La sono", "Concert au bord de l’eau.", "counter", "advise"),
    ("10 grilles d’exposition", "Exposition de photos anciennes.", "web", "agree"),
    ("Le camion", "Déménagement.", "letter", "refuse"),
)
FACTS: dict[str, dict[str, Any]] = {
    "ask_missing": {"labels": ["Une attestation d’assurance"]},
    "refuse": {"motive": "Le camion ne sort qu’avec un agent."},
}


def demo(session: TenantSession, world: World) -> None:
    """Fill the commune."""
    for rank, (title, purpose, channel, then) in enumerate(REQUESTS):
        who = world.resident(rank) if channel == "web" else world.paper[rank % len(world.paper)]
        days = {"starts_on": world.today + timedelta(9 * rank + 9), "ends_on": world.today + timedelta(9 * rank + 10)}
        case = ask(session, who, title=title, purpose=purpose, channel=channel, **days)
        if then:
            move(session, WORKFLOW, case, then, **FACTS.get(then, {}))
            assign(session, case, world.people.get("secretary"))

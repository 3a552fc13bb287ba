"""Demonstration of the fund: an open year with requests in every state, and last year closed. Amounts are fictitious."""

from decimal import Decimal

from civique.core.demonstration import World
from civique.core.organisations.models import Organisation
from civique.modules.fund.models import Fund
from civique.modules.fund.operations import decisions, examination, funds, requests
from tenants.session import TenantSession

ELIGIBLE = (
    "- graines, terreau, plants\n- tissu, peinture, petit matériel consommé par le projet\n"
    "- impression, affiches\n- location de matériel, intervenant, goûter partagé"
)
INTRODUCTION = (
    "Des graines pour fleurir les pieds de mur, du tissu pour un carnaval… La commune aide les petits projets de voisinage. "
    "(Montants fictifs.)"
)
# Title, what for, costs in euros, asked, what became of it, amount, reason.
REQUESTS = (
    ("Des pieds de mur fleuris rue du Port", "Semer et planter le long des murs, un samedi de mars, avec les voisins et les enfants de l’école.",
     (("Terreau et petits outils", 180), ("Quarante sachets de graines", 90)), 200, "granted", 200, ""),
    ("Carnaval de Bauné", "Coudre ensemble les costumes du carnaval, puis défiler dans le bourg.",
     (("Tissu et mercerie", 420), ("Peinture et carton", 140)), 450, "partially_granted", 300, "Le reste est couvert par la tombola de l’an dernier."),
    ("Fête des voisins à La Coutardière", "Un repas partagé dans le champ commun, avec des jeux pour les enfants.",
     (("Location de tables et de bancs", 160), ("Jeux en bois, location", 90)), 200, "admissible", 0, ""),
    ("Boîte à livres de La Daguenière", "Remettre en état la cabine et la garnir, avec un premier lot de livres.",
     (("Peinture, vis, plexiglas", 130),), 100, "submitted", 0, ""),
    ("Atelier de réparation de vélos", "Un samedi par mois, réparer ensemble les vélos des enfants et des aînés.",
     (("Câbles, patins, chambres à air", 240), ("Affiches", 40)), 250, "submitted", 0, ""),
    ("Une tondeuse pour le quartier", "Acheter une tondeuse que chacun pourrait emprunter.",
     (("Essence et entretien pour l’année", 480),), 480, "refused", 0, "L’entretien d’un matériel privé n’entre pas dans le fonds. Les services techniques peuvent prêter une tondeuse."),
    ("Concert à Angers", "Un concert dans une salle d’Angers.",
     (("Location de la salle", 500),), 500, "inadmissible", 0, "Le projet se déroule hors de la commune. Il redevient possible à Loire-Authion."),
    ("Nichoirs au bord de l’Authion", "Construire vingt nichoirs avec le club nature et les poser en février.",
     (("Bois et quincaillerie", 220),), 180, "withdrawn", 0, ""),
    ("Soirées jeux à Corné", "Une soirée jeux par mois à la bibliothèque, ouverte à tous les âges.",
     (("Location de jeux", 150), ("Boissons", 60)), 150, "granted", 150, ""),
)  # fmt: skip


def demo(session: TenantSession, world: World) -> None:
    """Last year's fund, closed; this year's, with requests in every state, from people, collectives and on paper."""
    year = world.today.year
    rules = {"cap_cents": 50_000, "eligible_costs": ELIGIBLE, "introduction": INTRODUCTION, "decision_maker": "mayor"}
    last = funds.prepare_fund(session, year - 1, envelope_cents=600_000, **rules)
    funds.open_fund(session, last)
    funds.close_fund(session, last)
    fund = funds.prepare_fund(session, year, envelope_cents=800_000, **rules)
    funds.open_fund(session, fund)
    organisations = list(world.organisations.values())
    for rank, facts in enumerate(REQUESTS):
        _request(
            session,
            world,
            fund,
            rank,
            facts,
            organisations[rank % len(organisations)] if rank % 3 == 1 and organisations else None,
        )


def _request(
    session: TenantSession, world: World, fund: Fund, rank: int, facts: tuple, organisation: Organisation | None
) -> None:
    title, purpose, costs, asked, state, amount, reason = facts
    paper = rank == 3 and world.paper
    holder = world.paper[0] if paper else world.resident(rank)
    territory = world.delegated[rank % len(world.delegated)] if world.delegated else None
    session.info["actor_id"] = holder.id
    demand = requests.start_request(
        session, fund, holder, title=title, purpose=purpose, territory_id=territory.id if territory else None,
        organisation_id=organisation.id if organisation else None, channel="paper" if paper else "web",
    )  # fmt: skip
    for label, euros in costs:
        requests.add_line(session, demand, label, euros * 100, "running")
    requests.change_request(session, demand, amount_asked_cents=asked * 100)
    requests.add_support(
        session, demand, "human", description="Bénévoles du quartier", quantity=Decimal(12), unit="heures"
    )
    if demand.organisation is not None and demand.organisation.kind == "association":
        requests.accept_charter(session, demand)
    requests.submit_request(session, demand)
    session.info["actor_id"] = next(iter(world.people.values())).id if world.people else None
    if state == "withdrawn":
        requests.withdraw_request(session, demand)
    elif state == "inadmissible":
        examination.declare_inadmissible(session, demand, reason, demand.revision)
    elif state != "submitted":
        examination.declare_admissible(session, demand, demand.revision)
        if state != "admissible":
            decisions.decide_request(session, demand, amount * 100, reason, demand.revision)

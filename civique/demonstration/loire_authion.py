"""Loire-Authion: a commune nouvelle of seven communes déléguées, with the facts of its citizen plan of June 2022.

What comes from the plan is marked « Source » in the text; the rest is invented: the banner of every page says so once.
"""

import json
from pathlib import Path
from typing import Any

from civique.core import commune, settings
from civique.core.demonstration import World, draw_identity
from civique.core.officials.operations import add_official
from civique.core.organisations.operations import add_organisation, name_representative, validate_organisation
from civique.core.territory.operations import add_place, add_territory, correct_territory
from civique.core.territory.queries import territories
from civique.demonstration import cast, matter
from tenants.session import TenantSession

SOURCE = "Source : plan d’actions du projet citoyen de territoire, juin 2022."

# Corners (longitude, latitude) and outlines of the communes déléguées by INSEE code, drawn by hand: they are not those of the land
# register.
CORNERS = {
    "A": (-0.480, 47.402),
    "B": (-0.440, 47.394),
    "C": (-0.385, 47.404),
    "D": (-0.300, 47.398),
    "E": (-0.284, 47.426),
    "F": (-0.474, 47.434),
    "G": (-0.426, 47.437),
    "H": (-0.380, 47.441),
    "I": (-0.331, 47.446),
    "J": (-0.482, 47.466),
    "K": (-0.421, 47.474),
    "L": (-0.371, 47.477),
    "M": (-0.291, 47.464),
    "N": (-0.361, 47.511),
    "O": (-0.280, 47.505),
}
OUTLINES = {
    "49117": "ABGF",
    "49032": "BCHG",
    "49307": "CDEIH",
    "49042": "FGKJ",
    "49004": "GHLK",
    "49106": "HIEML",
    "49019": "LMON",
}


def source() -> dict[str, Any]:
    """The quoted plan, with its marks of origin."""
    data: dict[str, Any] = json.loads((Path(__file__).parent / "loire_authion.json").read_text())
    return data


def build(session: TenantSession, world: World) -> None:
    """Fill the commune; its communes déléguées are there already, from the official data set."""
    world.source = source()
    _identity(session)
    _territory(session, world)
    cast.engage(session, world, "Loire-Authion", "49250", staff=8, residents=10)
    _organisations(session, world)
    _officials(session, world)
    matter.publish_news(session, world, NEWS)
    matter.plan_dates(session, world, DATES)
    matter.open_workshop(session, world, "Atelier compost", days=12, place="Brain-sur-l’Authion")
    _documents(session, world)
    _questions(session, world)


def _identity(session: TenantSession) -> None:
    settings.change(
        session,
        commune.Identity,
        colour="#1c5d7d",
        tagline="Sept communes déléguées, une Loire",
        gentile="Loire-Authien(ne)s",
        welcome_title="Bienvenue chez vous, à Loire-Authion",
        welcome_text="S’informer, signaler, proposer : quelqu’un vous répond, en ligne comme sur papier.",
        **draw_identity(session, "river", "Dessin : une barque sur la Loire", "#1c5d7d"),
    )
    settings.change(
        session,
        commune.Contact,
        phone="+33241990001",
        email="mairie@exemple.fr",
        street="1 place de la Maquette",
        postal_code="49250",
        city="Loire-Authion",
        publication_director="Odile Tilleul, maire",
        court="Tribunal administratif de Nantes\n6 allée de l’Île-Gloriette\nCS 24111\n44041 Nantes Cedex 1",
        data_protection_contact="dpo@exemple.fr",
        hours="Du lundi au vendredi, 9 h – 12 h et 14 h – 17 h\nSamedi, 9 h – 12 h",
    )
    settings.change(session, commune.SetUp, finished=True)


def _territory(session: TenantSession, world: World) -> None:
    for territory in territories(session):
        world.territories[territory.name] = territory
        if territory.kind == "delegated" and territory.insee in OUTLINES:
            corners = OUTLINES[territory.insee]
            ring = [list(CORNERS[corner]) for corner in corners + corners[0]]
            correct_territory(session, territory, shape={"type": "Polygon", "coordinates": [ring]})
    for quarter in world.source["commune"]["bassins_de_vie_cites"]:
        name = quarter["nom"]
        world.territories[name] = add_territory(
            session, "quarter", name, description="Bassin de vie cité par le plan d’actions de juin 2022 (action 7)."
        )
    for delegated in world.delegated:
        name = f"Mairie déléguée – {delegated.name}"
        world.places[name] = add_place(session, "town_hall", name, territory_id=delegated.id)
    for kind, name, where in PLACES:
        world.places[name] = add_place(session, kind, name, territory_id=world.territories[where].id)


def _organisations(session: TenantSession, world: World) -> None:
    for number, (kind, name, purpose) in enumerate(ORGANISATIONS):
        organisation = add_organisation(session, kind, name, purpose=purpose, listed=True)
        validate_organisation(session, organisation)
        name_representative(session, organisation, world.resident(number), "Représentant", accepted=True)
        world.organisations[name] = organisation
    waiting = add_organisation(
        session, "collective", "Collectif Haies vives", purpose="Planter et entretenir des haies."
    )
    name_representative(session, waiting, world.resident(7), "Porte-parole")
    world.organisations[waiting.name] = waiting


def _officials(session: TenantSession, world: World) -> None:
    for name, function in ELECTED:
        add_official(session, kind="elected", name=name, function=function)
    for number, delegated in enumerate(world.delegated):
        name, function = DELEGATES[number % len(DELEGATES)]
        add_official(
            session,
            kind="elected",
            name=name,
            function=function,
            territory_id=delegated.id,
        )
    for name, function in SERVICES:
        add_official(session, kind="service", name=name, function=function, phone="+33241990001")


def _documents(session: TenantSession, world: World) -> None:
    matter.file_document(
        session,
        world,
        "deliberation",
        "Création des conseils de quartier",
        ["Le conseil municipal décide de créer des conseils de quartier sur l’initiative des habitants."],
        days=140,
        number="2026-04-12",
    )
    matter.file_document(
        session,
        world,
        "charter",
        "Charte de la participation",
        [
            "Nous répondons à chaque contribution.",
            "Nous disons ce qui a été décidé, et pourquoi.",
            "Ce qui existe en ligne existe sur papier.",
        ],
        days=95,
    )
    matter.file_document(
        session,
        world,
        "minutes",
        "Compte rendu du comité de pilotage",
        ["Présents : élus, agents et citoyens volontaires.", "Le comité suit les 31 actions du plan."],
        days=20,
    )
    matter.file_document(
        session, world, "report", "Note de travail sur les mobilités", ["Document interne."], days=6, visibility="staff"
    )


def _questions(session: TenantSession, world: World) -> None:
    for rank, days, text in OPEN:
        matter.ask(session, world, world.resident(rank), text, days=days)
    matter.ask(
        session,
        world,
        world.paper[0],
        "Le banc devant la mairie est cassé. Pouvez-vous le réparer ?",
        days=5,
        channel="counter",
    )
    matter.ask_and_answer(
        session,
        world,
        world.resident(2),
        "À quelle heure ouvre la mairie déléguée le samedi ?",
        "Elle ouvre de 9 h à 12 h. Vous pouvez aussi appeler l’accueil.",
        days=18,
    )
    matter.ask_and_answer(
        session,
        world,
        world.paper[1],
        "Je n’ai pas Internet. Comment donner mon avis sur le projet de place ?",
        "Le questionnaire papier est à l’accueil, et nous pouvons le remplir avec vous. Il vous est joint.",
        days=9,
        channel="letter",
    )
    matter.ask_in_vain(session, world, world.resident(5), "Offre spéciale : refaites votre toiture.", days=11)
    matter.write_letter(
        session,
        world.paper[2],
        "Invitation à la rencontre de quartier",
        "La mairie vous invite à la prochaine rencontre de votre quartier.",
        "Si vous ne pouvez pas vous déplacer, appelez-nous : une voiture peut venir vous chercher (exemple).",
    )


PLACES = (
    ("hall", "Salle des fêtes", "Brain-sur-l’Authion"),
    ("library", "Médiathèque", "Andard"),
    ("school", "École des Peupliers", "Corné"),
    ("outdoors", "Bord de Loire", "La Bohalle"),
)
ELECTED = (
    ("Odile Tilleul", "Maire"),
    ("Yves Coteau", "Adjoint, transition écologique et participation citoyenne"),
    ("Maud Jonquille", "Adjointe, enfance et jeunesse"),
)
DELEGATES = (
    ("Anne Grès", "Maire déléguée"),
    ("Luc Orme", "Maire délégué"),
    ("Rose Schiste", "Maire déléguée"),
    ("Jean Frêne", "Maire délégué"),
    ("Lise Roche", "Maire déléguée"),
    ("Marc Aulne", "Maire délégué"),
    ("Zoé Argile", "Maire déléguée"),
)
SERVICES = (
    ("Accueil", "État civil, formalités, saisie des demandes pour les habitants"),
    ("Participation citoyenne", "Rencontres, conseils, fonds d’initiative"),
    ("Vie associative", "Salles, matériel, subventions"),
)
ORGANISATIONS = (
    ("association", "Les Amis de l’Authion", "Promenades, nettoyage des rives, mémoire de la rivière."),
    ("association", "Comité des fêtes", "Fêtes de village et marchés."),
    ("parents", "Parents d’élèves", "Représenter les familles des écoles."),
    ("collective", "Jardin du Bourg", "Jardin partagé, sans statuts déposés."),
    ("company", "Club des entreprises", "Entraide entre entreprises de la commune."),
)
NEWS = (
    (
        3,
        "Où en sont les 31 actions du projet citoyen ?",
        "Le comité de pilotage suit chaque action.",
        "Le projet citoyen de territoire compte **31 actions**. Un comité d’élus et d’agents, ouvert à des citoyens volontaires, les "
        f"suit.\n\nVous pouvez y venir : écrivez à la mairie.\n\n{SOURCE}",
        "village",
        "Dessin : un village et son clocher",
    ),
    (
        10,
        "Un conseil municipal des enfants en sept sections",
        "Une section par commune déléguée.",
        "Le conseil municipal des enfants est composé de **sept sections**, une par commune déléguée, avec une à deux séances "
        f"plénières par an.\n\n{SOURCE}",
        "reading",
        "Dessin : des étagères de livres",
    ),
    (
        17,
        "Des conseils de quartier sur l’initiative des habitants",
        "La Coutardière, Les Bas-Jubeaux, le bourg de La Bohalle.",
        "Un conseil de quartier naît quand des habitants le demandent. Trois bassins de vie sont cités pour commencer : "
        f"La Coutardière, Les Bas-Jubeaux et le bourg de La Bohalle.\n\n{SOURCE}",
        "feast",
        "Dessin : des tables sous des guirlandes",
    ),
    (
        26,
        "Un fonds pour les initiatives citoyennes",
        "Pour les petits projets entre voisins.",
        "La commune prévoit un fonds d’initiative citoyenne. Le plafond par projet et l’enveloppe annuelle : n. d. dans le plan.\n\n"
        f"{SOURCE}",
        "garden",
        "Dessin : un mur fleuri",
    ),
    (
        41,
        "Nouveaux habitants : un temps fort par an",
        "Faire connaissance avec la commune et ses associations.",
        f"L’accueil des nouveaux habitants se prépare avec les associations et les services.\n\n{SOURCE}",
        "river",
        "Dessin : une barque sur la rivière",
    ),
)
DATES = (
    (4, 18, 2, "Rencontre de quartier", "Mairie déléguée – La Bohalle", "Mairie"),
    (9, 10, 2, "Permanence des élus", "Médiathèque", "Mairie"),
    (12, 14, 3, "Nettoyage des rives", "Bord de Loire", "Les Amis de l’Authion"),
    (18, 20, 2, "Comité de pilotage de la participation", "Salle des fêtes", "Mairie"),
    (25, 9, 3, "Atelier du conseil des enfants", "École des Peupliers", "Mairie"),
    (33, 11, 4, "Fête du village", "Salle des fêtes", "Comité des fêtes"),
    (-8, 18, 2, "Réunion publique sur les mobilités", "Salle des fêtes", "Mairie"),
)
OPEN = (
    (0, 1, "Un lampadaire est éteint depuis lundi rue des Exemples. Qui prévenir ?"),
    (1, 6, "Peut-on réserver la salle des fêtes pour un anniversaire en mai ?"),
    (3, 13, "Le passage piéton devant l’école est effacé : les enfants ne sont plus visibles."),
    (4, 17, "Quand aura lieu la prochaine réunion du conseil de quartier ?"),
)

"""Blou: a commune of 929 inhabitants without communes déléguées, one secretary, few modules. Everything is invented."""

from datetime import timedelta

from civique.core import clock, commune, settings
from civique.core.consents.operations import give_consent, withdraw_consent
from civique.core.demonstration import World, draw_identity
from civique.core.officials.operations import add_official
from civique.core.organisations.operations import add_organisation, validate_organisation
from civique.core.territory.operations import add_place
from civique.demonstration import cast, matter
from tenants.session import TenantSession


def build(session: TenantSession, world: World) -> None:
    """Fill the commune with little, as a small mairie does."""
    settings.change(
        session,
        commune.Identity,
        colour="#5a6b1f",
        tagline="Un village, une rivière, des voisins",
        welcome_title="Bienvenue à Blou",
        **draw_identity(session, "village", "Dessin : un village et son clocher", "#5a6b1f"),
    )
    settings.change(
        session,
        commune.Contact,
        phone="+33241990002",
        email="mairie-blou@exemple.fr",
        street="2 place de la Maquette",
        postal_code="49160",
        city="Blou",
        publication_director="Odile Tilleul, maire",
        hours="Mardi et vendredi, 9 h – 12 h",
        court="Tribunal administratif de Nantes\n6 allée de l’Île-Gloriette\nCS 24111\n44041 Nantes Cedex 1",
    )
    settings.change(session, commune.SetUp, finished=True)
    world.places["Salle communale"] = add_place(session, "hall", "Salle communale")
    cast.engage(session, world, "Blou", "49160", staff=2, residents=4)
    comite = add_organisation(session, "association", "Comité des fêtes", purpose="Fêtes du village.", listed=True)
    validate_organisation(session, comite)
    world.organisations[comite.name] = comite
    agree(session, world)
    add_official(session, kind="elected", name="Odile Tilleul", function="Maire")
    add_official(
        session, kind="service", name="Secrétariat de mairie", function="Toutes les formalités", phone="+33241990002"
    )
    matter.publish_news(session, world, NEWS)
    matter.plan_dates(session, world, DATES)
    matter.open_workshop(session, world, "Atelier compost", days=12, place="Salle communale")
    matter.ask(session, world, world.resident(0), "Le ramassage du verre passe-t-il encore le mercredi\u202f?", days=3)
    matter.ask_and_answer(
        session,
        world,
        world.paper[0],
        "Peut-on avoir une copie de l’avis affiché en mairie\u202f?",
        "La voici. Vous pouvez aussi la demander par téléphone.",
        days=12,
        channel="letter",
    )


def agree(session: TenantSession, world: World) -> None:
    """A resident agrees to two uses of their image, and took one of them back."""
    someone, until = world.residents[0], clock.today() + timedelta(days=300)
    give_consent(session, someone, "image", medium="bulletin", given_by=someone.name, until=until)
    former = give_consent(session, someone, "image", medium="networks", given_by=someone.name, until=until)
    withdraw_consent(session, former)


NEWS = (
    (
        5,
        "Le site de la commune est ouvert",
        "Vos questions reçoivent une réponse, ici ou sur papier.",
        "Ce site remplace le panneau d’affichage numérique.",
        "village",
        "Dessin : un village et son clocher",
    ),
    (
        21,
        "Bourse aux plantes",
        "Apportez ce que vous avez en trop.",
        "Samedi matin, devant la salle communale.",
        "garden",
        "Dessin : des pots de fleurs devant un mur blanc",
    ),
)
DATES = (
    (6, 20, 2, "Conseil municipal", "Salle communale", "Mairie"),
    (20, 10, 3, "Bourse aux plantes", "Salle communale", "Comité des fêtes"),
)

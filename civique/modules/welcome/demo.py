"""Demonstration: a kit, partners of the commune, households in every state, two past years of vouchers. All is invented."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import update

from civique.core import clock, settings
from civique.core.cases.operations import assign, move
from civique.core.demonstration import World, age_case
from civique.core.folding import fold
from civique.core.gatherings.operations import plan_gathering
from civique.core.gatherings.registrations import open_registration
from civique.core.organisations.operations import add_organisation, validate_organisation
from civique.core.organisations.queries import same_name
from civique.core.people.models import Person
from civique.core.people.operations import add_address, register_person
from civique.modules.welcome.models import WelcomeHistory, WelcomeHousehold, WelcomeVoucher
from civique.modules.welcome.operations.households import declare_household, note_joined, tick_step
from civique.modules.welcome.operations.kit import add_item
from civique.modules.welcome.operations.relays import add_relay, note_greeted
from civique.modules.welcome.operations.vouchers import add_offer, redeem_voucher
from civique.modules.welcome.queries.households import KIND
from civique.modules.welcome.queries.kit import items
from civique.modules.welcome.queries.vouchers import vouchers_of
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import WORKFLOW
from tenants.session import TenantSession

ITEMS: Sequence[tuple[str, str, str, str, str, str]] = (
    (
        "step",
        "S’inscrire sur la liste électorale",
        "À la mairie, ou sur service-public.fr.",
        "Je vote ici.",
        "Register to vote",
        "At the town hall.",
    ),
    (
        "step",
        "Inscrire les enfants à l’école",
        "Avec le livret de famille et un justificatif de domicile.",
        "Mes enfants vont à l’école.",
        "Enrol the children at school",
        "Bring proof of address.",
    ),
    (
        "step",
        "Demander ses bacs de tri",
        "La mairie transmet votre demande.",
        "J’ai mes poubelles.",
        "Ask for your bins",
        "The town hall passes it on.",
    ),
    (
        "place",
        "La bibliothèque",
        "Ouverte le mercredi et le samedi matin, gratuite.",
        "Des livres, gratuits.",
        "The library",
        "Wednesday and Saturday mornings, free.",
    ),
    (
        "place",
        "Le marché",
        "Sur la place, le vendredi de 16\u00a0h à 19\u00a0h.",
        "Le vendredi, place du village.",
        "The market",
        "On the square, Fridays from 4 to 7 pm.",
    ),
    (
        "service",
        "Ramassage des déchets",
        "Bac gris le mardi, bac jaune un jeudi sur deux.",
        "Poubelle grise : mardi.",
        "Waste collection",
        "Grey bin on Tuesdays, yellow every other Thursday.",
    ),
    (
        "service",
        "Car scolaire et transport à la demande",
        "Arrêt devant l’église, réservation la veille.",
        "Le car s’arrête à l’église.",
        "Bus",
        "Stop by the church; book the day before.",
    ),
    (
        "person",
        "Le secrétariat de la mairie",
        "Premier contact pour toutes vos démarches.",
        "La mairie m’aide.",
        "The town hall",
        "First contact for every procedure.",
    ),
)
PARTNERS = (
    ("company", "Boulangerie du Bourg", "Un pain de campagne", "Un bon par foyer.", 40),
    ("association", "Club de pétanque", "Une licence d’essai d’un mois", "Pour un adulte.", 12),
    ("association", "Comité des fêtes", "Deux entrées au bal de la Saint-Jean", "", 30),
)
HISTORY = (
    ("Boulangerie du Bourg", "Un pain de campagne", 2, 34, 21),
    ("Café de la Place", "Un café", 2, 34, None),
    ("Boulangerie du Bourg", "Un pain de campagne", 1, 28, 23),
)
HOUSEHOLDS: Sequence[tuple[str, str, str, int, int, str, int, str, tuple[str, ...]]] = (
    # name, who speaks for it, adults, children, channel, days ago, what becomes of it, interests
    ("Famille Riou", "Maëlle", "Riou", 2, 2, "web", 3, "", ("volunteering", "neighbours")),
    ("Foyer Kowalski", "Jan", "Kowalski", 1, 0, "paper", 12, "", ()),
    ("Famille Baron", "Hugo", "Baron", 2, 1, "counter", 40, "hand", ("projects",)),
    ("Mme Diallo", "Awa", "Diallo", 1, 3, "web", 70, "invite", ("bodies",)),
    ("M. et Mme Le Goff", "Yves", "Le Goff", 2, 0, "letter", 150, "come", ("volunteering",)),
    ("Foyer Evans", "Owen", "Evans", 2, 0, "web", 160, "miss", ()),
    ("Famille Roy", "Léa", "Roy", 2, 1, "web", 210, "remind", ("neighbours",)),
    ("Foyer Petit", "Simone", "Petit", 1, 0, "paper", 400, "anonymise", ("volunteering",)),
)
BEFORE = {
    "come": ("hand", "invite"),
    "miss": ("hand", "invite"),
    "remind": ("hand",),
    "invite": ("hand",),
    "anonymise": ("hand",),
}


def demo(session: TenantSession, world: World) -> None:
    """Fill the commune."""
    settings.put(
        session,
        WelcomeSettings(
            edition=str(world.today.year),
            greeting="Vous êtes chez vous. Poussez la porte de la mairie : nous serons heureux de faire connaissance.",
        ),
    )
    for kind, title, words, simple, title_en, words_en in ITEMS:
        add_item(session, kind, title=title, words=words, simple=simple, title_en=title_en, words_en=words_en)
    _partners(session, world)
    add_relay(session, "volunteer", name="Les voisins du bourg", person_id=world.resident(1).id)
    for territory in world.delegated[:2]:
        add_relay(session, "council", name=f"Conseil d’habitants – {territory.name}", territory_id=territory.id)
    households = [_household(session, world, rank, facts) for rank, facts in enumerate(HOUSEHOLDS)]
    for household, what in ((households[4], "volunteering"), (households[6], "committee")):
        note_joined(session, household.applicant_id, what, world.today - timedelta(days=60))
    _redeemed(session, households)
    _event(session, world)


def _partners(session: TenantSession, world: World) -> None:
    """Offers that run, and what was counted before the software."""
    days = {"valid_from": world.today - timedelta(days=420), "valid_until": world.today + timedelta(days=150)}
    for kind, name, title, conditions, quantity in PARTNERS:
        partner = same_name(session, name) or add_organisation(session, kind, name)
        validate_organisation(session, partner)
        add_offer(session, partner, title=title, conditions=conditions, quantity=quantity, **days)
    for name, gift, ago, handed, used in HISTORY:
        folded = {"folded_partner": fold(name), "folded_gift": fold(gift)}
        session.add(
            WelcomeHistory(year=world.today.year - ago, partner=name, gift=gift, handed=handed, used=used, **folded)
        )
    session.flush()


def _household(session: TenantSession, world: World, rank: int, facts: Any) -> WelcomeHousehold:
    """A household that went as far as it is said."""
    name, given, family, adults, children, channel, ago, end, interests = facts
    who = _arrived(session, world, given, family, channel)
    household = declare_household(
        session,
        who,
        name=name,
        arrived_on=world.today - timedelta(days=min(ago + 10, 700)),
        adults=adults,
        children=children,
        channel=channel,
        language="en" if name == "Foyer Evans" else "simple" if name == "Mme Diallo" else "fr",
        territory_id=world.delegated[rank % len(world.delegated)].id if world.delegated else None,
        needs=["procedures", "leisure"][: rank % 3],
        interests=interests,
        visit=rank % 2 == 0,
        invite=True,
        keep_touch=name == "Famille Roy",
    )
    assign(session, household, world.people.get("secretary"))
    for step in (*BEFORE.get(end, ()), *((end,) if end else ())):
        move(session, WORKFLOW, household, step)
    if household.visit and end:
        note_greeted(session, household, world.today)
        household.greeted_on = world.today - timedelta(days=max(ago - 12, 0))
    if end == "hand":
        for item in [each for each in items(session) if each.kind == "step"][:2]:
            tick_step(session, household, item, True)
    _age(session, household, ago)
    return household


def _arrived(session: TenantSession, world: World, given: str, family: str, channel: str) -> Person:
    """Somebody whom nobody knew, with an e-mail address when they came by the site."""
    where = {"street": "3 rue du Four", "postal_code": world.resident(0).postal_code, "city": session.tenant.name}
    who = register_person(session, given, family, channel="letter", **where)
    if channel == "web":
        who.channel = "email"
        add_address(
            session, who, f"{fold(given)}.{fold(family)}@exemple.fr".replace(" ", "-"), confirmed_at=clock.now()
        )
    return who


def _age(session: TenantSession, household: WelcomeHousehold, ago: int) -> None:
    """Move a household and its vouchers into the past."""
    reached = age_case(session, household, ago, ("kit_handed",))
    if household.greet_by is not None:
        household.greet_by -= timedelta(days=ago)
    if "kit_handed" in reached:
        household.kit_handed_on = clock.local(reached["kit_handed"]).date()
        for voucher in vouchers_of(session, household):
            voucher.handed_on = household.kit_handed_on
    session.flush()


def _redeemed(session: TenantSession, households: Sequence[WelcomeHousehold]) -> None:
    """Some vouchers were used, each way once."""
    for rank, household in enumerate(households):
        for voucher in [each for each in vouchers_of(session, household) if each.state == "handed"][: rank % 3]:
            redeem_voucher(session, voucher.number, how=("phone", "call", "coupons")[rank % 3])
    later = WelcomeVoucher.handed_on + timedelta(days=5)
    session.execute(update(WelcomeVoucher).where(WelcomeVoucher.state == "used").values(used_on=later, used_at=later))


def _event(session: TenantSession, world: World) -> None:
    """The next welcome event, open to those who are invited."""
    gathering = plan_gathering(
        session, "Accueil des nouveaux habitants", world.on(24, 11), kind=KIND, place="Salle des fêtes"
    )
    open_registration(session, gathering, seats=60, companions=6, children=True, needs=("diet",), audience="invited")

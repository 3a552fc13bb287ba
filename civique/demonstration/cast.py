"""The people of a demonstration: names of trees and stones, addresses at exemple.fr, so that nobody takes them for real."""

from civique.core import clock
from civique.core.access.operations import grant_role
from civique.core.demonstration import World
from civique.core.folding import slugify
from civique.core.people import operations as people
from civique.core.people.models import Person
from tenants.session import TenantSession

STAFF = (
    ("administrator", "Odile", "Tilleul"),
    ("secretary", "Martine", "Roseau"),
    ("counter", "Karim", "Saule"),
    ("examiner", "Élodie", "Ardoise"),
    ("elected", "Yves", "Coteau"),
    ("treasurer", "Nadia", "Peuplier"),
    ("moderator", "Paul", "Noisetier"),
    ("facilitator", "Inès", "Bruyère"),
)
RESIDENTS = (
    ("Jeanne", "Tuffeau"),
    ("Ahmed", "Lavande"),
    ("Lucie", "Galet"),
    ("Bernard", "Châtaigne"),
    ("Sofia", "Myrtille"),
    ("Hugo", "Fougère"),
    ("Claire", "Sureau"),
    ("Mathis", "Genêt"),
    ("Fatou", "Verveine"),
    ("Denis", "Cerisier"),
)
PAPER = (("Simone", "Aubépine"), ("Raymond", "Marronnier"), ("Yvette", "Glycine"))
STREETS = ("rue des Exemples", "chemin du Modèle", "place de la Maquette", "impasse de l’Essai")


def engage(session: TenantSession, world: World, city: str, postal_code: str, *, staff: int, residents: int) -> None:
    """Register staff with their roles, residents with an e-mail address, and people who only read paper."""
    territories = [*world.delegated, None] if world.delegated else [None]
    for role, given, family in STAFF[:staff]:
        person = _with_address(session, given, family)
        people.verify_person(session, person)
        grant_role(session, person, role)
        world.people[role] = person
    for number, (given, family) in enumerate(RESIDENTS[:residents]):
        territory = territories[number % len(territories)]
        person = _with_address(session, given, family)
        people.correct_person(
            session, person, postal_code=postal_code, city=city, territory_id=territory.id if territory else None
        )
        world.residents.append(person)
    for number, (given, family) in enumerate(PAPER):
        street = f"{world.random.randint(1, 60)} {STREETS[number % len(STREETS)]}"
        world.paper.append(
            people.register_person(session, given, family, street=street, postal_code=postal_code, city=city)
        )


def _with_address(session: TenantSession, given: str, family: str) -> Person:
    person = people.register_person(session, given, family)
    person.channel = "email"
    address = f"{slugify(given)}.{slugify(family)}@exemple.fr"
    people.add_address(session, person, address, confirmed_at=clock.now())
    return person

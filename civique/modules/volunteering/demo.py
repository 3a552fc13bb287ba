"""Demonstration: missions, volunteers and matches in each state, hours to validate, dated around today."""

from datetime import timedelta
from typing import Any

from civique.core.cases.operations import assign, move
from civique.core.demonstration import World, age_case
from civique.core.organisations.models import Organisation
from civique.core.organisations.operations import name_representative
from civique.core.people.models import Person
from civique.modules.volunteering.models import Match, Mission, MissionState, Volunteer, words
from civique.modules.volunteering.operations.hours import decide_hours, enter_hours, set_rate
from civique.modules.volunteering.operations.matches import VOLUNTEER, propose
from civique.modules.volunteering.operations.missions import add_shifts, propose_mission
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.workflow import MATCHES, MISSIONS, VOLUNTEERS
from tenants.session import TenantSession

MISSIONS_SHOWN: tuple[dict[str, Any], ...] = (
    {
        "title": "Tenir la bourse aux livres du samedi",
        "purpose": "Les livres lus trouvent un nouveau lecteur, et la bibliothèque gagne de quoi en acheter d’autres.",
        "tasks": "Installer la table, accueillir, tenir la petite caisse à deux.",
        "interests": ("culture", "events"),
        "slots": ("sat-morning",),
        "minutes": 180,
        "places": 3,
        "rhythm": "monthly",
        "venue": "Place du marché",
        "conditions": "Une habituée vous accueille la première fois. Café offert. Assurance de l’association.",
        "minors": True,
        "to": "publish",
    },
    {
        "title": "Lire des histoires aux enfants de l’école",
        "purpose": "Des enfants qui entendent des histoires aiment lire.",
        "tasks": "Choisir un livre avec la bibliothécaire, lire à un groupe de six enfants.",
        "interests": ("children", "culture"),
        "slots": ("tue-afternoon", "thu-afternoon"),
        "minutes": 60,
        "places": 2,
        "rhythm": "weekly",
        "venue": "École",
        "conditions": "Première séance à deux. Assurance de la commune.",
        "to": "publish",
    },
    {
        "title": "Garder les enfants pendant les réunions",
        "purpose": "Les parents peuvent venir aux réunions de quartier.",
        "tasks": "Jouer, lire, goûter, dans la salle d’à côté.",
        "interests": ("children",),
        "slots": ("mon-evening", "thu-evening"),
        "skills": ("youth",),
        "minutes": 120,
        "places": 1,
        "rhythm": "flexible",
        "venue": "Mairie, salle du rez-de-chaussée",
        "conditions": "Toujours deux adultes. Jeux fournis.",
        "special": "childminding",
        "to": "publish",
    },
    {
        "title": "Rendre visite à des personnes âgées",
        "purpose": "Une heure de compagnie par semaine change la semaine.",
        "tasks": "Parler, jouer aux cartes, marcher un peu.",
        "interests": ("elders",),
        "slots": ("wed-afternoon", "fri-afternoon"),
        "minutes": 60,
        "places": 6,
        "rhythm": "weekly",
        "venue": "À domicile",
        "conditions": "Une demi-journée de formation. Frais de route remboursés.",
        "to": "clarify",
    },
    {
        "title": "Replanter la haie du chemin de halage",
        "purpose": "Une haie protège les berges et abrite les oiseaux.",
        "tasks": "",
        "interests": ("nature",),
        "slots": ("sat-morning", "sat-afternoon"),
        "venue": "Chemin de halage",
        "rhythm": "once",
        "to": "",
    },
    {
        "title": "Traduire pour les nouveaux habitants",
        "purpose": "Comprendre un courrier dès la première semaine.",
        "tasks": "Une heure de permanence à la mairie.",
        "interests": ("solidarity",),
        "languages": ("en", "uk", "pt"),
        "minutes": 60,
        "places": 4,
        "rhythm": "monthly",
        "conditions": "Un agent est toujours là.",
        "special": "translation",
        "to": "cancel",
    },
)
VOLUNTEERS_SHOWN = (
    ("J’aime les livres et je suis libre le samedi.", ("culture", "events"), ("sat-morning",), "site", "meet"),
    ("Un peu de temps pour les enfants.", ("children",), ("tue-afternoon", "mon-evening"), "meeting", "meet"),
    ("Jardiner, planter, tailler.", ("nature", "repair"), ("sat-morning", "sat-afternoon"), "card", ""),
    ("Rendre service, selon les besoins.", ("elders", "driving"), (), "newcomer", "meet"),
    ("Aider aux fêtes.", ("events", "cooking"), ("sun-morning",), "ceremony", "pause"),
    ("Tenir les comptes d’une association.", ("office",), ("wed-evening",), "friend", ""),
)


def demo(session: TenantSession, world: World) -> None:
    """Fill the commune."""
    library = next((each for each in world.organisations.values() if not each.is_informal), None)
    speaker = world.resident(1)
    if library is not None:
        name_representative(session, library, speaker, "Bénévole", accepted=True)
    missions = [_mission(session, world, rank, library, speaker) for rank in range(len(MISSIONS_SHOWN))]
    volunteers = [_volunteer(session, world, rank) for rank in range(len(VOLUNTEERS_SHOWN))]
    stall, reading, minding = missions[:3]
    begun = propose(session, volunteers[0], stall)
    for name in ("volunteer_agrees", "mission_agrees", "begin", "commit"):
        move(session, MATCHES, begun, name)
    agreed = propose(session, volunteers[1], reading)
    move(session, MATCHES, agreed, "volunteer_agrees")
    move(session, MATCHES, agreed, "mission_agrees")
    propose(session, volunteers[1], minding, by=VOLUNTEER)
    declined = propose(session, volunteers[3], reading)
    move(session, MATCHES, declined, "decline", motive="Le mardi n’est finalement plus possible.")
    _late_follow_up(begun)
    saturday = 3 + (5 - (world.today + timedelta(days=3)).weekday()) % 7
    add_shifts(session, stall, world.on(saturday, 9), minutes=180, wanted=3, weeks=4)
    _hours(session, world, volunteers[0], stall, library)


def _mission(session: TenantSession, world: World, rank: int, library: Organisation | None, speaker: Person) -> Mission:
    facts, villages = MISSIONS_SHOWN[rank], world.delegated
    lists = {"interests": words.INTERESTS, "slots": words.SLOTS, "skills": words.SKILLS, "languages": words.LANGUAGES}
    values = {name: value for name, value in facts.items() if name not in {*lists, "to"}}
    values |= {name: words.mask(facts.get(name, ()), listed) for name, listed in lists.items()}
    mission = propose_mission(
        session, speaker, channel="counter", organisation_id=library.id if library else None, **values
    )
    mission.starts_on = world.today + timedelta(days=5)
    mission.territory_id = villages[rank % len(villages)].id if villages else None
    path = {"": (), "clarify": ("clarify",), "publish": ("clarify", "publish"), "cancel": ("cancel",)}[facts["to"]]
    for name in path:
        motive = "Une permanence de la préfecture ouvre à côté." if name == "cancel" else ""
        move(session, MISSIONS, mission, name, motive=motive)
    assign(session, mission, world.people.get("secretary"))
    age_case(session, mission, 40, (MissionState.PUBLISHED, MissionState.CANCELLED))
    return mission


def _volunteer(session: TenantSession, world: World, rank: int) -> Volunteer:
    wishes, interests, slots, origin, to = VOLUNTEERS_SHOWN[rank]
    person = world.resident(rank + 2) if rank < 3 else world.paper[rank % len(world.paper)]
    volunteer = declare(
        session,
        person,
        channel="web" if rank < 3 else "paper",
        origin=origin,
        wishes=wishes,
        interests=words.mask(interests, words.INTERESTS),
        slots=words.mask(slots, words.SLOTS),
        message=None,
    )
    if to:
        move(
            session,
            VOLUNTEERS,
            volunteer,
            "meet",
            met_on=world.today,
            notes="Souriante, ponctuelle, préfère commencer à deux.",
        )
    if to == "pause":
        move(session, VOLUNTEERS, volunteer, "pause")
    age_case(session, volunteer, 5 + 9 * rank, ("met",))
    if to:
        volunteer.contacted_at = volunteer.created_at + timedelta(days=rank + 1)
    return volunteer


def _late_follow_up(match: Match) -> None:
    """A word that is due today."""
    first = match.followups[0]
    first.due_on -= timedelta(days=14)


def _hours(
    session: TenantSession, world: World, volunteer: Volunteer, mission: Mission, library: Organisation | None
) -> None:
    for weeks in range(1, 6):
        day = world.today - timedelta(weeks=weeks)
        hours = enter_hours(session, volunteer, done_on=day, minutes=180, mission=mission)
        if weeks > 1:
            decide_hours(session, hours, valid=True)
    enter_hours(session, volunteer, done_on=world.today - timedelta(days=2), minutes=90, activity="Ranger la salle")
    if library is not None:
        set_rate(session, library.id, year=world.today.year, cents=1300, source="SMIC horaire chargé, arrondi")

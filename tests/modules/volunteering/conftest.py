"""A village with the volunteer desk: who speaks for an association, a volunteer, missions that look for somebody."""

from types import SimpleNamespace

import pytest

from civique.core import clock
from civique.core.cases.operations import move
from civique.core.organisations.operations import add_organisation, name_representative
from civique.core.people.operations import correct_person
from civique.core.people.queries import get_person
from civique.modules.volunteering.models import words
from civique.modules.volunteering.operations.missions import propose_mission
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.workflow import MISSIONS, VOLUNTEERS

STATED = {"minutes": 90, "places": 1, "conditions": "Accueil par une habituée.", "rhythm": "flexible"}


@pytest.fixture
def town(make_commune, insee):
    return make_commune(insee, "volunteering")


@pytest.fixture
def desk(town):
    """What the tests do, by operations, in a session of the village."""
    speaker = town.person("Paule", "Présidente")
    nadia = town.person("Nadia", "Habitante")
    with town.session() as session:
        correct_person(session, get_person(session, nadia.id), phone="+33612345678")
        club = add_organisation(session, "association", "Les Amis du livre")
        name_representative(session, club, get_person(session, speaker.id), accepted=True)
        club_id = club.id
    return SimpleNamespace(town=town, speaker=speaker, nadia=nadia, club_id=club_id)


def mission_of(session, desk, *, publish=True, **facts):
    """A mission of the association, published unless it is said otherwise."""
    chosen = {"title": "Bourse aux livres", "purpose": "Des livres pour tous.", **STATED, **facts}
    mission = propose_mission(
        session, get_person(session, desk.speaker.id), organisation_id=desk.club_id, message=None, **chosen
    )
    for name in ("clarify", "publish") if publish else ():
        move(session, MISSIONS, mission, name)
    return mission


def volunteer_of(session, person, *, met=True, **facts):
    """A volunteer whom the desk met, unless it is said otherwise."""
    volunteer = declare(session, get_person(session, person.id), message=None, **facts)
    if met:
        move(session, VOLUNTEERS, volunteer, "meet", met_on=clock.today(), notes="Souriante.")
    return volunteer


def bits(listed, *codes):
    """Words as one integer."""
    return words.mask(codes, listed)

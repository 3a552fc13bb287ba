"""New residents and volunteers, which never import each other: a wish makes a volunteer, a commitment counts for a household."""

from threading import Thread

import pytest

from civique.core import clock, privacy
from civique.core.answers.models import AnswerDue
from civique.core.cases.operations import move
from civique.core.events import tell
from civique.core.indicators.periods import Period
from civique.core.interests import InterestTold, Joined
from civique.core.people.operations import merge_people
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.switching import switch_off
from civique.modules.volunteering.models import MatchState, Volunteer
from civique.modules.volunteering.operations import matches
from civique.modules.volunteering.operations.missions import propose_mission
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.workflow import MATCHES, MISSIONS, VOLUNTEERS
from civique.modules.welcome import indicators
from civique.modules.welcome.models import WelcomeJoined
from civique.modules.welcome.operations.households import change_household
from tests.modules.welcome.conftest import declared

WISHES = ["volunteering", "bodies"]


@pytest.fixture
def town(make_commune):
    return make_commune("49030", "welcome", "volunteering")


def off(town, name):
    town.tenant = switch_off(town.tenant, name)


def committed(session, town, person):
    """A volunteer on a mission for which it goes well."""
    said = {"title": "Bourse aux livres", "purpose": "Des livres pour tous.", "rhythm": "flexible"}
    mission = propose_mission(
        session, None, channel="counter", message=None, minutes=90, places=1, conditions="À deux.", **said
    )
    for name in ("clarify", "publish"):
        move(session, MISSIONS, mission, name)
    match = matches.propose(session, declare(session, person, message=None), mission)
    for name in ("volunteer_agrees", "mission_agrees", "begin"):
        move(session, MATCHES, match, name)
    assert town.all(WelcomeJoined) == [], "first steps are not a commitment"
    move(session, MATCHES, match, "commit")
    return match


def share(session):
    """Households of this year that joined something, in percent."""
    (figure,) = indicators.joined(session, Period.containing("civil", clock.today()))
    return float(figure.figure.value)


def test_a_wish_of_a_new_household_makes_one_volunteer_for_the_desk(town):
    with town.session() as session:
        household = declared(session, town, interests=WISHES, channel="paper")
        change_household(session, household, interests=["bodies"])
        change_household(session, household, interests=WISHES)
    volunteer = town.one(Volunteer)
    assert (volunteer.applicant_id, volunteer.state) == (household.applicant_id, "declared")
    assert (volunteer.origin, volunteer.later_origin, volunteer.channel) == ("newcomer", "", "paper")
    assert town.one(AnswerDue, module="volunteering", object_id=volunteer.id).answered_at is None
    desk = town.client(town.person("Sylvie", "Secrétaire", "secretary"))
    assert "Nadia Arrivée" in desk.get("/mairie/benevolat").words


def test_a_volunteer_stays_one_with_both_origins(town):
    with town.session() as session:
        nadia = town.person("Nadia", "Arrivée")
        volunteer = declare(session, get_person(session, nadia.id), message=None)
        for _twice in range(2):
            tell(session, wish(nadia.id))
    volunteer = town.one(Volunteer)
    assert (volunteer.origin, volunteer.later_origin) == ("site", "newcomer")
    desk = town.client(town.person("Sylvie", "Secrétaire", "secretary"))
    assert "Le site, L’accueil" in desk.get(f"/mairie/benevolat/{volunteer.id}").words


def test_who_left_and_would_like_to_help_again_is_declared_anew(town):
    with town.session() as session:
        nadia = town.person("Nadia", "Arrivée")
        move(session, VOLUNTEERS, declare(session, get_person(session, nadia.id), message=None), "leave")
        tell(session, wish(nadia.id))
    assert sorted(row.state for row in town.all(Volunteer)) == ["declared", "left"]


def wish(person_id):
    return InterestTold(person_id, "volunteering", "welcome", "web", "welcome_household", person_id, clock.today())


def test_a_wish_while_the_same_person_declares_themselves_makes_one_volunteer(town):
    nadia, said = town.person("Nadia", "Arrivée"), []

    def heard():
        try:
            with town.session() as other:
                tell(other, wish(nadia.id))
        except Exception as error:
            said.append(error)

    with town.session() as session:
        declare(session, get_person(session, nadia.id), message=None)
        comes = Thread(target=heard)
        comes.start()
        comes.join(1)
        session.commit()
    comes.join()
    assert said == [], "what the household says is kept whatever happens"
    assert town.one(Volunteer).later_origin == "newcomer"


def test_a_wish_of_a_merged_record_is_that_of_the_one_that_stays_and_an_erased_one_has_none(town):
    with town.session() as session:
        kept, double, gone = (get_person(session, town.person(name, "Arrivée").id) for name in ("Ada", "Ada", "Zoé"))
        merge_people(session, kept, double)
        privacy.erase(session, gone, modules())
        for person_id in (double.id, gone.id):
            tell(session, wish(person_id))
            tell(session, Joined(person_id, "volunteering", "volunteering_match", person_id, clock.today()))
    assert town.one(Volunteer).applicant_id == kept.id
    assert town.all(WelcomeJoined) == []


def test_a_commitment_counts_once_for_the_household(town):
    with town.session() as session:
        household = declared(session, town)
        declared(session, town, "Paul")
        match = committed(session, town, get_person(session, household.applicant_id))
        assert match.state == MatchState.COMMITTED
        assert share(session) == 50.0
        told = (household.applicant_id, "volunteering", match.__tablename__, match.id, clock.today())
        tell(session, Joined(*told))
        assert share(session) == 50.0
    joined = town.one(WelcomeJoined)
    assert (joined.household_id, joined.what, joined.joined_on) == (household.id, "volunteering", town.today)


def test_a_commitment_told_of_a_merged_record_counts_for_the_household(town):
    with town.session() as session:
        household = declared(session, town)
        double = get_person(session, town.person("Nadia", "Doublon").id)
        merge_people(session, get_person(session, household.applicant_id), double)
        tell(session, Joined(double.id, "volunteering", "volunteering_match", double.id, clock.today()))
    assert town.one(WelcomeJoined).household_id == household.id


def test_a_commitment_of_who_was_erased_tells_nothing(town):
    with town.session() as session:
        household = declared(session, town)
        privacy.erase(session, get_person(session, household.applicant_id), modules())
        committed(session, town, None)
    assert town.all(WelcomeJoined) == []


def test_a_module_that_is_off_hears_nothing(town):
    off(town, "volunteering")
    with town.session() as session:
        household = declared(session, town, interests=WISHES)
    assert town.all(Volunteer) == []
    town.switch_on("volunteering")
    off(town, "welcome")
    with town.session() as session:
        committed(session, town, get_person(session, household.applicant_id))
    assert town.all(WelcomeJoined) == []

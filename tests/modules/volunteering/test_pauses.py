"""Taking a break, stopping, coming back: by the volunteer, who is expected nowhere meanwhile and loses no hours."""

from datetime import timedelta
from threading import Thread

import pytest

from civique.core import clock
from civique.core.cases.operations import move
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.modules.volunteering import queries
from civique.modules.volunteering.models import Match, ShiftPlace, Volunteer
from civique.modules.volunteering.operations import hours, matches, missions, volunteers
from civique.modules.volunteering.workflow import MATCHES, VOLUNTEERS
from tests.defences import defence, replaced
from tests.modules.volunteering.conftest import mission_of, volunteer_of

MINE = "/benevolat/moi"


@pytest.fixture
def expected(desk):
    """Nadia has begun a mission, and is expected at a shift."""
    with desk.town.session() as session:
        match = matches.propose(session, volunteer_of(session, desk.nadia), mission_of(session, desk, places=2))
        for name in ("volunteer_agrees", "mission_agrees", "begin"):
            move(session, MATCHES, match, name)
        missions.add_shifts(session, match.mission, clock.now() + timedelta(days=3), minutes=60, wanted=1)
        shift, _taken = queries.shifts_of(session, match.mission_id)[0]
        missions.take_shift(session, shift.id, match.volunteer)
        given = hours.enter_hours(session, match.volunteer, done_on=clock.today(), minutes=90, mission=match.mission)
        hours.decide_hours(session, given, valid=True)
        return match.volunteer_id


@defence(
    "who pauses is expected nowhere",
    replaced("civique.modules.volunteering.operations.volunteers._end_matches", lambda *_: None),
)
@pytest.mark.parametrize(("way", "state"), [("pause", "paused"), ("arreter", "left")])
def test_who_pauses_or_stops_is_expected_nowhere_and_comes_back(desk, expected, mailbox, way, state):
    nadia = desk.town.client(desk.nadia)
    assert nadia.submit(f"{MINE}/{way}", on=MINE).status == 303
    assert desk.town.one(Volunteer).state == state
    assert desk.town.one(Match).state == "ended"
    assert desk.town.all(ShiftPlace) == []
    (told,) = [each for each in desk.town.all(Message) if each.kind == "volunteering.gone"]
    assert told.person_id == desk.speaker.id
    page = nadia.get(MINE)
    assert "Bourse aux livres" in page.words
    assert nadia.get(f"{MINE}/attestation.pdf").headers["Content-Type"] == "application/pdf"
    assert nadia.submit(f"{MINE}/reprendre", on=MINE).status == 303
    assert desk.town.one(Volunteer).state == "met"
    assert "Mon attestation" in nadia.get(MINE).words


@defence(
    "a match that ends frees its shifts",
    replaced("civique.modules.volunteering.operations.matches.leave_shifts", lambda *_: None),
)
def test_a_match_that_ends_frees_the_shifts(desk, expected):
    with desk.town.session() as session:
        move(session, MATCHES, session.query(Match).one(), "end")
    assert desk.town.all(ShiftPlace) == []


@defence(
    "somebody is a volunteer once",
    replaced("civique.modules.volunteering.operations.volunteers.volunteer_of", lambda *_: None),
)
def test_who_declares_themselves_again_keeps_their_hours_and_is_there_once(desk, expected):
    with desk.town.session() as session:
        first = session.get(Volunteer, expected)
        move(session, VOLUNTEERS, first, "leave")
        again = volunteer_of(session, desk.nadia)
        assert [row.minutes for row in queries.hours_of(session, again)] == [90]
        assert queries.last_volunteer_of(session, desk.nadia.id) is again
        with pytest.raises(Refused) as caught:
            move(session, VOLUNTEERS, first, "return")
        assert caught.value.rule == "once"


def test_coming_back_while_declaring_oneself_elsewhere(desk, expected):
    with desk.town.session() as session:
        move(session, VOLUNTEERS, session.get(Volunteer, expected), "leave")
    said = []

    def comes_back():
        with desk.town.session() as other:
            try:
                move(other, VOLUNTEERS, other.get(Volunteer, expected), "return")
            except Refused as error:
                said.append(error.rule)
                other.rollback()

    with desk.town.session() as session:
        volunteers.declare(session, get_person(session, desk.nadia.id), message=None, wishes="Aider")
        other = Thread(target=comes_back)
        other.start()
        other.join(1)
        session.commit()
    other.join()
    assert said == ["once"]


def test_nobody_stops_somebody_else(desk, expected):
    stranger = desk.town.client(desk.town.person("Ali", "Deux"))
    token = stranger.get("/benevolat/demander").form()["csrf_token"]
    for way in ("pause", "arreter", "reprendre"):
        assert stranger.post(f"{MINE}/{way}", {"csrf_token": token}).status == 404
    assert desk.town.one(Volunteer).state == "active"

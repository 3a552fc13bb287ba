"""What both sides think of a mission: once each, without a name, a figure from five answers on."""

from uuid import uuid4

import pytest

from civique.core.cases.operations import move
from civique.core.feedback.models import FeedbackSheet
from civique.core.feedback.operations import keep_answers
from civique.modules.volunteering.models import Match, Mission
from civique.modules.volunteering.operations import matches
from civique.modules.volunteering.operations.opinions import BY_ORGANISATIONS, BY_VOLUNTEERS
from civique.modules.volunteering.queries.figures import MARK
from civique.modules.volunteering.workflow import MATCHES
from tests.modules.volunteering.conftest import mission_of, volunteer_of
from tests.modules.volunteering.test_lists import figure


@pytest.fixture
def begun(desk):
    with desk.town.session() as session:
        match = matches.propose(session, volunteer_of(session, desk.nadia), mission_of(session, desk))
        for name in ("volunteer_agrees", "mission_agrees", "begin"):
            move(session, MATCHES, match, name)
        return match


def test_each_side_says_once_how_it_goes(desk, begun):
    sides = (
        (
            desk.town.client(desk.nadia),
            f"/benevolat/propositions/{begun.id}",
            f"/benevolat/propositions/{begun.id}/avis",
        ),
        (
            desk.town.client(desk.speaker),
            f"/benevolat/besoins/demandes/{begun.mission_id}",
            f"/benevolat/besoins/{begun.mission_id}/avis",
        ),
    )
    for client, page, path in sides:
        assert "sans votre nom" not in client.get(page).words, "first steps are too early"
        token = client.get("/benevolat/demander").form()["csrf_token"]
        assert client.post(path, {"csrf_token": token}).status == 404
    with desk.town.session() as session:
        move(session, MATCHES, session.query(Match).one(), "commit")
    for client, page, path in sides:
        asked = client.submit(path, on=page).location
        assert client.submit(path, on=page).location == asked, "the same link each time"
        assert client.submit(asked, {MARK: "5"}).status == 303
        assert client.get(asked).location.endswith("/avis/merci")
    sheets = desk.town.all(FeedbackSheet)
    assert sorted((sheet.questionnaire, sheet.answers[MARK], sheet.person_id) for sheet in sheets) == [
        ("volunteering_side", 5, None),
        ("volunteering_volunteer", 5, None),
    ]


def test_somebody_else_has_no_link(desk, begun):
    with desk.town.session() as session:
        move(session, MATCHES, session.query(Match).one(), "commit")
    stranger = desk.town.client(desk.town.person("Ali", "Deux"))
    token = stranger.get("/benevolat/demander").form()["csrf_token"]
    for path in (f"/benevolat/propositions/{begun.id}/avis", f"/benevolat/besoins/{begun.mission_id}/avis"):
        assert stranger.post(path, {"csrf_token": token}).status == 404


def test_a_figure_from_five_answers_on(desk, begun):
    with desk.town.session() as session:
        mission = session.get(Mission, begun.mission_id)
        for asked, mark in ((BY_VOLUNTEERS, 5), (BY_VOLUNTEERS, 4), (BY_ORGANISATIONS, 5), (BY_ORGANISATIONS, 1)):
            keep_answers(session, asked, mission, {MARK: mark}, channel="web", key=uuid4())
        keep_answers(session, BY_VOLUNTEERS, mission, {"welcome": 5}, channel="web", key=uuid4())
        assert figure(session, "satisfaction") is None, "who does not say is no answer"
        keep_answers(session, BY_VOLUNTEERS, mission, {MARK: 4}, channel="web", key=uuid4())
        assert figure(session, "satisfaction") == 80

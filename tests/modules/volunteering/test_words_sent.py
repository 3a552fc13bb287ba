"""What the module writes: to a volunteer, to who answers for a mission; the poster of a mission."""

from datetime import date, timedelta

import pytest

from civique.core import clock
from civique.core.cases.operations import move
from civique.core.i18n import speaking
from civique.core.organisations.operations import add_organisation, name_representative
from civique.core.people.queries import get_person
from civique.modules.volunteering import documents, jobs
from civique.modules.volunteering.models import Match, Mission, Shift, Volunteer
from civique.modules.volunteering.operations import hours, matches, missions
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.workflow import MATCHES, MISSIONS, VOLUNTEERS
from tests.snapshot import pdf_words, same

CONDITIONS = "Une habituée vous accueille. Assurance de l’association."


def prepare(session, speaker, volunteer):
    """A published mission of an association, and a volunteer."""
    club = add_organisation(session, "association", "Les Amis du livre", phone="+33241000011")
    name_representative(session, club, speaker, accepted=True)
    facts = {"title": "Bourse aux livres", "purpose": "Des livres pour tous.", "conditions": CONDITIONS}
    mission = missions.propose_mission(
        session, speaker, organisation_id=club.id, message=None, minutes=90, places=2, venue="Place du marché", **facts
    )
    for name in ("clarify", "publish"):
        move(session, MISSIONS, mission, name)
    return mission, declare(session, volunteer, wishes="Lire", message=None)


@pytest.fixture
def prepared(scene):
    """Nadia reads on one side, Paul is on the other."""
    scene.commune.switch_on("volunteering")
    paul = scene.commune.person("Paul", "Autre")

    def begin(*, nadia_gives):
        with scene.commune.session() as session:
            nadia, other = (get_person(session, each.id) for each in (scene.reader, paul))
            mission, volunteer = prepare(session, *((other, nadia) if nadia_gives else (nadia, other)))
            matches.propose(session, volunteer, mission)

    return begin


@pytest.mark.parametrize("kind", ["proposed", "opened", "declined"])
def test_to_the_volunteer(scene, prepared, agreed, kind):
    prepared(nadia_gives=True)
    with scene.commune.session() as session:
        match = session.query(Match).one()
        if kind == "opened":
            move(session, MATCHES, match, "volunteer_agrees")
            move(session, MATCHES, match, "mission_agrees")
        if kind == "declined":
            move(session, MATCHES, match, "decline", motive="Le marché est fermé.")
    agreed(scene.commune.session(), f"volunteering.{kind}")


@pytest.mark.parametrize("kind", ["offered", "introduced", "gone"])
def test_to_who_answers_for_the_mission(scene, prepared, agreed, kind):
    prepared(nadia_gives=False)
    with scene.commune.session() as session:
        match = session.query(Match).one()
        if kind != "offered":
            move(session, MATCHES, match, "volunteer_agrees")
            move(session, MATCHES, match, "mission_agrees")
        if kind == "gone":
            move(session, VOLUNTEERS, match.volunteer, "leave")
    agreed(scene.commune.session(), f"volunteering.{kind}")


def test_the_day_before_a_shift(scene, prepared, agreed):
    prepared(nadia_gives=True)
    with scene.commune.session() as session:
        mission, volunteer = session.query(Mission).one(), session.query(Volunteer).one()
        missions.add_shifts(session, mission, clock.now() + timedelta(days=1), minutes=90, wanted=2)
        missions.take_shift(session, session.query(Shift).one().id, volunteer)
        jobs.remind(session)
    agreed(scene.commune.session(), "volunteering.shift_tomorrow")


def test_hours_that_are_not_validated(scene, prepared, agreed):
    prepared(nadia_gives=True)
    with scene.commune.session() as session:
        mission, volunteer = session.query(Mission).one(), session.query(Volunteer).one()
        row = hours.enter_hours(session, volunteer, done_on=date(2026, 3, 10), minutes=90, mission=mission)
        hours.decide_hours(session, row, valid=False, reason="Le stand était fermé ce jour-là.")
    agreed(scene.commune.session(), "volunteering.hours_refused")


def test_the_link_to_enter_hours(scene, prepared, agreed):
    prepared(nadia_gives=True)
    with scene.commune.session() as session:
        hours.send_link(session, session.query(Volunteer).one())
    agreed(scene.commune.session(), "volunteering.hours_link")


def test_the_poster(scene, prepared, locale):
    prepared(nadia_gives=True)
    with scene.commune.session() as session, speaking(locale):
        text = pdf_words(documents.mission_poster(session, session.query(Mission).one()))
        session.rollback()
    same(f"pdf/mission_poster.{locale}", text)

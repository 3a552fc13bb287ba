"""A mission says when it is before everybody reads it, whoever publishes it; what has passed looks for nobody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy.exc import IntegrityError

from civique.core.cases.lines import four_lines
from civique.core.cases.operations import move
from civique.modules.volunteering import queries
from civique.modules.volunteering.models import Mission, words
from civique.modules.volunteering.operations import matches, missions
from civique.modules.volunteering.workflow import MATCHES, MISSIONS, VOLUNTEERS
from tests.defences import defence, replaced
from tests.modules.volunteering.conftest import bits, mission_of, volunteer_of
from tests.modules.volunteering.test_rules import refused

DESK = "/mairie/benevolat/missions"


@defence(
    "a mission says when it is before it is published",
    replaced("civique.modules.volunteering.operations.missions.unstated", lambda _: []),
)
@pytest.mark.parametrize(
    ("facts", "field"),
    [({"rhythm": "once"}, "starts_on"), ({"rhythm": "weekly"}, "slots"), ({"rhythm": "monthly"}, "slots")],
)
def test_ben_01_a_day_or_moments_are_said_before_publication(desk, facts, field):
    with desk.town.session() as session:
        mission = mission_of(session, desk, publish=False, **facts)
        for way in ("clarify", "publish"):
            mission.state = "draft" if way == "clarify" else "clarified"
            session.flush()
            assert refused("BEN-01", lambda way=way: move(session, MISSIONS, mission, way)).field == field
        mission.state = "published"
        with pytest.raises(IntegrityError, match="moments"):
            session.flush()
        session.rollback()


def test_ben_01_a_published_mission_keeps_its_day(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk, rhythm="once", starts_on=desk.town.today + timedelta(days=3))
        assert refused("BEN-01", lambda: missions.change_mission(session, mission, starts_on=None)).field == "starts_on"
        session.rollback()


@defence(
    "a day that has passed is not published",
    replaced("civique.modules.volunteering.models.Mission.is_over", lambda *_: False),
)
def test_ben_01_a_day_that_has_passed_is_not_published(desk):
    yesterday = desk.town.today - timedelta(days=1)
    with desk.town.session() as session:
        once = mission_of(session, desk, publish=False, rhythm="once", starts_on=yesterday)
        assert refused("BEN-01", lambda: move(session, MISSIONS, once, "clarify")).field == "starts_on"
        over = mission_of(session, desk, publish=False, ends_on=yesterday)
        assert refused("BEN-01", lambda: move(session, MISSIONS, over, "clarify")).field == "ends_on"


def test_what_happened_once_looks_for_nobody_any_more(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk, rhythm="once", starts_on=desk.town.today + timedelta(days=3))
        volunteer = volunteer_of(session, desk.nadia)
        mission.starts_on = desk.town.today - timedelta(days=1)
        session.flush()
        refused("unpublished", lambda: matches.propose(session, volunteer, mission))
        identifier = mission.id
    page = desk.town.client(desk.nadia).get(f"/benevolat/missions/{identifier}")
    assert "J’aimerais aider" not in page.words
    assert "Bourse aux livres" not in desk.town.client().get("/benevolat").words


def test_a_mission_of_today_looks_for_somebody_until_midnight_of_the_commune(desk):
    """Whatever day it is by then in UTC, by which the database counts."""
    before = datetime.now(UTC) - timedelta(days=40)
    with time_machine.travel(before, tick=False), desk.town.session() as session:
        mission_of(session, desk, rhythm="once", starts_on=desk.town.today)
        session.flush()
        assert [row.title for row in session.scalars(queries.shown_missions()).unique()] == ["Bourse aux livres"]
    with desk.town.session() as session:
        assert session.scalars(queries.shown_missions()).unique().all() == []


def test_the_desk_reads_what_is_missing_beside_its_field(desk):
    with desk.town.session() as session:
        identifier = mission_of(session, desk, publish=False, rhythm="once", minutes=None).id
    secretary = desk.town.client(desk.town.person("Sylvie", "Secrétaire", "secretary"))
    file = f"{DESK}/{identifier}"
    page = secretary.submit(f"{file}/clarifier", on=file)
    assert page.status == 422
    change = page.text[page.text.index("<details open>") :]
    for field, sentence in (("starts_on", "une seule fois"), ("minutes", "combien de temps")):
        assert f'id="change-{field}-error">' in change
        assert sentence in page.words
    sent = {**secretary.get(file).form(f"{file}/modifier"), "starts_on": "2031-06-07", "minutes": "2h30"}
    assert secretary.post(f"{file}/modifier", sent).status == 303
    assert desk.town.one(Mission).minutes == 150
    assert secretary.submit(f"{file}/clarifier", on=file).status == 303
    assert "Jour" in secretary.get(file).words


def test_several_are_published_together_but_for_the_one_without_its_day(desk):
    with desk.town.session() as session:
        rows = [mission_of(session, desk, publish=False), mission_of(session, desk, title="Sans jour", publish=False)]
        for row in rows:
            move(session, MISSIONS, row, "clarify")
        rows[1].rhythm = "once"
        session.flush()
        ids = [str(row.id) for row in rows]
    secretary = desk.town.client(desk.town.person("Sylvie", "Secrétaire", "secretary"))
    asked = f"{DESK}/ensemble?action=publish&id={ids[0]}&id={ids[1]}"
    token = secretary.get(asked).form()["csrf_token"]
    page = secretary.post(f"{DESK}/ensemble", {"csrf_token": token, "action": "publish", "id": ids})
    assert "une seule fois" in page.words
    assert {row.title: row.state for row in desk.town.all(Mission)} == {
        "Bourse aux livres": "published",
        "Sans jour": "clarified",
    }


def test_moments_are_kept_when_the_rhythm_is_regular(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk, rhythm="weekly", slots=bits(words.SLOTS, "sat-morning"))
        assert mission.state == "published"


def test_the_four_lines_say_who_has_it(desk, mailbox):
    with desk.town.session() as session:
        match = matches.propose(session, volunteer_of(session, desk.nadia), mission_of(session, desk))

        def where():
            return four_lines(session, MATCHES, match, None)

        assert where().where.startswith("Chez vous, depuis")
        assert where().you == "Dites oui ou non."
        move(session, MATCHES, match, "volunteer_agrees")
        assert where().where.startswith("Auprès de «\u00a0Les Amis du livre\u00a0», depuis")
        assert "à l’autre côté" in where().you
        move(session, MATCHES, match, "mission_agrees")
        for name in ("begin", "commit"):
            move(session, MATCHES, match, name)
            assert where().where.startswith("Chez vous et auprès de «\u00a0Les Amis du livre\u00a0», depuis")
        assert four_lines(session, VOLUNTEERS, match.volunteer, None).where.startswith("Chez vous")
        assert four_lines(session, MISSIONS, match.mission, None).where.startswith("Chez vous")


def test_a_receipt_says_nothing_of_what_nobody_said(desk, mailbox):
    desk.town.client(desk.speaker).submit(
        "/benevolat/besoins/demander",
        {"title": "Aider", "purpose": "Aider", "organisation_id": desk.club_id, "rhythm": "once"},
    )
    (mail,) = mailbox()
    text = mail.get_body().get_content()
    assert "Rythme" in text
    assert "Conditions" not in text

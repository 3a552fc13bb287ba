"""The rules by number, each by its operation; what the database refuses too, and two people at once."""

from datetime import date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy.exc import IntegrityError

from civique.core import clock
from civique.core.cases.operations import move
from civique.core.consents.operations import give_consent, withdraw_consent
from civique.core.messages.models import Message
from civique.core.organisations.operations import add_organisation
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.modules.volunteering import queries
from civique.modules.volunteering.models import FollowUp, Match, ShiftPlace, Volunteer, words
from civique.modules.volunteering.operations import hours, matches, missions, volunteers
from civique.modules.volunteering.queries import matching
from civique.modules.volunteering.workflow import MATCHES, MISSIONS, VOLUNTEERS
from tests.modules.volunteering.conftest import bits, mission_of, volunteer_of

DAY = date(2030, 1, 1)


def refused(rule, do):
    """The rule that forbids something."""
    with pytest.raises(Refused) as caught:
        do()
    assert rule in {caught.value.rule, *(each.rule for each in caught.value.also)}
    return caught.value


@pytest.mark.parametrize("missing", [{"minutes": None}, {"places": None}, {"conditions": ""}])
def test_ben_01_unpublished_until_duration_and_conditions_are_stated(desk, missing):
    with desk.town.session() as session:
        mission = mission_of(session, desk, publish=False, **missing)
        why = refused("BEN-01", lambda: move(session, MISSIONS, mission, "clarify"))
        assert why.field == next(iter(missing))
        mission.state = "published"
        with pytest.raises(IntegrityError, match="stated"):
            session.flush()
        session.rollback()


def test_ben_01_a_published_mission_keeps_saying_its_conditions(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk)
        refused("BEN-01", lambda: missions.change_mission(session, mission, conditions=" "))
        session.rollback()


def test_ben_02_contact_details_open_once_both_sides_agreed(desk, mailbox):
    with desk.town.session() as session:
        match = matches.propose(session, volunteer_of(session, desk.nadia), mission_of(session, desk))
        move(session, MATCHES, match, "volunteer_agrees")
        assert (match.state, match.opened) == ("proposed", False)
        move(session, MATCHES, match, "mission_agrees")
        assert (match.state, match.opened) == ("accepted", True)
    before, after = [], []
    for message in desk.town.all(Message):
        (after if message.kind in {"volunteering.opened", "volunteering.introduced"} else before).append(message)
    assert len(after) == 2
    assert "612345678" not in str([message.content for message in before]).replace(" ", "")
    assert "Nadia" in str([message.content for message in after])


def test_ben_02_the_database_wants_both_agreements(desk):
    with desk.town.session() as session:
        match = matches.propose(session, volunteer_of(session, desk.nadia), mission_of(session, desk))
        match.state = "accepted"
        with pytest.raises(IntegrityError, match="agreed"):
            session.flush()
        session.rollback()


def test_ben_03_hours_count_once_the_organisation_validated_them(desk):
    with desk.town.session() as session:
        volunteer, mission = volunteer_of(session, desk.nadia), mission_of(session, desk)
        done = [hours.enter_hours(session, volunteer, done_on=clock.today(), minutes=60, mission=mission) for _ in "ab"]
        assert queries.valued_hours(session, desk.club_id) == []
        hours.decide_hours(session, done[0], valid=True)
        refused("reason", lambda: hours.decide_hours(session, done[1], valid=False, reason=" "))
        hours.decide_hours(session, done[1], valid=False, reason="Pas ce jour-là.")
        hours.decide_hours(session, done[1], valid=True)
        assert done[1].state == "refused", "a second answer changes nothing"
        (line,) = queries.valued_hours(session, desk.club_id)
        assert line.minutes == 60


def test_ben_03_nobody_validates_their_own_hours(desk):
    with desk.town.session(desk.speaker) as session:
        volunteer = volunteer_of(session, desk.speaker)
        own = hours.enter_hours(
            session, volunteer, done_on=clock.today(), minutes=60, mission=mission_of(session, desk)
        )
        refused("own", lambda: hours.decide_hours(session, own, valid=True))


def test_ben_04_valued_at_the_organisation_s_own_documented_rate(desk):
    with desk.town.session() as session:
        mission, volunteer = mission_of(session, desk), volunteer_of(session, desk.nadia)
        year = clock.today().year
        done = hours.enter_hours(session, volunteer, done_on=clock.today(), minutes=90, mission=mission)
        hours.decide_hours(session, done, valid=True)
        (line,) = queries.valued_hours(session, desk.club_id)
        assert line.value is None, "without its rate there is no amount"
        refused("BEN-04", lambda: hours.set_rate(session, desk.club_id, year=year, cents=1200, source=" "))
        hours.set_rate(session, desk.club_id, year=year, cents=1100, source="SMIC")
        hours.set_rate(session, desk.club_id, year=year, cents=1200, source="SMIC chargé")
        (line,) = queries.valued_hours(session, desk.club_id)
        assert (line.value, line.source) == (1800, "SMIC chargé")
        other = add_organisation(session, "association", "Une autre")
        assert queries.valued_hours(session, other.id) == []


def test_ben_05_minors_only_where_it_is_open_to_them_with_a_guardian_s_consent(desk):
    with desk.town.session() as session:
        person = get_person(session, desk.nadia.id)
        person.birth_date = clock.today() - timedelta(days=16 * 365)
        likes = {"interests": bits(words.INTERESTS, "culture")}
        volunteer = volunteer_of(session, desk.nadia, **likes)
        adults = mission_of(session, desk, **likes)
        open_ = mission_of(session, desk, title="Lire", minors=True, places=2, **likes)
        assert [each.title for each in matching.missions_for(session, volunteer)] == ["Lire"]
        assert matching.volunteers_for(session, adults) == []
        refused("BEN-05", lambda: matches.propose(session, volunteer, adults))
        refused("BEN-05", lambda: matches.propose(session, volunteer, open_))
        until = clock.today() + timedelta(days=90)
        consent = give_consent(session, person, "participation", given_by="Sa mère", until=until)
        match = matches.propose(session, volunteer, open_)
        for side in ("volunteer_agrees", "mission_agrees"):
            move(session, MATCHES, match, side)
        withdraw_consent(session, consent)
        assert match.state == "ended", "without a consent a minor is expected nowhere"
        missions.add_shifts(session, open_, clock.now() + timedelta(days=3), minutes=60, wanted=1)
        shift, _taken = queries.shifts_of(session, open_.id)[0]
        refused("BEN-05", lambda: missions.take_shift(session, shift.id, volunteer))


def test_ben_06_the_origin_is_kept_also_when_nobody_says_it(desk):
    with desk.town.session() as session:
        assert volunteer_of(session, desk.nadia).origin == "site"
        cards = [{"given_name": "Paul", "family_name": "Papier", "phone": None, "wishes": "jardiner"}]
        (card,) = volunteers.take_cards(session, cards, origin="ceremony", channel="paper")
        assert card.origin == "ceremony"
        card.origin = "somewhere"
        with pytest.raises(IntegrityError, match="origin"):
            session.flush()
        session.rollback()


def test_ben_07_first_steps_are_followed_after_two_weeks_and_two_months(desk):
    with desk.town.session() as session:
        match = begun(session, desk)
        days = [(each.due_on - clock.today()).days for each in match.followups]
        assert days == [14, 60]
        first = match.followups[0]
        first.due_on = clock.today()
        session.flush()
        due = session.query(Match).where(queries.TO_FOLLOW_UP)
        assert due.one() is match
        matches.note_follow_up(session, match, first, "Tout va bien.")
        assert due.all() == []
        move(session, MATCHES, match, "end")
        assert [each.kind for each in session.query(FollowUp)] == ["weeks"], "what was due is due no more"


def begun(session, desk):
    """A match whose volunteer has begun."""
    match = matches.propose(session, volunteer_of(session, desk.nadia), mission_of(session, desk))
    for name in ("volunteer_agrees", "mission_agrees", "begin"):
        move(session, MATCHES, match, name)
    assert match.volunteer.state == "active"
    return match


def test_the_last_place_is_given_once_and_free_again_afterwards(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk)
        first = matches.propose(session, volunteer_of(session, desk.nadia), mission)
        second = matches.propose(session, volunteer_of(session, desk.town.person("Ali", "Deux")), mission)
        for match in (first, second):
            move(session, MATCHES, match, "volunteer_agrees")
        move(session, MATCHES, first, "mission_agrees")
        assert mission.state == "filled"
        refused("full", lambda: move(session, MATCHES, second, "mission_agrees"))
        move(session, MATCHES, first, "decline", motive="Un déménagement.")
        assert mission.state == "published"


def test_proposed_once_and_only_where_it_may_be(desk):
    with desk.town.session() as session:
        volunteer, mission = volunteer_of(session, desk.nadia), mission_of(session, desk)
        draft = mission_of(session, desk, publish=False)
        refused("unpublished", lambda: matches.propose(session, volunteer, draft))
        matches.propose(session, volunteer, mission)
        refused("tried", lambda: matches.propose(session, volunteer, mission))
        move(session, VOLUNTEERS, volunteer, "pause")
        assert session.query(Match).one().state == "declined", "who takes a break is expected nowhere"
        refused("away", lambda: matches.propose(session, volunteer, mission))
        refused("once", lambda: volunteer_of(session, desk.nadia))


def test_a_mission_is_proposed_by_who_speaks_for_the_organisation(desk):
    with desk.town.session() as session:
        nadia = get_person(session, desk.nadia.id)
        facts = {"title": "Aider", "purpose": "Aider", "organisation_id": desk.club_id}
        refused("not_theirs", lambda: missions.propose_mission(session, nadia, **facts))
        days = {"starts_on": DAY, "ends_on": DAY - timedelta(days=1)}
        refused("days", lambda: missions.propose_mission(session, nadia, channel="counter", **facts, **days))


def test_a_shift_takes_as_many_as_it_needs(desk):
    with desk.town.session() as session:
        mission, one = mission_of(session, desk), volunteer_of(session, desk.nadia)
        other = volunteer_of(session, desk.town.person("Ali", "Deux"))
        begins = clock.now() + timedelta(days=3)
        assert missions.add_shifts(session, mission, begins, minutes=60, wanted=1, weeks=2) == 2
        assert missions.add_shifts(session, mission, begins, minutes=60, wanted=1, weeks=3) == 1
        refused("too_many", lambda: missions.add_shifts(session, mission, begins, minutes=60, wanted=1, weeks=99))
        shift, _taken = queries.shifts_of(session, mission.id)[0]
        missions.take_shift(session, shift.id, one)
        missions.take_shift(session, shift.id, one)
        refused("full", lambda: missions.take_shift(session, shift.id, other))
        refused("expected", lambda: missions.remove_shift(session, shift))
        missions.leave_shift(session, shift.id, one.id)
        missions.take_shift(session, shift.id, other)
        assert session.query(ShiftPlace).one().volunteer_id == other.id
        refused("past", lambda: missions.add_shifts(session, mission, DAY_PAST, minutes=60, wanted=1))


def test_a_shift_of_the_night_of_the_clocks_lasts_as_long_as_others(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk)
        saturday = datetime(2030, 3, 23, 22, tzinfo=clock.zone())
        missions.add_shifts(session, mission, saturday, minutes=480, wanted=1, weeks=2)
        shifts = [shift for shift, _taken in queries.shifts_of(session, mission.id)]
        assert [shift.ends_at - shift.starts_at for shift in shifts] == [timedelta(hours=8)] * 2
        assert [clock.local(shift.starts_at).hour for shift in shifts] == [22, 22]


DAY_PAST = clock.now() - timedelta(days=1)


def test_hours_that_cannot_be(desk):
    with desk.town.session() as session:
        volunteer, today = volunteer_of(session, desk.nadia), clock.today()
        for rule, facts in {
            "future": {"done_on": today + timedelta(days=1), "activity": "Ranger"},
            "old": {"done_on": today - timedelta(days=900), "activity": "Ranger"},
            "nothing": {"done_on": today},
        }.items():
            refused(rule, lambda facts=facts: hours.enter_hours(session, volunteer, minutes=60, **facts))
        refused("future", lambda: volunteers.note_interview(session, volunteer, today + timedelta(days=1), "Demain"))


def test_suggestions_are_ranked_and_explained_both_ways(desk):
    slots = bits(words.SLOTS, "sat-morning")
    with desk.town.session() as session:
        likes = {"interests": bits(words.INTERESTS, "nature"), "slots": slots, "languages": bits(words.LANGUAGES, "es")}
        volunteer = volunteer_of(session, desk.nadia, **likes, avoids=bits(words.INTERESTS, "sport"))
        best = mission_of(session, desk, title="La haie", **likes, skills=bits(words.SKILLS, "licence"))
        fair = mission_of(session, desk, title="Le verger", interests=likes["interests"])
        mission_of(session, desk, title="Le tournoi", interests=bits(words.INTERESTS, "sport", "nature"))
        mission_of(session, desk, title="Rien de commun")
        mission_of(
            session, desk, title="Le dimanche", interests=likes["interests"], slots=bits(words.SLOTS, "sun-morning")
        )
        found = matching.missions_for(session, volunteer)
        assert [each.title for each in found] == ["La haie", "Le verger"]
        assert found[0].reasons == ("le samedi", "aime le jardinage et la nature", "parle\N{NO-BREAK SPACE}: espagnol")
        assert found[0].lacking == ("Permis de conduire",)
        (back,) = matching.volunteers_for(session, best)
        assert (back.title, back.reasons) == ("Nadia Habitante", found[0].reasons)
        matches.propose(session, volunteer, fair)
        assert matching.volunteers_for(session, fair) == [], "what was tried is not suggested again"


def test_who_was_never_met_is_not_suggested(desk):
    with desk.town.session() as session:
        likes = {"interests": bits(words.INTERESTS, "culture")}
        volunteer, mission = volunteer_of(session, desk.nadia, met=False, **likes), mission_of(session, desk, **likes)
        assert matching.volunteers_for(session, mission) == []
        assert [each.id for each in matching.missions_for(session, volunteer)] == [mission.id]
        waiting = session.query(Volunteer).where(queries.NEVER_CONTACTED)
        move(session, VOLUNTEERS, waiting.one(), "contact")
        assert waiting.all() == []


def test_two_people_on_the_last_place_at_once(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk)
        people = [desk.nadia, desk.town.person("Ali", "Deux")]
        ids = [matches.propose(session, volunteer_of(session, person), mission).id for person in people]
        for each in ids:
            move(session, MATCHES, session.get(Match, each), "volunteer_agrees")
    said = []

    def second():
        with desk.town.session() as other:
            try:
                move(other, MATCHES, other.get(Match, ids[1]), "mission_agrees")
            except Exception as error:
                said.append(error)
                other.rollback()

    with desk.town.session() as session:
        move(session, MATCHES, session.get(Match, ids[0]), "mission_agrees")
        comes = Thread(target=second)
        comes.start()
        comes.join(1)
        session.commit()
    comes.join()
    assert [getattr(error, "rule", error) for error in said] == ["full"], "the second waits, then reads why"

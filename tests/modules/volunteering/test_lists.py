"""A list brought in, the stall, reminders, figures; what is kept of a person and what goes."""

from datetime import timedelta

import pytest

from civique.core import clock, privacy, settings
from civique.core.cases.models import CaseStep
from civique.core.cases.operations import move
from civique.core.gatherings.operations import plan_gathering, record_attendance
from civique.core.indicators.periods import Period
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.stall.operations import receive_entry
from civique.modules.volunteering import jobs, queries
from civique.modules.volunteering.imports import IMPORTER
from civique.modules.volunteering.manifest import MANIFEST
from civique.modules.volunteering.models import Hours, Interview, Match, Volunteer, words
from civique.modules.volunteering.operations import hours, matches, missions
from civique.modules.volunteering.privacy import forget
from civique.modules.volunteering.queries.figures import TRAINING
from civique.modules.volunteering.settings import VolunteeringSettings
from civique.modules.volunteering.workflow import MATCHES, VOLUNTEERS
from tests.modules.volunteering.conftest import bits, mission_of, volunteer_of

EMPTY = dict.fromkeys(column.name for column in IMPORTER.columns)


def take(session, **values):
    """One line of a list."""
    line = {**EMPTY, **values}
    there = IMPORTER.known(session, None)
    decision = IMPORTER.decide(there, line)
    IMPORTER.write(session, there, decision, line)
    return decision.outcome


def test_a_list_is_brought_in_once(desk):
    with desk.town.session() as session:
        camille = {"given_name": "Camille", "family_name": "Martin", "phone": "+33612345678", "origin": "ceremony"}
        assert [take(session, **camille), take(session, **camille)] == ["created", "unchanged"]
        take(session, given_name="nadia", family_name="habitante", languages=bits(words.LANGUAGES, "es"))
        nadia = queries.volunteer_of(session, desk.nadia.id)
        assert nadia.languages == bits(words.LANGUAGES, "es"), "somebody known keeps their record"
        assert session.query(Message).count() == 0, "nobody is written to"
        read = IMPORTER.column("interests").parse
        assert read("Sport, nature") == bits(words.INTERESTS, "sport", "nature")
        with pytest.raises(Refused, match="voile"):
            read("sport, voile")


def test_two_people_of_one_name_are_told_apart_by_telephone(desk):
    with desk.town.session() as session:
        for phone in ("+33612345678", "+33698765432"):
            take(session, given_name="Camille", family_name="Martin", phone=phone)
        assert session.query(Volunteer).count() == 2
        with pytest.raises(Refused):
            take(session, given_name="Camille", family_name="Martin")


def test_at_a_stall(desk):
    (form,) = MANIFEST.stall_forms
    entry = {"reference": "ST-K7Q2-014-T", "kind": form.code, "channel": "market", "answer_by": "none"}
    with desk.town.session() as session:
        receive_entry(session, [form], {**entry, f"{form.code}-wishes": "Lire aux enfants"})
    volunteer = desk.town.one(Volunteer)
    assert (volunteer.origin, volunteer.wishes) == ("meeting", "Lire aux enfants")


def test_reminded_once_the_day_before_a_shift(desk):
    with desk.town.session() as session:
        mission, volunteer = mission_of(session, desk), volunteer_of(session, desk.nadia)
        for days in (1, 3):
            missions.add_shifts(session, mission, clock.now() + timedelta(days=days), minutes=60, wanted=1)
        for shift, _taken in queries.shifts_of(session, mission.id):
            missions.take_shift(session, shift.id, volunteer)
        for _twice in range(2):
            jobs.remind(session)
        assert session.query(Message).where(Message.kind == "volunteering.shift_tomorrow").count() == 1


def figure(session, code, year=None):
    """The whole of an indicator, in this year or another."""
    declared = next(each for each in MANIFEST.indicators if each.code == f"volunteering.{code}")
    period = Period("civil", year) if year else Period.containing("civil", clock.today())
    return next(each.figure.value for each in declared.compute(session, period) if each.part[0:2] == (None, ""))


def test_figures(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk)
        match = matches.propose(session, volunteer_of(session, desk.nadia), mission)
        for name in ("volunteer_agrees", "mission_agrees", "begin"):
            move(session, MATCHES, match, name)
        given = hours.enter_hours(session, match.volunteer, done_on=clock.today(), minutes=90, mission=mission)
        assert figure(session, "hours") == 0, "hours count once they are validated"
        hours.decide_hours(session, given, valid=True)
        expected = {
            "volunteers": 1,
            "active": 1,
            "missions": 1,
            "published": 1,
            "filled": 1,
            "hours": 2,
            "first_word": 0,
        }
        assert {code: figure(session, code) for code in expected} == expected
        assert figure(session, "origins") == 1
        assert figure(session, "volunteers", 2020) == 0


def test_trainings_and_who_came(desk):
    with desk.town.session() as session:
        begins = clock.now() - timedelta(hours=2)
        training = plan_gathering(session, "Accueillir un enfant", begins, kind=TRAINING, convened=[desk.nadia.id])
        plan_gathering(session, "Une réunion", begins)
        record_attendance(session, training, [desk.nadia.id])
        assert (figure(session, "trainings"), figure(session, "trained")) == (1, 1)


def test_retention_is_counted_a_year_later(desk):
    with desk.town.session() as session:
        for name in ("Ali", "Zoé"):
            volunteer = volunteer_of(session, desk.town.person(name, "Bénévole"))
            match = matches.propose(session, volunteer, mission_of(session, desk))
            for step in ("volunteer_agrees", "mission_agrees", "begin"):
                move(session, MATCHES, match, step)
            if name == "Ali":
                move(session, VOLUNTEERS, volunteer, "leave")
        assert figure(session, "retention") is None, "nobody began a year ago"
        year = timedelta(days=365)
        for step in session.query(CaseStep):
            step.at -= year
        session.flush()
        assert figure(session, "retention") == 50


def test_a_person_exported_then_erased(desk):
    with desk.town.session() as session:
        mission = mission_of(session, desk)
        volunteer = volunteer_of(session, desk.nadia, wishes="Lire aux enfants", constraints="Pas de voiture")
        matches.propose(session, volunteer, mission)
        hours.enter_hours(session, volunteer, done_on=clock.today(), minutes=60, mission=mission)
        person = get_person(session, desk.nadia.id)
        exported = str(privacy.export_person(session, person, modules()))
        for words_ in ("Lire aux enfants", "Pas de voiture", "Souriante.", "Bourse aux livres"):
            assert words_ in exported
        privacy.erase(session, person, modules())
        session.flush()
        session.expire_all()
        assert session.query(Interview).count() == 0
        assert (volunteer.applicant_id, volunteer.wishes, volunteer.constraints) == (None, "", "")
        assert session.query(Hours).count() == 1, "they stay for the accounts, of nobody"
        assert session.query(Match).one().applicant_id is None


def test_who_left_long_ago_is_named_no_more(desk):
    with desk.town.session() as session:
        settings.put(session, VolunteeringSettings(kept_months=6))
        volunteer = volunteer_of(session, desk.nadia)
        move(session, VOLUNTEERS, volunteer, "leave")
        forget(session)
        assert volunteer.applicant_id is not None
        for step in session.query(CaseStep).where(CaseStep.object_id == volunteer.id):
            step.at -= timedelta(days=400)
        session.flush()
        for _twice in range(2):
            forget(session)
        session.expire_all()
        assert (volunteer.applicant_id, session.query(Interview).count()) == (None, 0)

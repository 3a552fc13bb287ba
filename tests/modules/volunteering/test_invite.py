"""Everybody whom the list of volunteers shows, invited to a training together: how many is said, nobody twice."""

from datetime import timedelta

import pytest

from civique.core import clock
from civique.core.cases.operations import move
from civique.core.gatherings.models import Registration
from civique.core.gatherings.operations import plan_gathering
from civique.core.gatherings.registrations import open_registration
from civique.core.messages.models import Message
from civique.core.people.operations import register_person
from civique.modules.volunteering.models import Volunteer
from civique.modules.volunteering.operations.volunteers import declare
from civique.modules.volunteering.queries.figures import TRAINING
from civique.modules.volunteering.workflow import VOLUNTEERS
from tests.modules.volunteering.conftest import volunteer_of

DESK = "/mairie/benevolat"
INVITE = f"{DESK}/inviter"
LETTER = {"street": "1 rue du Port", "postal_code": "49160", "city": "Blou", "channel": "letter"}


@pytest.fixture
def secretary(desk):
    return desk.town.client(desk.town.person("Sylvie", "Secrétaire", "secretary"))


@pytest.fixture
def training(desk):
    """A training whose registration is open; Nadia by e-mail and 24 people on paper are volunteers, one of whom left."""
    with desk.town.session() as session:
        volunteer_of(session, desk.nadia)
        for number in range(24):
            person = register_person(session, "Odette", f"Papier{number:02}", **LETTER)
            volunteer = declare(session, person, channel="paper", message=None, wishes="Aider")
        move(session, VOLUNTEERS, volunteer, "leave")
        found = plan_gathering(session, "Premiers secours", clock.now() + timedelta(days=30), kind=TRAINING)
        open_registration(session, found, audience="invited")
        return found


def test_all_those_found_are_invited_once_whatever_the_page(desk, secretary, training, mailbox):
    shown = secretary.get(f"{DESK}?etat=waiting&page=2")
    assert f"{INVITE}?etat=waiting" in shown.links()
    address = f"{INVITE}?etat=here"
    for asked, said in ((f"{INVITE}?etat=waiting", "23 personnes"), (address, "Une personne")):
        assert said in secretary.get(asked).words
    page = secretary.get(f"{INVITE}?etat=waiting")
    assert "23 par courrier" in page.words
    sent = {**page.form(), "gathering_id": training.id}
    done = secretary.post(f"{INVITE}?etat=waiting", sent)
    assert "L’invitation part à 23 personnes." in secretary.follow(done).words
    assert secretary.post(f"{INVITE}?etat=waiting", sent).location == done.location, "sent twice is once"
    everybody = secretary.submit(INVITE, {"gathering_id": training.id})
    words = secretary.follow(everybody).words
    assert "L’invitation part à 2 personnes." in words
    assert "23 étaient déjà invitées ou inscrites" in words
    people = [row.person_id for row in desk.town.all(Registration)]
    assert (len(people), len(set(people))) == (25, 25)
    assert len([each for each in desk.town.all(Message) if each.kind == "gathering.invitation"]) == 25


def test_the_words_and_the_view_that_are_asked_narrow_who_is_invited(secretary, training):
    assert "Une personne" in secretary.get(f"{INVITE}?q=Papier07").words
    assert "Une personne" in secretary.get(f"{INVITE}?voir=sans-mission").words
    assert "Personne sur cette liste" in secretary.get(f"{INVITE}?q=absente").words


def test_a_list_that_changed_meanwhile_is_shown_again(desk, secretary, training):
    page = secretary.get(INVITE)
    with desk.town.session() as session:
        declare(session, register_person(session, "Une", "Nouvelle", **LETTER), message=None, wishes="Aider")
    again = secretary.post(INVITE, {**page.form(), "gathering_id": training.id})
    assert again.status == 422
    assert "La liste a changé" in again.words
    assert "26 personnes" in again.words
    assert desk.town.all(Registration) == []
    assert secretary.post(INVITE, {**again.form(), "gathering_id": training.id}).status == 303


def test_as_many_others_are_not_those_who_were_read(desk, secretary, training):
    with desk.town.session() as session:
        gone = declare(session, register_person(session, "Une", "Partante", **LETTER), message=None, wishes="Aider")
    page = secretary.get(INVITE)
    with desk.town.session() as session:
        session.delete(session.get(Volunteer, gone.id))
        declare(session, register_person(session, "Une", "Nouvelle", **LETTER), message=None, wishes="Aider")
    again = secretary.post(INVITE, {**page.form(), "gathering_id": training.id})
    assert again.status == 422
    assert "La liste a changé" in again.words
    assert desk.town.all(Registration) == []


def test_nothing_to_be_invited_to_is_said_and_who_may_not_is_refused(desk, secretary):
    with desk.town.session() as session:
        volunteer_of(session, desk.nadia)
    assert "Aucun rendez-vous ne prend d’inscriptions" in secretary.get(INVITE).words
    reader = desk.town.client(desk.town.person("Hervé", "Instructeur", "examiner"))
    assert INVITE not in reader.get(DESK).links()
    assert reader.get(INVITE).status == 403

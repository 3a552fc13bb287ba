"""What is written to those who are invited or registered to a gathering, and the sheet that they sign."""

from datetime import timedelta
from uuid import uuid4

import pytest

from civique.core import clock
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.invitations import invite, remind_gatherings
from civique.core.gatherings.models import Gathering, Registration
from civique.core.gatherings.registrations import cancel_registration, open_registration, register
from civique.core.gatherings.sheet import sign_in_sheet
from civique.core.i18n import speaking
from civique.core.people.queries import get_person
from tests.snapshot import pdf_words, same


@pytest.fixture
def evening(scene):
    """A gathering of one seat; the reader speaks the language of the scene."""
    with scene.commune.session() as session:
        found = gatherings.plan_gathering(
            session,
            "Accueil des nouveaux habitants",
            clock.now() + timedelta(days=10, hours=9),
            kind="event",
            place="La Halle",
            summary="Un verre, une visite, des réponses.",
        )
        open_registration(session, found, seats=2, companions=1, closes_at=clock.now() + timedelta(days=8))
        return found


def come(scene, session, evening, **facts):
    found = session.get(Gathering, evening.id)
    with speaking(scene.locale):
        facts = {"name": scene.reader.name, "person": get_person(session, scene.reader.id), **facts}
        return register(session, found, channel="counter", key=uuid4(), **facts)


def invited(scene, session, evening):
    invite(session, session.get(Gathering, evening.id), [get_person(session, scene.reader.id)])


def registered(scene, session, evening):
    come(scene, session, evening, adults=2)


def waiting(scene, session, evening):
    come(scene, session, evening, name="Ali", person=None, adults=2)
    come(scene, session, evening)


def moved_up(scene, session, evening):
    waiting(scene, session, evening)
    cancel_registration(session, session.query(Registration).filter_by(name="Ali").one())


def reminded(scene, session, evening):
    registered(scene, session, evening)
    session.get(Gathering, evening.id).event.starts_at = clock.now() + timedelta(hours=30)
    session.flush()
    remind_gatherings(session)


def moved(scene, session, evening):
    registered(scene, session, evening)
    found = session.get(Gathering, evening.id)
    gatherings.change_gathering(session, found, place_text="Salle du Port")


def cancelled(scene, session, evening):
    registered(scene, session, evening)
    gatherings.cancel_gathering(session, session.get(Gathering, evening.id))


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (invited, "gathering.invitation"),
        (registered, "gathering.registered"),
        (waiting, "gathering.waiting"),
        (moved_up, "gathering.moved_up"),
        (reminded, "gathering.reminder"),
        (moved, "gathering.moved"),
        (cancelled, "gathering.cancelled"),
    ],
)
def test_words_of_a_gathering(scene, agreed, evening, what, kind):
    with scene.commune.session() as session:
        what(scene, session, evening)
    agreed(scene.commune.session(), kind)


def test_words_of_the_sheet(scene, evening):
    with scene.commune.session() as session, speaking(scene.locale):
        registered(scene, session, evening)
        pdf = sign_in_sheet(session, session.get(Gathering, evening.id))
    same(f"pdf/sign_in_sheet.{scene.locale}", pdf_words(pdf))

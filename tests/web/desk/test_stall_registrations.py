"""Registering to a gathering at a stall: once a reference, for gatherings that everybody sees and that are open."""

from datetime import timedelta

import pytest

from civique.core import clock
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.models import Registration
from civique.core.gatherings.registrations import open_registration
from civique.core.people.models import Person
from civique.core.stall import references
from tests.web.desk.test_stall import STALL, send

TOLD = {
    "reference": references.make("K7Q2", 15),
    "kind": "core.registration",
    "channel": "market",
    "answer_by": "email",
    "name": "Karim Benali",
    "email": "karim@exemple.fr",
    "core.registration-adults": "2",
    "core.registration-children": "1",
}


@pytest.fixture
def workshop(commune):
    with commune.session() as session:
        found = gatherings.plan_gathering(
            session, "Atelier compost", clock.now() + timedelta(days=7), kind="event", public=True
        )
        open_registration(session, found, seats=3, companions=2, children=True)
        return found


def told(workshop, **changes):
    return TOLD | {"core.registration-gathering": str(workshop.id)} | changes


def test_what_was_told_at_a_stall_is_registered_once(commune, secretary, workshop):
    assert "Atelier compost" in secretary.get(STALL).words
    assert send(secretary, told(workshop)).status == 201
    assert send(secretary, told(workshop)).status == 200
    row = commune.one(Registration)
    assert (row.name, row.email, row.channel, row.adults, row.children) == (
        "Karim Benali",
        "karim@exemple.fr",
        "market",
        2,
        1,
    )
    assert row.person_id is None
    other = told(workshop, reference=references.make("K7Q2", 16))
    assert send(secretary, other).status == 201
    assert sorted(row.state for row in commune.all(Registration)) == ["registered", "waiting"]


def test_who_wants_a_letter_gets_a_record(commune, secretary, workshop):
    letter = {"answer_by": "letter", "email": "", "street": "1 rue du Port", "postal_code": "49160", "city": "Blou"}
    assert send(secretary, told(workshop, **letter)).status == 201
    assert commune.one(Registration).person_id == commune.one(Person, family_name="Benali").id


def test_what_a_stall_cannot_take_is_refused_beside_its_field(commune, secretary, workshop):
    for wrong in (
        {"core.registration-adults": "deux"},
        {"core.registration-adults": "9"},
        {"answer_by": "none", "name": ""},
        {"core.registration-gathering": str(workshop.event_id)},
    ):
        assert send(secretary, told(workshop, **wrong)).status == 422, wrong
    assert commune.all(Registration) == []


def test_without_an_open_gathering_the_page_does_not_offer_it(commune, secretary, workshop):
    commune.sql("UPDATE event SET public = false")
    page = secretary.get(STALL)
    assert "Atelier compost" not in page.words
    assert "core.registration" not in page.text
    assert send(secretary, told(workshop)).status == 422

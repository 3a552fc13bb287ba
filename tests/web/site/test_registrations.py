"""Registering to a gathering on the site: with and without an account, by a link, by the code of a letter."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from civique.core import clock
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.invitations import invite
from civique.core.gatherings.models import Gathering, Registration
from civique.core.gatherings.registrations import open_registration, register
from civique.core.messages.models import Message
from civique.core.people.queries import get_person


@pytest.fixture
def workshop(commune):
    """An open workshop of two seats."""
    with commune.session() as session:
        found = gatherings.plan_gathering(
            session, "Atelier compost", clock.now() + timedelta(days=7), kind="event", place="La Halle", public=True
        )
        open_registration(session, found, seats=2, companions=2, children=True, needs=("diet", "access"))
        return found


def sign_up(workshop):
    return f"/agenda/{workshop.event_id}/inscription"


def links(commune):
    """Links of the passes that were written, oldest first."""
    with commune.session() as session:
        messages = session.scalars(select(Message).order_by(Message.created_at, Message.id))
        return [message.content["action"][1] for message in messages]


def test_from_the_agenda_to_the_link_of_the_message(commune, workshop):
    client = commune.client()
    event = client.get(f"/agenda/{workshop.event_id}")
    assert sign_up(workshop) in event.links()
    page = client.submit(sign_up(workshop), {"name": "Anne Petit", "adults": "1"})
    assert page.status == 422, "an address or a number is needed"
    anne = {"name": "Anne Petit", "email": "anne@exemple.fr", "adults": "1", "children": "1", "diet": "sans noix"}
    receipt = client.follow(client.submit(sign_up(workshop), anne))
    assert "Votre inscription est confirmée" in receipt.words
    assert "anne@exemple.fr" in receipt.words
    row = commune.one(Registration)
    assert (row.party, row.needs, row.state) == (2, {"diet": "sans noix"}, "registered")
    (link,) = links(commune)
    elsewhere = commune.client()
    page = elsewhere.submit(link, {"adults": "1", "children": "0", "diet": ""})
    assert elsewhere.follow(page).status == 200
    assert commune.one(Registration).party == 1
    other = commune.client()
    bruno = {"name": "Bruno", "email": "b@exemple.fr", "adults": "2"}
    assert "liste d’attente" in other.follow(other.submit(sign_up(workshop), bruno)).words
    page = elsewhere.submit(f"{link}/annuler", on=link)
    assert "Votre inscription est retirée" in elsewhere.follow(page).words
    assert commune.one(Registration, name="Bruno").state == "registered"


def test_a_link_opens_its_registration_alone(commune, neighbour, workshop):
    client = commune.client()
    client.submit(sign_up(workshop), {"name": "Anne Petit", "email": "anne@exemple.fr"})
    (link,) = links(commune)
    assert neighbour.client().get(link).status == 404
    assert commune.client().get(link[:-1]).status == 404
    assert "anne" not in commune.client().get("/rencontres/recu").text


def test_somebody_who_is_signed_in_registers_and_withdraws(commune, workshop):
    rose = commune.person("Rose", "Martin")
    client = commune.client(rose)
    page = client.follow(client.submit(sign_up(workshop), {"adults": "1"}))
    assert "Votre inscription est confirmée" in page.words
    assert "Atelier compost" in client.get("/mon-compte").words
    page = client.submit(sign_up(workshop), {"adults": "5"})
    assert page.status == 422
    client.submit(f"{sign_up(workshop)}/annuler", on=sign_up(workshop))
    assert commune.one(Registration).state == "cancelled"
    client.submit(sign_up(workshop), {"adults": "2"})
    assert (commune.one(Registration).state, commune.one(Registration).party) == ("registered", 2)
    with commune.session() as session:
        kinds = session.scalars(select(Message.kind).where(Message.person_id == rose.id)).all()
    assert kinds == ["gathering.registered"] * 2


def test_a_letter_is_answered_with_its_code(commune, workshop):
    odette = commune.person("Odette", "Papier", email=None)
    commune.sql("UPDATE person SET street = '1 rue du Port', city = 'Angers' WHERE id = :id", id=odette.id)
    with commune.session() as session:
        found = session.get(Gathering, workshop.id)
        invite(session, found, [get_person(session, odette.id)])
        letter = session.scalars(select(Message)).one()
        (_, reference), (_, code) = letter.content["typed"]
    client = commune.client()
    wrong = client.submit("/rencontres", {"reference": reference, "pin": "1" if code[0] != "1" else "2"})
    assert wrong.status == 422
    here = client.submit("/rencontres", {"reference": reference.lower(), "pin": code}).location
    assert "Vous avez une invitation" in client.get(here).words
    page = client.submit(f"{here}/annuler", on=here)
    assert "Vous ne venez pas" in client.follow(page).words
    client.submit(here, {"adults": "1"})
    assert commune.one(Registration).state == "registered"
    commune.sql("UPDATE access_pass SET revoked_at = now()")
    assert client.get(here).status == 410


def test_five_wrong_codes_lock_the_reference(commune, workshop):
    rose = commune.person("Rose", "Martin")
    with commune.session() as session:
        invite(session, session.get(Gathering, workshop.id), [get_person(session, rose.id)])
        (_, reference), (_, code) = session.scalars(select(Message)).one().content["typed"]
    client = commune.client()
    for _try in range(5):
        client.submit("/rencontres", {"reference": reference, "pin": "x"})
    page = client.submit("/rencontres", {"reference": reference, "pin": code})
    assert page.status == 422


def test_a_closed_registration_says_so(commune, workshop):
    client = commune.client()
    client.submit(sign_up(workshop), {"name": "Anne Petit", "email": "anne@exemple.fr"})
    form = client.get(sign_up(workshop)).form(sign_up(workshop))
    commune.sql("UPDATE gathering_opening SET closed_at = now()")
    assert "Les inscriptions sont closes" in commune.client().get(sign_up(workshop)).words
    page = client.post(sign_up(workshop), {**form, "name": "Bruno", "email": "b@exemple.fr"})
    assert page.status == 422
    (link,) = links(commune)
    client.submit(f"{link}/annuler", on=link)
    assert commune.one(Registration).state == "cancelled"


def test_an_option_or_a_private_event_takes_nobody(commune, workshop):
    commune.sql("UPDATE event SET public = false")
    assert commune.client().get(sign_up(workshop)).status == 404
    with commune.session() as session:
        found = session.get(Gathering, workshop.id)
        register(session, found, name="Anne", email="anne@exemple.fr", channel="phone", key=uuid4())
    (link,) = links(commune)
    page = commune.client().get(link)
    assert page.status == 200
    assert f"/agenda/{workshop.event_id}" not in page.links()

"""The door of a gathering, as a telephone speaks to it: once each, whatever is sent again, with as little as a door needs."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from civique.core import clock
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.models import Gathering, Registration
from civique.core.gatherings.registrations import cancel_registration, open_registration, register

DOOR = "/mairie/porte"


@pytest.fixture
def evening(commune):
    """A gathering of today; Anne comes with somebody, Bruno withdrew."""
    with commune.session() as session:
        found = gatherings.plan_gathering(session, "Vœux", clock.now() + timedelta(hours=1), kind="event")
        open_registration(session, found, companions=3, needs=("diet",))
        facts = {"email": "anne@exemple.fr", "phone": "+33241000000", "needs": {"diet": "sans noix"}}
        register(session, found, name="Anne Petit", channel="phone", adults=2, key=uuid4(), **facts)
        cancel_registration(session, register(session, found, name="Bruno", channel="phone", key=uuid4()))
        return found


@pytest.fixture
def agent(commune):
    return commune.client(commune.person("Ali", "Accueil", "counter"))


def guests(client, evening):
    return json.loads(client.get(f"{DOOR}/{evening.id}/invites").text)["guests"]


def arrive(client, evening, **facts):
    token = json.loads(client.get(f"{DOOR}/jeton").text)["token"]
    sent = {"key": str(uuid4()), "at": clock.now().timestamp() * 1000, "came": 1, **facts}
    page = client._open("POST", f"{DOOR}/{evening.id}/arrivees", json=sent, headers={"X-CSRFToken": token})
    return page.status, json.loads(page.text) if page.text.startswith("{") else None


def test_the_telephone_gets_names_and_nothing_else(commune, agent, evening):
    assert "Anne" not in agent.get(DOOR).text
    assert [one["title"] for one in json.loads(agent.get(f"{DOOR}/rencontres").text)["gatherings"]] == ["Vœux"]
    text = agent.get(f"{DOOR}/{evening.id}/invites").text
    (anne,) = guests(agent, evening)
    assert (anne["name"], anne["party"]) == ("Anne Petit", 2)
    for secret in ("noix", "exemple.fr", "241000000", "Bruno"):
        assert secret not in text


def test_a_second_telephone_gets_what_the_first_noted(commune, agent, evening):
    (anne,) = guests(agent, evening)
    other = commune.client(commune.person("Sophie", "Mairie", "secretary"))
    key = str(uuid4())
    status, told = arrive(agent, evening, registration=anne["id"], came=2, key=key)
    assert (status, told["mine"], told["guest"]["by"]) == (200, True, "Ali Accueil")
    status, told = arrive(agent, evening, registration=anne["id"], came=2, key=key)
    assert (status, told["mine"]) == (200, True)
    status, told = arrive(other, evening, registration=anne["id"], came=1)
    assert (status, told["mine"], told["guest"]["came"], told["guest"]["by"]) == (200, False, 2, "Ali Accueil")
    status, told = arrive(other, evening, registration=anne["id"], came=1, instead_of=told["guest"]["key"])
    assert (told["mine"], told["guest"]["came"]) == (True, 1)
    assert commune.one(Registration, name="Anne Petit").came == 1


def test_somebody_unannounced_is_added_once(commune, agent, evening):
    key = str(uuid4())
    for _time in range(2):
        status, told = arrive(agent, evening, name="Un Passant", came=3, key=key)
        assert (status, told["mine"], told["guest"]["came"]) == (200, True, 3)
    assert {guest["name"] for guest in guests(agent, evening)} == {"Anne Petit", "Un Passant"}


def test_what_is_no_arrival_is_refused(commune, agent, evening):
    (anne,) = guests(agent, evening)
    for wrong in (
        {"came": "deux", "registration": anne["id"]},
        {"key": "x", "registration": anne["id"]},
        {"at": "hier", "registration": anne["id"]},
        {"at": 1e30, "registration": anne["id"]},
        {"registration": "x"},
        {},
    ):
        assert arrive(agent, evening, **wrong)[0] == 400, wrong
    assert arrive(agent, evening, registration=anne["id"], came=501)[0] == 422
    assert arrive(agent, evening, registration=anne["id"], came=0)[0] == 422
    assert arrive(agent, evening, name=" ")[0] == 422
    assert arrive(agent, evening, registration=str(uuid4()))[0] == 404
    with commune.session() as session:
        other = gatherings.plan_gathering(session, "Autre", clock.now() + timedelta(days=1), kind="event")
    assert arrive(agent, other, registration=anne["id"])[0] == 404, "a guest of another gathering"
    with commune.session() as session:
        gatherings.cancel_gathering(session, session.get(Gathering, evening.id))
    assert arrive(agent, evening, registration=anne["id"])[0] == 422
    assert commune.one(Registration, name="Anne Petit").came is None

"""Gatherings at the desk: planning, registrations told or written, invitations, who came, and who may do what."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from civique.core import clock
from civique.core.agenda.operations import plan_event
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings.declarations import GatheringKind
from civique.core.gatherings.models import Gathering, Opening, Registration
from civique.core.gatherings.registrations import open_registration, register
from civique.core.messages.models import Message
from civique.web.desk import kinds as desk_kinds
from tests.defences import defence, replaced

DESK = "/mairie/reunions"


@pytest.fixture
def workshop(commune):
    with commune.session() as session:
        found = gatherings.plan_gathering(
            session, "Atelier compost", clock.now() + timedelta(days=7), kind="event", place="La Halle", public=True
        )
        open_registration(session, found, seats=3, companions=2, children=True, needs=("diet",))
        return found


def home(workshop):
    return f"{DESK}/{workshop.id}"


def test_a_gathering_is_planned_opened_moved_and_cancelled(commune, secretary):
    when = clock.now() + timedelta(days=9)
    plan = {
        "kind": "event",
        "title": "Fête des voisins",
        "starts_at": when.strftime("%Y-%m-%dT18:00"),
        "ends_at": when.strftime("%Y-%m-%dT17:00"),
        "place_text": "Place du Port",
        "series": "Fêtes",
    }
    assert f"{DESK}/nouvelle" in secretary.get(DESK).links()
    form = secretary.get(f"{DESK}/nouvelle")
    assert "Ce qui est prévu" in form.words
    assert "convention" not in form.words, "labels of another subject"
    assert "<title>Prévoir une rencontre – Blou</title>" in form.text
    page = secretary.submit(f"{DESK}/nouvelle", plan)
    assert page.status == 422, "it ends before it begins"
    page = secretary.submit(f"{DESK}/nouvelle", plan | {"ends_at": ""})
    assert "Fête des voisins" in secretary.follow(page).words
    found = commune.one(Gathering)
    assert (found.kind, found.series, found.event.public) == ("event", "Fêtes", True)
    secretary.submit(f"{home(found)}/ouvrir", {"seats": "2", "companions": "1", "needs": "diet"}, on=home(found))
    opening = commune.one(Opening)
    assert (opening.seats, opening.companions, opening.needs, opening.audience) == (2, 1, ["diet"], "public")
    with commune.session() as session:
        row = session.get(Gathering, found.id)
        register(session, row, name="Anne", email="anne@exemple.fr", channel="phone", adults=2, key=uuid4())
    page = secretary.submit(f"{home(found)}/ouvrir", {"seats": "1", "companions": "1"}, on=home(found))
    assert page.status == 422
    assert "2 places sont déjà prises" in page.words
    secretary.submit(f"{home(found)}/modifier", {"title": "Fête des voisins et voisines"})
    secretary.submit(f"{home(found)}/modifier", {"place_text": "La Halle"})
    secretary.submit(f"{home(found)}/fermer", on=home(found))
    assert commune.one(Opening).closed_at is not None
    secretary.submit(f"{home(found)}/annuler", on=home(found))
    with commune.session() as session:
        told = session.scalars(select(Message.kind).order_by(Message.created_at, Message.id)).all()
    assert told == ["gathering.registered", "gathering.moved", "gathering.cancelled"]


def test_a_date_of_the_agenda_takes_registrations(commune, secretary):
    with commune.session() as session:
        event = plan_event(session, title="Loto", starts_at=clock.now() + timedelta(days=5))
        other = plan_event(session, title="Option", starts_at=clock.now() + timedelta(days=6), state="option")
    edit = f"/mairie/agenda/{event.id}"
    page = secretary.follow(secretary.submit(f"{DESK}/pour/{event.id}", on=edit))
    assert "Loto" in page.title
    found = commune.one(Gathering)
    assert home(found) in secretary.get(edit).links()
    token = secretary.get(home(found)).form(f"{home(found)}/ouvrir")["csrf_token"]
    for one in (event, other):
        secretary.post(f"{DESK}/pour/{one.id}", {"csrf_token": token})
    assert len(commune.all(Gathering)) == 1, "twice is once, an option takes nobody"


def test_somebody_calls_and_somebody_writes(commune, secretary, workshop):
    page = secretary.submit(
        f"{home(workshop)}/inscriptions/ajouter",
        {"channel": "phone", "name": "Anne Petit", "phone": "02 41 00 00 00", "adults": "1", "children": "1"},
    )
    page = secretary.follow(page)
    assert "Anne Petit" in page.words
    row = commune.one(Registration)
    assert (row.channel, row.party, row.phone) == ("phone", 2, "+33241000000")
    one = f"{home(workshop)}/inscriptions/{row.id}"
    assert secretary.submit(one, {"adults": "3", "children": "1"}).status == 422
    secretary.submit(one, {"channel": "letter", "adults": "1", "children": "0", "diet": "sans noix"})
    assert commune.one(Registration).needs == {"diet": "sans noix"}
    secretary.submit(f"{one}/arrivee", {"came": "1"}, on=one)
    assert commune.one(Registration).came == 1
    secretary.submit(f"{one}/arrivee", {"came": "0"}, on=one)
    assert commune.one(Registration).came is None
    secretary.submit(f"{one}/annuler", on=one)
    assert commune.one(Registration).state == "cancelled"
    listed = secretary.get(f"{home(workshop)}/inscriptions?etat=cancelled")
    assert "Anne Petit" in listed.words
    assert "Anne Petit" not in secretary.get(f"{home(workshop)}/inscriptions?etat=registered").words
    assert "Anne Petit" in secretary.get(f"{home(workshop)}/inscriptions?format=csv").text
    assert secretary.get(f"{home(workshop)}/emargement.pdf").status == 200


def test_at_the_counter_somebody_with_a_record(commune, workshop):
    agent = commune.client(commune.person("Ali", "Accueil", "counter"))
    rose = commune.person("Rose", "Martin")
    assert "Une inscription à une rencontre" in agent.get("/mairie/saisir").words
    path = f"{home(workshop)}/inscriptions/ajouter?personne={rose.id}"
    assert path in agent.get(f"{DESK}/inscrire?personne={rose.id}").links()
    assert agent.get(f"{DESK}/inscrire").status == 303
    form = path.partition("?")[0]
    agent.post(path, agent.get(path).form(form) | {"channel": "counter", "adults": "2"})
    row = commune.one(Registration)
    assert (row.person_id, row.name, row.channel, row.party) == (rose.id, "Rose Martin", "counter", 2)
    page = agent.post(path, agent.get(path).form(form) | {"channel": "counter"})
    assert page.status == 422
    assert "déjà une inscription" in page.words


def test_people_are_invited_from_a_list(commune, secretary, workshop):
    rose, _jean = commune.person("Rose", "Martin"), commune.person("Jean", "Petit")
    path = f"{home(workshop)}/inviter"
    assert "Rose Martin" in secretary.get(f"{path}?q=rose").words
    assert "Jean Petit" not in secretary.get(f"{path}?q=rose").words
    secretary.submit(path, {"id": str(rose.id)})
    assert commune.one(Registration).state == "invited"
    assert "Rose Martin" not in secretary.get(path).words


def test_who_may_do_what(commune, workshop):
    with commune.session() as session:
        row = register(session, session.get(Gathering, workshop.id), name="Anne", channel="phone", key=uuid4())
    registrations = f"{home(workshop)}/inscriptions"
    agent = commune.client(commune.person("Ali", "Accueil", "counter"))
    assert agent.get(registrations).status == 200
    assert registrations in agent.get(DESK).links()
    for path in (home(workshop), f"{home(workshop)}/modifier", f"{home(workshop)}/inviter", f"{DESK}/nouvelle"):
        assert agent.get(path).status == 403, path
    elected = commune.client(commune.person("Élise", "Élue", "elected"))
    assert elected.get(home(workshop)).status == 200
    for path in (registrations, f"{registrations}/{row.id}", f"/mairie/porte/{workshop.id}/invites"):
        assert elected.get(path).status == 403, path
    assert "Anne" not in elected.get(home(workshop)).words
    moderator = commune.client(commune.person("Mo", "Dération", "moderator"))
    assert moderator.get(DESK).status == 403


def test_a_module_plans_its_own_kind(commune, workshop, monkeypatch):
    """Whoever has the permission of a kind does everything with it, and nothing with the others."""
    known = desk_kinds.kinds
    own = GatheringKind("training", "Formation", "core.comments")
    monkeypatch.setattr(desk_kinds, "kinds", lambda: known() | {"training": own})
    monkeypatch.setattr("civique.web.access.opens_gatherings", lambda who, asked: True)
    moderator = commune.client(commune.person("Mo", "Dération", "moderator"))
    when = (clock.now() + timedelta(days=9)).strftime("%Y-%m-%dT18:00")
    page = moderator.submit(f"{DESK}/nouvelle", {"kind": "training", "title": "Accueillir", "starts_at": when})
    assert moderator.follow(page).status == 200
    found = commune.one(Gathering, kind="training")
    moderator.submit(f"{home(found)}/ouvrir", {"companions": "0"}, on=home(found))
    assert moderator.get(f"{home(found)}/inscriptions").status == 200
    assert "Accueillir" in moderator.get(DESK).words
    assert "Atelier compost" not in moderator.get(DESK).words
    assert moderator.get(home(workshop)).status == 403


def test_another_commune_sees_nothing(commune, neighbour, workshop):
    elsewhere = neighbour.client(neighbour.person("Odile", "Voisine", "secretary"))
    for path in (home(workshop), f"{home(workshop)}/inscriptions", f"/mairie/porte/{workshop.id}/invites"):
        assert elsewhere.get(path).status == 404


@defence("an hour that the clocks skip is refused", replaced("civique.core.clock.exists", lambda _moment: True))
def test_an_hour_that_the_clocks_skip_is_refused(commune, secretary):
    plan = {"kind": "event", "title": "Nuit de la chouette", "place_text": "Le bois"}
    page = secretary.submit(f"{DESK}/nouvelle", plan | {"starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T03:00"})
    assert page.status == 422
    assert "cette heure n’existe pas" in page.words
    assert page.form(f"{DESK}/nouvelle")["starts_at"] == "2027-03-28T02:30", "what was typed stays"
    page = secretary.submit(f"{DESK}/nouvelle", plan | {"starts_at": "2027-10-31T02:30", "ends_at": "2027-10-31T03:00"})
    assert page.status == 303
    assert commune.one(Gathering).event.starts_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)

"""Acting for a relative: what is asked is theirs, with their names, their follow-up and their receipt."""

import pytest

from civique.core.audit import AuditEntry
from civique.core.claims.models import PaperClaim
from civique.core.contributions.models import ContributionProposal
from civique.core.messages.models import Message
from civique.core.people import operations
from civique.core.people.models import Person
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question


@pytest.fixture
def odette(commune):
    """His mother, who has no e-mail."""
    person = commune.person("Odette", "Durand", email=None)
    commune.sql("UPDATE person SET phone = '+33241000002' WHERE id = :id", id=person.id)
    return person


@pytest.fixture
def acting(commune, paul, odette, client):
    """Paul's browser, where he acts for her."""
    with commune.session() as session:
        proxy = operations.ask_proxy(session, session.get(Person, paul.id), "Odette", "Durand", "relative")
        operations.accept_proxy(session, proxy, session.get(Person, odette.id))
    client.submit(f"/mon-compte/agir-pour/{odette.id}", on="/mon-compte/proches")
    return client


def by(commune, action):
    """Who did something, and for whom."""
    line = commune.all(AuditEntry, action=action)[-1]
    return line.actor_id, line.on_behalf_of


def test_a_question_is_hers(commune, paul, odette, acting):
    form = acting.get("/signaler").form("/signaler")
    assert (form["name"], form["phone"]) == ("Odette Durand", "02\u00a041\u00a000\u00a000\u00a002")
    acting.follow(acting.submit("/signaler", {"text": "Ma boîte aux lettres", "email": "paul.durand@exemple.fr"}))
    question = commune.one(Question)
    assert question.applicant_id == odette.id
    assert by(commune, "question.received") == (paul.id, odette.id)
    assert commune.one(Message, kind="question.received").address == "paul.durand@exemple.fr", "she has no e-mail"
    page = acting.get("/mon-compte")
    assert "Demandes pour Odette Durand" in page.words
    assert question.reference in page.words
    assert acting.get(f"/mon-compte/questions/{question.id}").status == 200
    acting.submit("/mon-compte/agir-pour-moi", on="/mon-compte/proches")
    assert question.reference not in acting.get("/mon-compte").words
    assert acting.get(f"/mon-compte/questions/{question.id}").status == 404


def test_a_link_to_ones_own_question_still_opens(commune, paul, acting):
    with commune.session(paul) as session:
        question = receive_question(session, text="Un nid-de-poule", name="Paul", applicant_id=paul.id)
    assert acting.get(f"/mon-compte/questions/{question.id}").status == 200


def test_a_paper_is_claimed_for_her(commune, odette, acting):
    form = acting.get("/mon-compte/papiers").form("/mon-compte/papiers")
    assert form["name"] == "Odette Durand"
    with commune.session() as session:
        question = receive_question(session, text="Sur papier", name="Odette Durand", channel="counter")
    acting.submit("/mon-compte/papiers", {"reference": question.reference})
    assert commune.one(PaperClaim).person_id == odette.id


def acting_in(village):
    """Somebody who acts for their mother in a commune: both, and the browser."""
    paul, odette = village.person("Paul", "Durand"), village.person("Odette", "Durand", email=None)
    with village.session() as session:
        proxy = operations.ask_proxy(session, session.get(Person, paul.id), "Odette", "Durand", "relative")
        operations.accept_proxy(session, proxy, session.get(Person, odette.id))
    client = village.client(paul)
    client.submit(f"/mon-compte/agir-pour/{odette.id}", on="/mon-compte/proches")
    return paul, odette, client


def test_the_request_of_a_module_is_hers(make_commune):
    from civique.skeleton.models import SkeletonRequest

    village = make_commune("49030", "skeleton")
    paul, odette, client = acting_in(village)
    facts = {"title": "Six tables", "purpose": "Fête", "starts_on": "2031-06-07", "ends_on": "2031-06-07"}
    followed = client.follow(client.submit("/squelette/demander", facts))
    request = village.one(SkeletonRequest)
    assert request.applicant_id == odette.id
    assert request.reference in followed.words
    assert by(village, f"skeleton.request_{request.state}") == (paul.id, odette.id)
    assert village.one(Message, kind="case.received").person_id == odette.id
    assert request.reference in client.get("/mon-compte").words


def test_a_declared_thing_is_hers(make_commune):
    from tests.sample.models import Pickup

    village = make_commune("49030", "sample")
    _paul, odette, client = acting_in(village)
    client.submit("/encombrants/demander", {"what": "Une armoire"})
    assert village.one(Pickup).person_id == odette.id


def test_help_is_proposed_by_her(make_commune):
    from tests.sample.operations import ask_pickup

    village = make_commune("49030", "sample")
    paul, odette = village.person("Paul", "Durand"), village.person("Odette", "Durand", email=None)
    with village.session() as session:
        ask_pickup(session, None, "Les greniers", village.today)
        proxy = operations.ask_proxy(session, session.get(Person, paul.id), "Odette", "Durand", "relative")
        operations.accept_proxy(session, proxy, session.get(Person, odette.id))
    client = village.client(paul)
    client.submit(f"/mon-compte/agir-pour/{odette.id}", on="/mon-compte/proches")
    form = client.get("/partenaires/proposer").form("/partenaires/proposer")
    assert form["contact_name"] == "Odette Durand"
    gift = {"nature": "human", "description": "Deux heures", "quantity": "2", "unit": "heures", "giver_name": "Odette"}
    assert client.post("/partenaires/proposer", form | gift | {"phone": "02 41 00 00 02"}).status == 303
    assert village.one(ContributionProposal).person_id == odette.id


def test_the_form_says_where_the_answer_goes(commune, paul, client):
    """Another address typed there would be ignored: it is not asked for."""
    page = client.get("/signaler")
    assert "email" not in page.form("/signaler")
    assert "La réponse part à Paul Durand, paul.durand@exemple.fr." in page.words
    client.submit("/signaler", {"text": "Un nid-de-poule", "email": "autre@exemple.fr"})
    assert commune.one(Question).email == "paul.durand@exemple.fr"
    assert commune.one(Message, kind="question.received").address == "paul.durand@exemple.fr"


def test_who_prefers_letters_is_answered_by_letter(commune, paul, client):
    facts = "channel = 'letter', street = '3 rue du Port', postal_code = '49160', city = 'Blou'"
    commune.sql(f"UPDATE person SET {facts} WHERE id = :id", id=paul.id)
    assert "par courrier, 3 rue du Port, 49160 Blou." in client.get("/signaler").words


def test_who_is_reached_nowhere_leaves_an_address_that_is_used(commune, paul, client):
    commune.sql("UPDATE person SET channel = 'none' WHERE id = :id", id=paul.id)
    client.submit("/signaler", {"text": "Un nid-de-poule", "email": "autre@exemple.fr"})
    assert commune.one(Message, kind="question.received").address == "autre@exemple.fr"

"""Endorsements and comments of a village, without the fund: what is said of collections of the sample module."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from sqlalchemy.orm.exc import StaleDataError

from civique.core import clock, privacy
from civique.core.audit import AuditEntry
from civique.core.claims.events import PaperClaimed
from civique.core.endorsements import operations
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.endorsements.queries import count_endorsements
from civique.core.events import tell
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.core.switching import switch_off
from tests.refusals import refuses
from tests.sample.models import Pickup
from tests.sample.subjects import describe

LIST = "/mairie/commentaires"
COUNTER = "/mairie/soutiens/saisir"
OLD = {
    "/mairie/fonds/commentaires": LIST,
    "/mairie/fonds/commentaires/x": f"{LIST}/x",
    "/mairie/fonds/soutiens/saisir?personne=x": f"{COUNTER}?personne=x",
}


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def said(world, operation, person, *arguments, **named):
    """What a resident says of the collection."""
    with world.commune.session(person) as session:
        about = describe(session.get(Pickup, world.pickup.id))
        about = about.row if operation is operations.withdraw_endorsement else about
        return operation(session, about, get_person(session, person.id), *arguments, **named)


def commented(world, text="Prévoyez une benne."):
    return said(world, operations.write_comment, world.resident, text)


def test_each_page_is_there_in_a_village_without_any_module(neighbour):
    secretary = neighbour.client(neighbour.person("Sylvie", "Secrétaire", "secretary"))
    assert "désactivés" in secretary.get(LIST).words
    assert LIST in secretary.get("/mairie/associations").links(), "behind one entry of the menu"
    assert "Un soutien à un projet" not in secretary.get("/mairie/saisir").words
    person = neighbour.person("Rose", "Papier", email=None)
    assert "Aucun projet à soutenir" in secretary.get(f"{COUNTER}?personne={person.id}").words


@pytest.mark.parametrize("on", [(), ("fund",)])
def test_the_old_addresses_lead_on_whatever_is_on(make_commune, on):
    everybody = make_commune("49002", *on).client()
    for old, new in OLD.items():
        page = everybody.get(old)
        assert (page.status, page.headers["Location"]) == (308, new), old


def test_endorsing_twice_is_once_and_withdrawing_takes_the_comment_along(world):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: said(world, operations.endorse, world.resident), range(4)))
    commented(world)
    assert len(world.commune.all(Endorsement)) == len(world.commune.all(Comment)) == 1
    with world.commune.session() as session:
        assert count_endorsements(session, session.get(Pickup, world.pickup.id)) == 1
    for _ in range(2):
        said(world, operations.withdraw_endorsement, world.resident)
    assert world.commune.all(Endorsement) == world.commune.all(Comment) == []
    assert world.commune.all(AuditEntry, object_type="sample_pickup", action="endorsement.withdrawn") == []


def test_a_comment_is_read_then_published(world, desk):
    with refuses("comment_empty"):
        commented(world, " ")
    made = commented(world)
    assert "Un commentaire à lire" in desk.get("/mairie").words
    page = desk.get(LIST)
    assert "Prévoyez une benne." in page.words
    assert "Nadia Habitante" in page.words
    assert "Prévoyez une benne." in desk.get(f"{LIST}?format=csv").text
    path = f"{LIST}/{made.id}/publier"
    assert desk.submit(path, on=LIST).location == LIST
    assert world.commune.one(Comment).state == "published"
    assert "Aucun commentaire à lire" in desk.get(LIST).words
    assert "Un commentaire à lire" not in desk.get("/mairie").words
    entry = world.commune.one(AuditEntry, action="comment.published")
    assert (entry.object_id, entry.actor_id, entry.data) == (
        world.pickup.id,
        world.secretary.id,
        {"comment": str(made.id)},
    )


def test_a_comment_is_refused_with_a_reason_then_written_again(world, desk):
    card = f"{LIST}/{commented(world).id}"
    page = desk.submit(f"{card}/refuser", {"reason": " "}, on=card)
    assert page.status == 422
    assert "l’auteur du commentaire le lira" in page.words
    assert desk.submit(f"{card}/refuser", {"reason": "Il met un voisin en cause."}, on=card).location == LIST
    assert world.commune.one(Message, kind="comment.refused").person_id == world.resident.id
    assert "Il met un voisin en cause." in desk.get(card).words
    commented(world, "Sans le voisin.")
    comment = world.commune.one(Comment)
    assert (comment.state, comment.reason) == ("waiting", "")
    assert len(world.commune.all(Endorsement)) == 1


def test_one_s_own_is_endorsed_by_others_and_what_is_over_by_nobody(world):
    world.commune.sql("UPDATE sample_pickup SET person_id = :person", person=world.resident.id)
    rose = world.commune.person("Rose", "Voisine")
    with refuses("own_subject"):
        said(world, operations.endorse, world.resident)
    said(world, operations.endorse, rose)
    world.close()
    for operation, words in ((operations.endorse, ()), (operations.write_comment, ("Bravo",))):
        with refuses("not_shown"):
            said(world, operation, rose, *words)


def test_a_paper_that_is_claimed_takes_the_support_of_its_owner_along(world):
    said(world, operations.endorse, world.resident)
    with world.commune.session() as session:
        tell(session, PaperClaimed("sample_pickup", world.pickup.id, world.resident.id))
    assert world.commune.all(Endorsement) == []


def test_what_was_said_goes_some_months_after_its_object_is_over(world):
    commented(world)

    def run():
        with world.commune.session() as session:
            operations.forget_old(session)
        return len(world.commune.all(Endorsement)), len(world.commune.all(Comment))

    world.close()
    assert run() == (1, 1)
    with time_machine.travel(clock.now() + operations.LIFE):
        assert run() == run() == (0, 0)
    assert modules().jobs["core.forget_endorsements"].daily


def test_what_was_not_read_is_not_published(world, desk):
    made = commented(world)
    card = f"{LIST}/{made.id}"
    read = desk.get(card).form(f"{card}/publier")
    commented(world, "Une insulte")
    page = desk.post(f"{card}/publier", read)
    assert page.status == 422
    assert "Rien n’a été remplacé" in page.words
    assert "Une insulte" in page.words
    with world.commune.session() as session, pytest.raises(StaleDataError):
        operations.refuse_comment(session, session.get(Comment, made.id), "Non.", made.revision)
    assert world.commune.one(Comment).state == "waiting"


def test_comments_on_what_nobody_reads_or_of_a_module_that_is_off_wait_for_nobody(world, desk):
    card = f"{LIST}/{commented(world).id}"
    world.close()
    assert "Aucun commentaire à lire" in desk.get(LIST).words
    assert f"{card}/publier" not in desk.get(card).text
    world.commune.tenant = switch_off(world.commune.tenant, "sample")
    assert desk.get(card).status == 404
    assert "désactivés" in desk.get(LIST).words


def test_who_reads_comments(world, commune):
    made = commented(world)
    moderator = world.commune.client(world.commune.person("Paul", "Modérateur", "moderator"))
    assert moderator.get(f"{LIST}/{made.id}").status == 200
    for role in ("elected", "counter", "treasurer"):
        client = world.commune.client(world.commune.person("Rémi", role.title(), role))
        assert client.get(f"{LIST}/{made.id}").status == 403, role
    other = commune.client(commune.person("Anne", "Admin", "administrator"))
    assert other.get(f"{LIST}/{made.id}").status == 404


def test_the_counter_notes_and_withdraws_for_a_resident(world, desk):
    rose = world.commune.person("Rose", "Papier", email=None)
    assert "Un soutien à un projet" in desk.get("/mairie/saisir").words
    path = f"{COUNTER}?personne={rose.id}"
    told = {"object_id": str(world.pickup.id), "channel": "phone", "comment": "Le matin, s’il vous plaît."}
    form = {**desk.get(path).form(COUNTER), **told}
    assert [desk.post(path, form).status for _ in range(2)] == [303, 303]
    assert world.commune.one(Endorsement).channel == world.commune.one(Comment).channel == "phone"
    page = desk.get(path)
    assert "avec un commentaire" in page.words
    assert desk.post(path, {**page.form(COUNTER), "object_id": str(rose.id)}).status == 422
    action = f"/mairie/soutiens/{world.pickup.id}/retirer"
    assert desk.post(f"{action}?personne={rose.id}", page.form(action)).status == 303
    assert world.commune.all(Endorsement) == world.commune.all(Comment) == []
    trail = {e.action: e for e in world.commune.all(AuditEntry, object_id=world.pickup.id)}
    assert {"endorsement.noted", "endorsement.withdrawn"} <= set(trail)
    assert not any(str(rose.id) in str(entry.data) for entry in trail.values())


def test_what_was_said_is_exported_and_goes_with_the_person(world):
    commented(world)
    with world.commune.session() as session:
        person = get_person(session, world.resident.id)
        (held,) = privacy.export_person(session, person, modules())["endorsements"]
    assert (held["endorsed"], held["comment"], held["comment_state"]) == (
        world.pickup.what,
        "Prévoyez une benne.",
        "waiting",
    )
    with world.commune.session() as session:
        privacy.erase(session, get_person(session, world.resident.id), modules())
    assert world.commune.all(Endorsement) == world.commune.all(Comment) == []

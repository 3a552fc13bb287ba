"""Giving an opinion by a link, by the code of a letter, on paper; nothing says who answered what."""

from datetime import timedelta

import pytest

from civique.core import clock
from civique.core.feedback.models import FeedbackSheet
from civique.core.feedback.operations import invite_to_answer
from civique.core.feedback.queries import questionnaires
from civique.core.passes.models import AccessPass
from civique.core.passes.operations import PIN_TRIES, issue, revoke
from tests.sample.operations import ask_pickup


@pytest.fixture
def village(make_commune):
    return make_commune("49030", "sample")


@pytest.fixture
def pickup(village):
    with village.session() as session:
        return ask_pickup(session, None, "Les greniers", village.today + timedelta(days=2))


def invite(village, pickup, until=timedelta(days=9), **facts):
    with village.session() as session:
        until = clock.now() + until
        return invite_to_answer(session, questionnaires()["pickup"], pickup, until=until, **facts)


def test_a_personal_link_answers_once_and_nobody_knows_who(village, pickup):
    person = village.person("Nadia", "Habitante")
    link = invite(village, pickup, person=person)
    client, path = village.client(person), f"/avis/{link.token}"
    page = client.get(path)
    assert "Les greniers" in page.words
    assert "checked" not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    client.submit(path, {"easy": "4", "words": "Très bien"})
    sheet = village.one(FeedbackSheet)
    assert (sheet.answers, sheet.words, sheet.person_id) == ({"easy": 4, "how": None}, {"words": "Très bien"}, None)
    assert client.get(path).location.endswith("/avis/merci")
    assert client.post(path, page.form(path) | {"easy": "1"}).status == 303
    assert village.one(FeedbackSheet).answers["easy"] == 4
    known = str(village.sql("SELECT * FROM access_pass")) + str(village.sql("SELECT * FROM audit_entry"))
    assert str(sheet.key) not in known
    assert str(sheet.id) not in known, "even when the browser is signed in"


def test_a_link_for_everybody_answers_for_each(village, pickup):
    path = f"/avis/{invite(village, pickup).token}"
    for rate in ("4", "2"):
        client = village.client()
        form = client.get(path).form(path) | {"easy": rate}
        assert client.post(path, form).status == 303
        assert client.post(path, form).status == 303, "the second click"
    assert sorted(sheet.answers["easy"] for sheet in village.all(FeedbackSheet)) == [2, 4]


def test_the_code_of_a_letter_leads_to_the_questions(village, pickup):
    link = invite(village, pickup, pin=True)
    client = village.client()
    page = client.submit("/avis", {"reference": link.reference.lower(), "pin": link.pin})
    assert page.location.endswith(f"/avis/{link.token}")
    assert client.follow(page).status == 200


def test_wrong_codes_are_counted_and_lock(village, pickup):
    link = invite(village, pickup, pin=True)
    wrong = f"{(int(link.pin) + 1) % 1_000_000:06}"
    client = village.client()
    for tries in range(1, PIN_TRIES + 1):
        page = client.submit("/avis", {"reference": link.reference, "pin": wrong})
        assert page.status == 422
        assert link.reference in page.text, "what was typed stays"
        assert village.one(AccessPass).tries == tries
    page = client.submit("/avis", {"reference": link.reference, "pin": link.pin})
    assert (page.status, "bloquée" in page.words) == (422, True)


def test_a_link_that_opens_nothing_says_why(village, neighbour, pickup):
    link, ended = invite(village, pickup), invite(village, pickup, timedelta(seconds=-1))
    with village.session() as session:
        other = issue(session, "rsvp", pickup, until=clock.now() + timedelta(days=9))
    client = village.client()
    assert client.get("/avis/nothing").status == 404
    assert client.get(f"/avis/{other.token}").status == 404
    assert neighbour.client().get(f"/avis/{link.token}").status == 404
    assert (client.get(f"/avis/{ended.token}").status, village.all(FeedbackSheet)) == (410, [])
    form = client.get(f"/avis/{link.token}").form() | {"easy": "4"}
    with village.session() as session:
        revoke(session, pickup)
    page = client.post(f"/avis/{link.token}", form)
    assert (page.status, "retiré" in page.words) == (410, True)
    assert village.all(FeedbackSheet) == []


def test_an_answer_that_is_not_proposed_keeps_the_rest(village, pickup):
    client, path = village.client(), f"/avis/{invite(village, pickup).token}"
    for wrong in ({"easy": "9"}, {"words": "a" * 1001}, {"how": "pigeon"}, {}):
        page = client.submit(path, {"words": "Très bien"} | wrong if wrong else {})
        assert page.status == 422
        assert "words" in wrong or not wrong or "Très bien" in page.text
    assert village.all(FeedbackSheet) == []


def test_the_desk_enters_a_sheet_of_paper_and_reads_the_summary(village, pickup):
    agent = village.client(village.person("Sophie", "Guichet", "counter"))
    path = f"/mairie/avis/pickup/{pickup.id}"
    assert "Personne n’a encore répondu" in agent.get(path).words
    agent.submit(f"{path}/saisir", {"easy": "3", "how": "paper", "channel": "market"})
    sheet = village.one(FeedbackSheet)
    assert (sheet.channel, sheet.answers) == ("market", {"easy": 3, "how": "paper"})
    assert "moyenne" in agent.get(path).words
    assert "Les greniers" in agent.get("/mairie/avis").words
    assert "Au marché" in agent.get("/mairie/avis?format=csv").text
    assert agent.get(f"{path}/formulaire.pdf").response.data.startswith(b"%PDF")


def test_another_communes_object_is_not_there(village, neighbour, pickup):
    agent = neighbour.client(neighbour.person("Ève", "Autre", "administrator"))
    assert agent.get(f"/mairie/avis/pickup/{pickup.id}").status == 404


def test_a_module_that_is_off_asks_nothing(village, pickup):
    from civique.core.switching import switch_off

    link = invite(village, pickup)
    village.tenant = switch_off(village.tenant, "sample")
    agent = village.client(village.person("Ève", "Autre", "administrator"))
    assert agent.get(f"/mairie/avis/pickup/{pickup.id}").status == 404
    assert agent.get(f"/avis/{link.token}").status == 404

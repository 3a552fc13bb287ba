"""A form sent again: the answer of the first sending was lost, or the button was pressed twice."""

from datetime import timedelta

import pytest

from civique.core.people.models import Person
from civique.core.questions.models import Question
from tests.sample.models import Pickup

ASK = "/encombrants/demander"


@pytest.fixture
def typed(client, village):
    return {**client.get(ASK).form(), "what": "Une armoire", "day": (village.today + timedelta(days=3)).isoformat()}


def test_the_same_content_gives_the_same_page_and_one_effect(village, client, typed):
    answers = [client.post(ASK, typed) for _ in range(3)]
    assert {(page.status, page.location) for page in answers} == {(303, "/encombrants")}
    assert len(village.all(Pickup)) == 1


def test_something_added_since_is_shown_and_never_dropped(village, client, typed):
    client.post(ASK, typed)
    page = client.post(ASK, {**typed, "what": "Une armoire et un lit"})
    assert page.status == 422
    assert page.form()["what"] == "Une armoire et un lit"
    assert "Votre premier envoi est arrivé" in page.words
    assert "/encombrants" in page.links()
    assert [row.what for row in village.all(Pickup)] == ["Une armoire"]
    assert client.post(ASK, page.form()).status == 303
    assert {row.what for row in village.all(Pickup)} == {"Une armoire", "Une armoire et un lit"}


def test_a_question_with_another_line_and_line_ends_of_another_browser(village):
    visitor = village.client()
    form = {**visitor.get("/signaler").form("/signaler"), "name": "Rose", "email": "rose@exemple.fr"}
    assert visitor.post("/signaler", {**form, "text": "Un trou\r\ndans la rue."}).status == 303
    assert visitor.post("/signaler", {**form, "text": "Un trou\ndans la rue."}).status == 303
    more = visitor.post("/signaler", {**form, "text": "Un trou\ndans la rue.\nDevant le 12."})
    assert more.status == 422
    assert "Devant le 12." in more.form("/signaler")["text"]
    assert len(village.all(Question)) == 1


def test_somebody_new_entered_twice_by_a_double_click(village, desk):
    path = "/mairie/saisir/personne"
    page = desk.get(f"{path}?pour=desk_counter.question")
    form = {**page.form(path), "given_name": "Rose", "family_name": "Papier"}
    first, second = (desk.post(f"{path}?pour=desk_counter.question", form) for _ in range(2))
    assert first.status == second.status == 303
    assert first.location == second.location
    assert len(village.all(Person, family_name="Papier")) == 1


def test_a_second_click_on_one_s_own_change_is_no_colleague_s(village, desk):
    path = "/mairie/actualites/ecrire"
    form = {**desk.get(path).form(), "title": "La fête", "body": "Samedi."}
    edit = desk.post(path, form).location
    change = {**desk.get(edit).form(edit), "body": "Dimanche."}
    first, second = (desk.post(edit, change) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    other_tab = desk.post(edit, {**change, "body": "Lundi."})
    assert other_tab.status == 422
    assert "Vous avez modifié ceci vous-même" in other_tab.words
    assert "Ce qui est enregistré : Dimanche." in other_tab.words


def test_a_second_click_on_a_transition_answers_once(village, desk):
    from civique.core.messages.models import Message
    from civique.core.questions.operations import receive_question

    with village.session() as session:
        question = receive_question(session, text="Un trou.", name="Rose", email="rose@exemple.fr", channel="web").id
    page = f"/mairie/questions/{question}"
    form = {**desk.get(page).form(f"{page}/repondre"), "answer": "Merci, c’est réparé."}
    first, second = (desk.post(f"{page}/repondre", form) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    assert len([m for m in village.all(Message) if m.kind.endswith("answered")]) == 1
    changed = desk.post(f"{page}/repondre", {**form, "answer": "Merci, c’est réparé depuis lundi."})
    assert changed.status == 422
    assert "depuis lundi" in changed.text

"""What applicants add to their case of their own accord, in a village: a question to the town hall, a case of a module."""

import pytest

from civique.core import privacy
from civique.core.audit import AuditEntry
from civique.core.cases import missing
from civique.core.cases.models import MissingItem
from civique.core.people.queries import get_person
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question
from tests.refusals import refuses


@pytest.fixture
def question(village, nadia):
    with village.session(nadia) as session:
        return receive_question(
            session, text="Le lampadaire clignote.\nDevant l’école.", name="Nadia", applicant_id=nadia.id, channel="web"
        ).id


def add(client, question, text):
    path = f"/mon-compte/questions/{question}"
    return client.submit(f"{path}/precision", {"text": text}, on=path)


def test_a_question_is_followed_by_its_words_and_something_is_added(village, client, desk, question):
    path = f"/mon-compte/questions/{question}"
    assert client.get(path).title == "Votre question : Le lampadaire clignote."
    page = client.follow(add(client, question, "Surtout le soir."))
    assert "votre précision est arrivée" in page.words
    assert "Surtout le soir." in page.words
    assert "Surtout le soir." in desk.get(f"/mairie/questions/{question}").words
    assert "Lire une précision : Le lampadaire clignote." in desk.get("/mairie").words
    assert village.one(AuditEntry, action="question.added")


def test_an_answer_that_was_being_written_is_shown_what_was_added(client, desk, question):
    path = f"/mairie/questions/{question}"
    form = {**desk.get(path).form(f"{path}/repondre"), "answer": "Nous passons lundi."}
    add(client, question, "C’est réparé.")
    page = desk.post(f"{path}/repondre", form)
    assert page.status == 422
    assert "C’est réparé." in page.words
    assert "Nous passons lundi." in page.text


def test_once_answered_nothing_is_added(village, client, desk, question):
    stale = client.get(f"/mon-compte/questions/{question}").form()
    path = f"/mairie/questions/{question}"
    desk.submit(f"{path}/repondre", {"answer": "C’est fait."}, on=path)
    page = client.post(f"/mon-compte/questions/{question}/precision", {**stale, "text": "Encore un mot."})
    assert page.status == 422
    assert "a déjà répondu" in page.words
    assert not village.all(MissingItem)
    assert "Lire une précision" not in desk.get("/mairie").words


def test_it_leaves_the_work_list_after_a_week(village, client, desk, question):
    add(client, question, "Surtout le soir.")
    village.sql("UPDATE missing_item SET given_at = given_at - interval '8 days'")
    assert "Lire une précision" not in desk.get("/mairie").words


def test_only_so_much_is_added(village, nadia, question):
    with village.session(nadia) as session:
        case = session.get(Question, question)
        for number in range(missing.MOST_ADDED):
            missing.add(session, case, f"Mot {number}")
        with refuses("too_many_additions"):
            missing.add(session, case, "Un de trop")


def test_nobody_adds_to_somebody_else_s(village, question):
    other = village.client(village.person("Rose", "Autre"))
    token = other.get("/signaler").form("/signaler")
    assert other.post(f"/mon-compte/questions/{question}/precision", {**token, "text": "x"}).status == 404


def test_it_is_exported_and_erased_with_the_question(village, client, nadia, question):
    add(client, question, "Surtout le soir.")
    with village.session() as session:
        person = get_person(session, nadia.id)
        assert privacy.export_questions(session, person)[0]["added"] == ["Surtout le soir."]
        privacy.erase_questions(session, person)
    assert village.one(MissingItem).answer == ""


def test_it_goes_with_a_question_that_is_purged(village, question, nadia):
    from civique.core.registry import modules

    with village.session(nadia) as session:
        missing.add(session, session.get(Question, question), "Surtout le soir.")
    village.sql("UPDATE question SET state = 'answered', created_at = created_at - interval '10 years'")
    with village.session() as session:
        privacy.purge(session, modules().of(session.tenant))
    assert not village.all(Question)
    assert not village.all(MissingItem)


def test_the_receipt_repeats_thanks_and_says_the_four_lines(village):
    visitor = village.client()
    page = visitor.follow(
        visitor.submit("/signaler", {"text": "Un trou.\nRue du Port.", "name": "Rose", "phone": "02 41 00 00 00"})
    )
    assert page.title == "Merci : votre message est arrivé"
    for said in ("Un trou. Rue du Port.", "Où ?", "Réponse avant", "CON-"):
        assert said in page.words
    assert "silence" not in page.words

"""Questions: list, file, answer once, drop and undo, one answer to several."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from zipfile import ZipFile

from civique.core.answers.models import AnswerDue
from civique.core.messages.models import Message
from civique.core.questions.models import Question
from tests.fixtures import in_loire_authion

BASE = "/mairie/questions"


def test_a_question_is_answered_by_email_and_leaves_the_list(commune, secretary, ask, mailbox):
    question = ask()
    assert "Karim Benali" in secretary.get(BASE).words
    file = secretary.get(f"{BASE}/{question.id}")
    assert question.reference in file.words
    done = secretary.submit(f"{BASE}/{question.id}/repondre", {"answer": "Demain."}, on=f"{BASE}/{question.id}")
    page = secretary.follow(done)
    assert "Demain." in page.words
    assert "par courriel" in page.words
    assert "Sylvie Moreau" in page.words
    assert [m["To"] for m in mailbox() if "Demain." in m.get_body(("plain",)).get_content()] == ["karim@exemple.fr"]
    assert "Karim Benali" not in secretary.get(BASE).words
    assert "Karim Benali" in secretary.get(f"{BASE}?etat=answered").words
    assert commune.one(AnswerDue).state == "answered"


def test_an_answer_to_somebody_on_paper_is_a_letter(commune, secretary, ask, on_paper):
    who = on_paper()
    question = ask(name=who.name, applicant_id=who.id, channel="phone")
    page = secretary.get(f"{BASE}/{question.id}")
    assert "courrier à imprimer" in page.words
    secretary.submit(f"{BASE}/{question.id}/repondre", {"answer": "Oui."}, on=f"{BASE}/{question.id}")
    letter = commune.one(Message, kind="question.answered")
    assert (letter.state, letter.person_id) == ("to_print", who.id)


def test_somebody_unknown_is_answered_in_the_language_of_their_form(commune, secretary, mailbox):
    visitor = commune.client()
    visitor.get("/langue/en")
    visitor.submit("/signaler", {"name": "Jane", "email": "jane@example.org", "text": "When is the pool open?"})
    question = commune.one(Question)
    path = f"{BASE}/{question.id}"
    secretary.submit(f"{path}/repondre", {"answer": "Le samedi."}, on=path)
    assert [m["Subject"] for m in mailbox()] == [
        f"We received your question ({question.reference})",
        "Answer to your question: When is the pool open?",
    ]


def test_the_paragraphs_of_an_answer_are_kept_in_its_message_and_in_files(commune, secretary, ask, mailbox):
    question = ask(text="Un trou.\nDeux trous.")
    path = f"{BASE}/{question.id}"
    secretary.submit(f"{path}/repondre", {"answer": "Merci.\r\n\r\nLundi,\r\nle trou sera bouché."}, on=path)
    content = commune.one(Message, kind="question.answered").content
    assert "Merci." in content["paragraphs"]
    assert "Lundi,\nle trou sera bouché." in content["paragraphs"]
    sent = mailbox()[-1].get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Merci.\n\nLundi," in sent
    book = ZipFile(io.BytesIO(secretary.get(f"{BASE}?etat=answered&format=xlsx").response.get_data()))
    assert not any(b"_x000D_" in book.read(name) for name in book.namelist())


def test_a_question_that_a_colleague_answered_is_closed_by_nobody(commune, secretary, ask):
    question = ask()
    path = f"{BASE}/{question.id}"
    form = secretary.get(path).form(f"{path}/classer")
    secretary.submit(f"{path}/repondre", {"answer": "Demain."}, on=path)
    page = secretary.post(f"{path}/classer", form)
    assert page.status == 422
    assert "Rien n’a été remplacé" in page.words
    assert commune.one(Question).state == "answered"


def test_an_empty_answer_is_refused(secretary, ask):
    question = ask()
    page = secretary.submit(f"{BASE}/{question.id}/repondre", {"answer": "  "}, on=f"{BASE}/{question.id}")
    assert page.status == 422
    assert "Écrivez la réponse." in page.words


def test_the_second_answer_is_not_sent_and_shows_the_first(commune, secretary, ask):
    question = ask()
    colleague = commune.client(commune.person("Paul", "Roy", "elected"))
    mine = secretary.get(f"{BASE}/{question.id}").form(f"{BASE}/{question.id}/repondre")
    colleague.submit(f"{BASE}/{question.id}/repondre", {"answer": "Réponse de Paul."}, on=f"{BASE}/{question.id}")
    page = secretary.post(f"{BASE}/{question.id}/repondre", {**mine, "answer": "Réponse de Sylvie."})
    assert page.status == 422
    assert "Un collègue a été plus rapide" in page.words
    assert "Réponse de Paul." in page.words
    assert "Réponse de Sylvie." in page.words
    assert commune.one(Question).answer == "Réponse de Paul."
    assert len(commune.all(Message, kind="question.answered")) == 1


def test_a_file_that_moved_keeps_the_text_and_then_lets_it_leave(commune, secretary, ask):
    question = ask()
    mine = secretary.get(f"{BASE}/{question.id}").form(f"{BASE}/{question.id}/repondre")
    with commune.session() as session:
        session.get(Question, question.id).phone = "+33241000000"
    page = secretary.post(f"{BASE}/{question.id}/repondre", {**mine, "answer": "Voilà."})
    assert page.status == 422
    again = page.form(f"{BASE}/{question.id}/repondre")
    assert again["answer"] == "Voilà."
    assert secretary.post(f"{BASE}/{question.id}/repondre", again).status == 303


def test_two_answers_at_once_send_one(commune, ask):
    question = ask()
    clients = [commune.client(commune.person(name, "Roy", "secretary")) for name in ("Anne", "Paul")]
    forms = [c.get(f"{BASE}/{question.id}").form(f"{BASE}/{question.id}/repondre") for c in clients]
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post(f"{BASE}/{question.id}/repondre", {**pair[1], "answer": "Oui."}),
                zip(clients, forms, strict=True),
            )
        )
    assert sorted(page.status for page in answers) == [303, 422]
    assert len(commune.all(Message, kind="question.answered")) == 1


def test_taking_charge_is_written_in_the_file_and_the_work_list(secretary, ask):
    question = ask()
    page = secretary.submit(f"{BASE}/{question.id}/prendre", on=f"{BASE}/{question.id}")
    assert "Prise en charge" in secretary.follow(page).words
    work = secretary.get("/mairie?voir=mine")
    assert "Sylvie Moreau s’en occupe" in work.words


def test_dropping_sends_nothing_and_can_be_undone(commune, secretary, ask):
    question = ask()
    page = secretary.follow(secretary.submit(f"{BASE}/{question.id}/classer", on=f"{BASE}/{question.id}"))
    assert "Classée sans réponse" in page.words
    assert commune.one(AnswerDue).state == "dropped"
    assert commune.all(Message, kind="question.answered") == []
    page = secretary.follow(secretary.submit(f"{BASE}/{question.id}/rouvrir", on=f"{BASE}/{question.id}"))
    assert "À traiter" in page.words
    assert commune.one(AnswerDue).state == "due"


def test_a_dropped_question_is_not_answered(commune, secretary, ask):
    question = ask()
    form = secretary.get(f"{BASE}/{question.id}").form(f"{BASE}/{question.id}/repondre")
    secretary.submit(f"{BASE}/{question.id}/classer", on=f"{BASE}/{question.id}")
    page = secretary.post(f"{BASE}/{question.id}/repondre", {**form, "answer": "Trop tard."})
    assert page.status == 422
    assert "Trop tard." in page.words
    assert commune.one(Question).state == "dropped"


def test_one_answer_to_several_each_by_their_channel(commune, secretary, ask, on_paper):
    who = on_paper()
    first, second = ask(text="Le lampadaire ?"), ask(text="La lumière ?", name=who.name, applicant_id=who.id)
    path = f"{BASE}/ensemble?action=answer&id={first.id}&id={second.id}"
    page = secretary.get(path)
    assert "Karim Benali" in page.words
    assert "Jeanne Lebrun" in page.words
    form = page.form(f"{BASE}/ensemble")
    data = {**form, **both(first, second), "answer": "Réparation jeudi."}
    assert secretary.post(f"{BASE}/ensemble", data).status == 303
    sent = commune.all(Message, kind="question.answered")
    assert sorted(m.state for m in sent) == ["queued", "to_print"]
    assert all(due.collective for due in commune.all(AnswerDue))
    assert secretary.post(f"{BASE}/ensemble", data).status in {303, 422}
    assert len(commune.all(Message, kind="question.answered")) == 2


def both(first, second):
    """What the page that confirms an answer sends of two questions, as they were asked."""
    return {"id": [str(first.id), str(second.id)], "read": [f"{first.id}:1", f"{second.id}:1"]}


def test_a_collective_answer_is_for_all_or_nobody(commune, secretary, ask):
    first, second = ask(text="Un ?"), ask(text="Deux ?")
    form = secretary.get(f"{BASE}/ensemble?action=answer&id={first.id}&id={second.id}").form(f"{BASE}/ensemble")
    secretary.submit(f"{BASE}/{first.id}/repondre", {"answer": "Déjà."}, on=f"{BASE}/{first.id}")
    data = {**form, **both(first, second), "answer": "À tous."}
    page = secretary.post(f"{BASE}/ensemble", data)
    assert page.status == 422
    assert "Rien n’a été fait, pour aucune d’elles" in page.words
    assert "À tous." in page.form(f"{BASE}/ensemble")["answer"]
    assert commune.one(Question, id=second.id).state == "open"


def test_nothing_ticked_leads_back(secretary):
    page = secretary.get(f"{BASE}/ensemble")
    assert "Cochez" in secretary.follow(page).words or page.location.endswith(BASE)


def test_search_ignores_accents_and_case(secretary, ask):
    ask(text="Le Théâtre est fermé", name="Élodie Noël")
    ask(text="Autre chose", name="Quelqu’un")
    for words in ("theatre", "ELODIE", "noel théâtre"):
        page = secretary.get(f"{BASE}?q={words}")
        assert "Élodie Noël" in page.words
        assert "Autre chose" not in page.words


def test_filters_as_a_fragment(secretary, ask):
    ask(channel="phone", text="Par téléphone")
    page = secretary.get(f"{BASE}?canal=phone&etat=all", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "Par téléphone" in page.text
    assert "<h1" not in page.text
    assert "Par téléphone" not in secretary.get(f"{BASE}?canal=web").words


def test_twenty_lines_a_page(secretary, ask):
    for number in range(21):
        ask(text=f"Question numéro {number:02}")
    assert "Question numéro 00" not in secretary.get(BASE).words
    assert "Question numéro 00" in secretary.get(f"{BASE}?page=2").words
    assert secretary.get(f"{BASE}?page=zero").status == 404


def test_the_whole_list_as_files_with_formulas_made_harmless(secretary, ask):
    ask(name="=cmd|'/c calc'!A1", text="+33 bonjour ; à tous")
    answer = secretary.get(f"{BASE}?format=csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.response.get_data().decode("utf-8-sig")), delimiter=";"))
    assert rows[0][0] == "Référence"
    assert rows[1][2] == "'=cmd|'/c calc'!A1"
    assert rows[1][9] == "'+33 bonjour ; à tous"
    book = ZipFile(io.BytesIO(secretary.get(f"{BASE}?format=xlsx").response.get_data()))
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()


def test_the_neighbours_question_does_not_exist_here(commune, neighbour, secretary):
    from civique.core.questions.operations import receive_question

    with neighbour.session() as session:
        theirs = receive_question(session, text="Chez eux", name="Voisin", email="v@exemple.fr")
    assert secretary.get(f"{BASE}/{theirs.id}").status == 404
    for verb in ("repondre", "prendre", "classer", "rouvrir"):
        assert secretary.post(f"{BASE}/{theirs.id}/{verb}", _token(secretary)).status == 404
    data = {"action": "answer", "id": str(theirs.id), "read": f"{theirs.id}:1", "answer": "Oui"}
    page = secretary.post(f"{BASE}/ensemble", {**_token(secretary), **data})
    assert page.status == 422
    assert neighbour.one(Question).state == "open"


@in_loire_authion
def test_an_elected_member_of_one_village_sees_only_its_questions(commune, ask):
    from civique.core.access.operations import grant_role
    from civique.core.people.queries import get_person
    from civique.core.territory.models import Territory

    here, there = commune.all(Territory)[:2]
    person = commune.person("Paul", "Roy")
    with commune.session() as session:
        grant_role(session, get_person(session, person.id), "elected", scope="territory", scope_id=str(here.id))
    mine, other = ask(text="Chez moi", territory_id=here.id), ask(text="Ailleurs", territory_id=there.id)
    client = commune.client(person)
    assert "Chez moi" in client.get(BASE).words
    assert "Ailleurs" not in client.get(BASE).words
    assert "Ailleurs" not in client.get("/mairie").words
    assert client.get(f"{BASE}/{mine.id}").status == 200
    assert client.get(f"{BASE}/{other.id}").status == 404


def test_the_treasurer_does_not_read_questions(commune, ask):
    question = ask()
    client = commune.client(commune.person("Luc", "Petit", "treasurer"))
    assert client.get(BASE).status == 403
    assert client.get(f"{BASE}/{question.id}").status == 403
    assert "lampadaire" not in client.get("/mairie").words


def _token(client):
    return {"csrf_token": client.get("/mairie/saisir/personne?pour=desk_counter.question").form()["csrf_token"]}


@in_loire_authion
def test_a_role_limited_to_a_territory_opens_only_what_keeps_to_it(commune):
    """A maire délégué reads the questions of one commune déléguée; the rest of the desk stays closed to that role."""
    from civique.core.access.operations import grant_role
    from civique.core.people.queries import get_person
    from civique.core.territory.models import Territory

    commune.switch_on("fund")
    person = commune.person("Luc", "Délégué")
    with commune.session() as session:
        here = session.query(Territory).first()
        grant_role(session, get_person(session, person.id), "administrator", scope="territory", scope_id=str(here.id))
    client = commune.client(person)
    assert client.get("/mairie").status == 200
    assert client.get("/mairie/questions").status == 200
    for path in (
        "/mairie/fonds",
        "/mairie/fonds?format=csv",
        "/mairie/personnes",
        "/mairie/journal",
        "/mairie/collegues",
        "/mairie/export",
    ):
        assert client.get(path).status == 403, path
        assert path not in client.get("/mairie").links()


def test_the_list_says_by_which_day_each_is_answered(commune, secretary, ask):
    from civique.core.answers.models import AnswerDue
    from civique.core.i18n import long_date

    question = ask()
    due = commune.one(AnswerDue).due_on
    page = secretary.get(BASE)
    assert "Réponse avant le" in page.words
    assert long_date(due, weekday=False, year=False).replace("\u00a0", " ") in page.words
    exported = secretary.get(f"{BASE}?format=csv").text
    assert due.strftime("%d/%m/%Y") in exported or due.isoformat() in exported
    secretary.submit(f"{BASE}/{question.id}/repondre", {"answer": "Oui."}, on=f"{BASE}/{question.id}")
    commune.sql(
        "UPDATE question SET answered_at = answered_at - interval '90 days', created_at = created_at - interval '90 days'"
    )
    answered = secretary.get(f"{BASE}?etat=answered").words
    assert long_date(due, weekday=False, year=False).replace("\u00a0", " ") not in answered

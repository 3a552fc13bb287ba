"""The stall: what a tablet sends is taken once; the page that it keeps says nothing of anybody; its paper twin."""

import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from pypdf import PdfReader

from civique.core.answers.models import AnswerDue
from civique.core.messages.models import Message
from civique.core.people.models import Person
from civique.core.questions.models import Question
from civique.core.stall import references
from civique.core.stall.models import StallEntry
from civique.core.territory.models import Territory
from tests.fixtures import in_loire_authion

STALL = "/mairie/stand"
ONE = references.make("K7Q2", 14)
TOLD = {
    "reference": ONE,
    "kind": "core.question",
    "channel": "market",
    "answer_by": "email",
    "name": "Karim Benali",
    "email": "karim@exemple.fr",
    "core.question-text": "Le banc du port est cassé.",
}


def send(client, told=TOLD, **changes):
    """Send an entry as the tablet does."""
    key = json.loads(client.get(f"{STALL}/jeton").text)["token"]
    return client._open("POST", f"{STALL}/entrees", json={**told, **changes}, headers={"X-CSRFToken": key})


def test_an_entry_becomes_a_question_with_its_answer_due(commune, secretary, mailbox):
    answer = send(secretary)
    assert answer.status == 201
    question = commune.one(Question)
    assert json.loads(answer.text) == {"reference": ONE, "answered": question.reference}
    assert (question.channel, question.name, question.email) == ("market", "Karim Benali", "karim@exemple.fr")
    assert commune.one(AnswerDue).channel == "market"
    assert [message["To"] for message in mailbox()] == ["karim@exemple.fr"]
    assert "Karim Benali" in secretary.get(f"/mairie/questions?q={ONE}").words, "found by the reference of the card"


def test_sent_again_it_gives_the_same_answer_and_another_text_is_refused(commune, secretary):
    first = send(secretary)
    again = send(secretary)
    assert (again.status, again.text) == (200, first.text)
    other = send(secretary, name="Quelqu’un d’autre")
    assert other.status == 409
    assert "Rien n’a été remplacé" in json.loads(other.text)["problem"]
    assert commune.one(Question).name == "Karim Benali"


def test_the_same_entry_sent_by_two_windows_at_once(commune):
    person = commune.person("Sylvie", "Moreau", "secretary")
    clients = [commune.client(person) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(answer.status for answer in pool.map(send, clients))
    assert statuses == [200] * 5 + [201]
    assert len(commune.all(Question)) == 1


def test_who_wants_a_letter_gets_one_and_who_wants_nothing_leaves_nothing(commune, secretary):
    facts = {
        "answer_by": "letter",
        "street": "3 rue du Port",
        "postal_code": "49630",
        "city": "Corné",
        "email": "x@y.fr",
    }
    send(secretary, reference=references.make("K7Q2", 1), **facts)
    letter = commune.one(Message, state="to_print")
    assert commune.one(Person, id=letter.person_id).postal_lines == ["Karim Benali", "3 rue du Port", "49630 Corné"]
    send(secretary, reference=references.make("K7Q2", 2), answer_by="none", name="")
    nobody = commune.one(Question, name="Une personne qui n’a pas laissé son nom")
    assert (nobody.email, nobody.phone, nobody.applicant_id) == (None, None, None)
    send(secretary, reference=references.make("K7Q2", 3), answer_by="phone", phone="02 41 00 00 00")
    assert commune.one(Question, phone="+33241000000").email is None
    assert len(commune.all(Person, channel="letter")) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reference": "ST-K7Q2-014-A"}, "reference"),
        ({"reference": 12}, "reference"),
        ({"kind": "core.nothing"}, "kind"),
        ({"channel": "web"}, "channel"),
        ({"answer_by": "pigeon"}, "answer_by"),
        ({"name": " "}, "name"),
        ({"email": "karim"}, "email"),
        ({"answer_by": "phone", "phone": "12"}, "phone"),
        ({"answer_by": "letter"}, "street"),
        ({"core.question-text": ""}, "core.question-text"),
        ({"core.question-text": "x" * 4001}, "core.question-text"),
        ({"territory_id": "0192d3a4-0000-7000-8000-000000000000"}, "territory_id"),
        ({"territory_id": "ici"}, "territory_id"),
        ({"name": "x" * 121}, "name"),
    ],
)
@in_loire_authion
def test_what_is_wrong_is_said_and_nothing_is_taken(commune, secretary, changes, field):
    answer = send(secretary, **changes)
    assert answer.status == 422
    assert set(json.loads(answer.text)["errors"]) == {field}
    assert commune.all(StallEntry) == []
    assert commune.all(Question) == []
    assert send(secretary).status == 201, "corrected, it leaves under the same reference"


def test_what_is_not_an_entry(secretary):
    key = json.loads(secretary.get(f"{STALL}/jeton").text)["token"]
    for body in ("[]", "nothing", '"text"'):
        options = {"data": body, "content_type": "application/json", "headers": {"X-CSRFToken": key}}
        assert (
            secretary.client.post(f"{STALL}/entrees", base_url=f"http://{secretary.host}", **options).status_code == 400
        )


def test_without_token_or_without_right(commune, neighbour, secretary):
    assert secretary._open("POST", f"{STALL}/entrees", json=TOLD).status == 400
    elected = commune.client(commune.person("Paul", "Roy", "elected"))
    for path in (STALL, f"{STALL}/jeton", f"{STALL}/feuille.pdf"):
        assert elected.get(path).status == 403
    weak = commune.client(commune.person("Ali", "Accueil", "counter"), strong=False)
    assert weak.get(f"{STALL}/jeton").status == 303, "the tablet sees a redirection and keeps everything"
    assert commune.client().get(STALL).status == 303
    village = neighbour.all(Territory)
    assert village == []


@in_loire_authion
def test_the_page_that_the_tablet_keeps_says_nothing_of_anybody(commune, secretary):
    send(secretary)
    page = secretary.get(STALL)
    for word in ("Moreau", "Sylvie", "csrf", "Karim", "civique="):
        assert word not in page.text
    assert "Brain-sur-l’Authion" in page.text
    other = commune.client(commune.person("Ali", "Accueil", "counter")).get(STALL)
    assert other.text == page.text, "the same for every agent"
    assert page.headers["Cache-Control"] == "no-store"


def test_the_sheet_has_lines_of_its_own_each_time(secretary):
    sheets = [secretary.get(f"{STALL}/feuille.pdf?pages=2") for _ in range(2)]
    texts = []
    for sheet in sheets:
        pdf = PdfReader(io.BytesIO(sheet.response.get_data()))
        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_data()
        assert len(pdf.pages) == 2
        texts.append(" ".join(page.extract_text() for page in pdf.pages))
    lines = [{word for word in text.split() if word.startswith("ST-")} for text in texts]
    assert [len(own) for own in lines] == [6, 6]
    assert lines[0].isdisjoint(lines[1])
    for reference in lines[0]:
        assert references.normal(reference.lower().replace("-", " ")) == reference
    assert secretary.get(f"{STALL}/feuille.pdf?pages=x").status == 200


def test_a_line_of_the_sheet_is_entered_once_at_the_counter(commune, secretary, on_paper):
    path = f"/mairie/saisir/question?personne={on_paper().id}"

    def enter(sheet):
        return secretary.post(
            path, {**secretary.get(path).form(), "text": "Le banc.", "channel": "market", "sheet": sheet}
        )

    wrong = enter("ST-K7Q2-014-A")
    assert wrong.status == 422
    assert "Ce n’est pas une référence de feuille" in wrong.words
    assert wrong.form()["sheet"] == "ST-K7Q2-014-A"
    assert enter(f" {ONE.lower()} ").status == 303
    twice = enter(ONE)
    assert twice.status == 422
    assert "Ce cadre a déjà été saisi : CON-" in twice.words.replace("\u00a0", " ")
    assert commune.one(StallEntry).path in twice.links()
    assert len(commune.all(Question)) == 1
    assert send(secretary).status == 409, "a tablet may not take the line of a sheet either"


def test_every_channel_is_proposed_with_the_same_words(commune, secretary, on_paper):
    from civique.core.channels import ENTERED

    page = secretary.get(f"/mairie/saisir/question?personne={on_paper().id}")
    for label in map(str, ENTERED.values()):
        assert label in page.words
        assert label in secretary.get("/mairie/questions").words


def test_references_find_a_slip():
    assert references.normal("k7q2014t") == ONE == "ST-K7Q2-014-T"
    wrong = []
    signs = references.DEVICE
    for place in range(4):
        for sign in signs:
            device = "K7Q2"[:place] + sign + "K7Q2"[place + 1 :]
            if device != "K7Q2":
                wrong.append(f"ST-{device}-014-T")
    wrong += [f"ST-K7Q2-{number:03}-T" for number in (15, 13, 41, 104, 24, 114)] + ["ST-7KQ2-014-T", "ST-K7Q2-014", ""]
    found = 0
    for text in wrong:
        try:
            references.normal(text)
        except references.NotAReference:
            found += 1
    assert found >= len(wrong) - 4, "but for a digit and a letter that share a value"
    assert len({references.new_device() for _ in range(200)}) > 190

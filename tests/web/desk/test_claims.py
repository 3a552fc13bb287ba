"""A resident finds in their account what they left on paper: asked, checked, attached or refused."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from civique.core import privacy
from civique.core.answers.models import AnswerDue
from civique.core.claims.models import PaperClaim
from civique.core.messages.models import Message
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.core.questions.models import Question
from civique.core.registry import modules
from civique.core.stall import references

MINE = "/mairie/rattachements"
PAPERS = "/mon-compte/papiers"


@pytest.fixture
def paper(commune, on_paper, ask):
    """A question that Jeanne Lebrun left at the counter, without e-mail."""
    who = on_paper()
    return ask("Le banc est cassé.", name=who.name, applicant_id=who.id, channel="counter")


@pytest.fixture
def jeanne(commune):
    """The same Jeanne, who has made an account since."""
    return commune.person("Jeanne", "Lebrun", email="jeanne@exemple.fr")


def claim(client, reference, name="Jeanne Lebrun"):
    return client.submit(PAPERS, {"reference": reference, "name": name})


def test_asked_checked_attached(commune, secretary, paper, jeanne, mailbox):
    client = commune.client(jeanne)
    assert PAPERS in client.get("/mon-compte").links()
    assert client.get(PAPERS).form()["name"] == "Jeanne Lebrun"
    page = client.follow(claim(client, f" {paper.reference.lower()} ", "LEBRUN jeanne"))
    assert "La mairie va répondre" in page.words
    assert paper.reference not in client.get("/mon-compte").words
    row = commune.one(PaperClaim)
    work = secretary.get("/mairie")
    assert f"Papier à rattacher : {paper.reference}" in work.words
    assert paper.reference in secretary.get(MINE).words
    card = secretary.get(f"{MINE}/{row.id}")
    for words in ("Le banc est cassé.", "3 rue du Port", "jeanne@exemple.fr", "Au guichet"):
        assert words in card.words
    done = secretary.post(f"{MINE}/{row.id}/accepter", card.form(f"{MINE}/{row.id}/accepter"))
    assert done.location == MINE
    assert commune.one(Question).applicant_id == jeanne.id
    assert paper.reference in client.get("/mon-compte").words
    assert commune.one(AnswerDue).whom == "Jeanne Lebrun"
    assert commune.one(Person, channel="letter").merged_into_id is None, "not merged unless the agent says so"
    (told,) = mailbox()
    assert paper.reference in told["Subject"]
    assert "dans votre compte" in client.get(PAPERS).words


def test_the_two_records_become_one_when_the_agent_says_so(commune, secretary, paper, jeanne):
    claim(commune.client(jeanne), paper.reference)
    row = commune.one(PaperClaim)
    path = f"{MINE}/{row.id}/accepter"
    secretary.post(path, {**secretary.get(f"{MINE}/{row.id}").form(path), "same": "y"})
    double = commune.one(Person, id=paper.applicant_id)
    assert double.merged_into_id == jeanne.id
    assert commune.one(Message, kind="question.received").person_id == jeanne.id
    assert commune.one(Person, id=jeanne.id).street == "3 rue du Port"


def test_refused_with_its_reason_then_asked_again(commune, secretary, paper, jeanne, mailbox):
    client = commune.client(jeanne)
    claim(client, paper.reference)
    row = commune.one(PaperClaim)
    path = f"{MINE}/{row.id}/refuser"
    page = secretary.submit(path, {"reason": ""}, on=f"{MINE}/{row.id}")
    assert page.status == 422
    assert "Écrivez pourquoi" in page.words
    secretary.submit(path, {"reason": "L’adresse n’est pas la même."}, on=f"{MINE}/{row.id}")
    assert "L’adresse n’est pas la même." in mailbox()[-1].get_body(("plain",)).get_content()
    assert "L’adresse n’est pas la même." in client.get(PAPERS).words
    assert commune.one(Question).applicant_id == paper.applicant_id
    assert claim(client, paper.reference).status == 303


def test_a_wrong_reference_and_a_wrong_name_are_not_told_apart(commune, paper, jeanne, ask):
    ask("Par le site", name="Jeanne Lebrun", channel="web")
    client = commune.client(jeanne)
    texts = set()
    for reference, name in (
        (paper.reference, "Jeanne Durand"),
        ("CON-2020-0001", "Jeanne Lebrun"),
        ("x", "y"),
        ("ST-K7Q2-014-T", "Jeanne Lebrun"),
        (commune.one(Question, channel="web").reference, "Jeanne Lebrun"),
    ):
        page = claim(client, reference, name)
        assert page.status == 422
        texts.add(re.search("Nous ne trouvons aucun papier[^.]*\\.", page.words)[0])
    assert len(texts) == 1
    assert commune.all(PaperClaim) == []


def test_what_is_somebodys_already_is_refused_without_saying_whose(commune, secretary, paper, jeanne):
    client = commune.client(jeanne)
    claim(client, paper.reference)
    assert "Vous l’avez déjà demandé" in claim(client, paper.reference).words
    namesake = commune.client(commune.person("Jeanne", "Lebrun", email="autre@exemple.fr"))
    page = claim(namesake, paper.reference)
    assert "ne peut pas être demandé ici" in page.words
    assert "jeanne@" not in page.text
    row = commune.one(PaperClaim)
    path = f"{MINE}/{row.id}/accepter"
    form = secretary.get(f"{MINE}/{row.id}").form(path)
    secretary.post(path, form)
    assert "déjà dans votre compte" in claim(client, paper.reference).words
    assert "ne peut pas être demandé ici" in claim(namesake, paper.reference).words
    colleague = commune.client(commune.person("Paul", "Second", "secretary"))
    late = colleague.post(path, {**form, "csrf_token": colleague.get("/mon-compte/preferences").form()["csrf_token"]})
    assert late.status == 422
    assert "Un collègue a été plus rapide" in late.words


def test_two_namesakes_at_once(commune, paper, jeanne):
    clients = [commune.client(commune.person("Jeanne", "Lebrun", email=f"j{i}@exemple.fr")) for i in range(4)]
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(page.status for page in pool.map(lambda c: claim(c, paper.reference), clients))
    assert statuses == [303, 422, 422, 422]
    assert len(commune.all(PaperClaim)) == 1


def test_what_was_told_at_a_stall_is_found_by_its_card(commune, secretary, jeanne):
    from tests.web.desk.test_stall import send

    reference = references.make("K7Q2", 21)
    assert send(secretary, reference=reference, name="Jeanne Lebrun", answer_by="none").status == 201
    claim(commune.client(jeanne), reference.lower().replace("-", " "))
    row = commune.one(PaperClaim)
    path = f"{MINE}/{row.id}/accepter"
    secretary.submit(path, on=f"{MINE}/{row.id}")
    assert commune.one(Question).applicant_id == jeanne.id


@pytest.mark.limits
def test_tries_are_counted(commune, jeanne):
    client = commune.client(jeanne)
    statuses = [claim(client, f"CON-2026-{i:04}").status if i < 10 else None for i in range(10)]
    assert statuses == [422] * 10
    assert client.post(PAPERS, {**client.get(PAPERS).form(), "reference": "CON-2026-0042"}).status == 429


def test_who_may_check_and_where(commune, neighbour, paper, jeanne):
    claim(commune.client(jeanne), paper.reference)
    row = commune.one(PaperClaim)
    assert commune.client(commune.person("Ali", "Accueil", "counter")).get(f"{MINE}/{row.id}").status == 403
    assert commune.client().get(PAPERS).status == 303
    other = neighbour.client(neighbour.person("Anne", "Voisine", "secretary"))
    assert other.get(f"{MINE}/{row.id}").status == 404
    stranger = neighbour.client(neighbour.person("Jeanne", "Lebrun"))
    assert claim(stranger, paper.reference).status == 422


def test_a_colleagues_record_is_not_merged_by_a_secretary(commune, secretary, paper):
    agent = commune.person("Jeanne", "Lebrun", "treasurer", email="agent@exemple.fr")
    claim(commune.client(agent), paper.reference)
    row = commune.one(PaperClaim)
    path = f"{MINE}/{row.id}/accepter"
    form = secretary.get(f"{MINE}/{row.id}").form(path)
    assert "same" not in secretary.get(f"{MINE}/{row.id}").text.split("accepter")[1].split("</form>")[0].replace(
        "rounded", ""
    )
    assert secretary.post(path, {**form, "same": "y"}).status == 303
    assert commune.one(Person, id=paper.applicant_id).merged_into_id is None
    assert commune.one(Question).applicant_id == agent.id


def test_a_paper_that_is_gone_and_a_person_erased(commune, secretary, paper, jeanne):
    claim(commune.client(jeanne), paper.reference)
    row = commune.one(PaperClaim)
    path = f"{MINE}/{row.id}/accepter"
    form = secretary.get(f"{MINE}/{row.id}").form(path)
    commune.sql("DELETE FROM question")
    page = secretary.post(path, form)
    assert page.status == 422
    assert "n’est plus là" in page.words
    assert commune.one(PaperClaim).state == "waiting"
    with commune.session() as session:
        held = privacy.export_person(session, get_person(session, jeanne.id), modules())
        assert held["claims"][0]["paper"] == paper.reference
        privacy.erase(session, get_person(session, jeanne.id), modules())
    assert commune.all(PaperClaim) == []


def test_the_list_as_a_file(commune, secretary, paper, jeanne):
    claim(commune.client(jeanne), paper.reference)
    assert paper.reference in secretary.get(f"{MINE}?format=csv").text
    assert secretary.get(f"{MINE}?etat=tous").status == 200

"""A commune without communes déléguées, as most are: no form asks « which village? », and each works without it."""

from tests.fixtures import Commune, in_loire_authion


def test_a_question_is_sent_where_there_are_no_villages(neighbour: Commune) -> None:
    site = neighbour.client()
    assert "territory_id" not in site.get("/signaler").form("/signaler")
    told = site.submit("/signaler", {"text": "Le lampadaire est éteint", "name": "Rose", "phone": "0241000000"})
    assert "CON-" in site.follow(told).words


@in_loire_authion
def test_a_village_that_is_not_offered_is_ignored(neighbour: Commune, commune: Commune) -> None:
    from civique.core.questions.models import Question
    from civique.core.territory.models import Territory

    foreign = commune.all(Territory, kind="delegated")[0]
    site = neighbour.client()
    facts = {"text": "Une question", "name": "Rose", "phone": "0241000000", "territory_id": str(foreign.id)}
    site.follow(site.submit("/signaler", facts))
    assert neighbour.one(Question).territory_id is None


@in_loire_authion
def test_a_village_that_does_not_exist_is_refused(commune: Commune, neighbour: Commune) -> None:
    from uuid import uuid4

    facts = {"text": "Une question", "name": "Rose", "phone": "0241000000"}
    site = commune.client()
    assert site.submit("/signaler", {**facts, "territory_id": str(uuid4())}).status == 422
    assert site.submit("/signaler", {**facts, "territory_id": "nonsense"}).status == 422


def test_the_counter_enters_a_question_where_there_are_no_villages(neighbour: Commune) -> None:
    from civique.core.questions.models import Question

    agent = neighbour.client(neighbour.person("Ana", "Petit", "secretary"))
    resident = neighbour.person("Rose", "Roy", email=None)
    path = f"/mairie/saisir/question?personne={resident.id}"
    page = agent.get(path)
    told = agent.post(path, {**page.form(), "text": "Le lampadaire est éteint", "channel": "counter"})
    assert "CON-" in agent.follow(told).words
    assert neighbour.one(Question).channel == "counter"

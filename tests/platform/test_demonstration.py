"""The demonstration: three communes, personas with one click, messages to read; nothing of it on a real deployment."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text


@pytest.fixture(scope="module")
def demonstration(services: dict[str, str]) -> Iterator[list[Any]]:
    """The demonstration communes, loaded as at the first start, once for all the tests of this file: they add visits to it,
    and no more."""
    from civique.core.process import engines, provisioner, registry
    from civique.demo import load

    made = load(engines(), provisioner())
    yield made
    with engines().owner.begin() as connection:
        connection.execute(text("UPDATE platform.tenant SET state = 'deleted' WHERE demonstration"))
        connection.execute(text("DELETE FROM platform.outbox"))
    registry().forget()


def open_commune(tenant: Any) -> Any:
    from tests.fixtures import Commune

    return Commune(tenant)


def visits(commune: Any) -> int:
    """Browsers signed in with the second check given."""
    return int(commune.sql("SELECT count(*) FROM web_session WHERE strong_at IS NOT NULL")[0][0])


def test_the_demonstration_is_lived_in_and_loads_once(demonstration):
    from civique.core.messages.models import Message
    from civique.core.news.models import Article
    from civique.core.process import engines, provisioner
    from civique.core.questions.models import Question
    from civique.core.territory.models import Territory
    from civique.demo import load

    rich, small, fresh = (open_commune(tenant) for tenant in demonstration)
    assert [t.name for t in demonstration] == ["Loire-Authion", "Blou", "Angrie"]
    assert len(rich.all(Territory, kind="delegated")) == 7
    assert {t.name for t in rich.all(Territory, kind="quarter")} == {
        "La Coutardière",
        "Les Bas-Jubeaux",
        "Bourg de La Bohalle",
    }
    assert {e.state for e in rich.all(Question)} == {"open", "answered", "dropped"}
    assert len(rich.all(Message, state="to_print")) >= 3
    assert len(rich.all(Article, state="published")) == 5
    assert small.all(Territory) == []
    assert fresh.all(Article) == []
    assert load(engines(), provisioner()) == []


def test_the_trail_of_the_demonstration_is_in_words(demonstration):
    """Also the states of a request, and what each line is about."""
    from civique.core.audit import AuditEntry
    from civique.web.audit_labels import label_of, object_label

    for tenant in demonstration:
        lines = [line for line in open_commune(tenant).all(AuditEntry) if not line.action.startswith("sample.")]
        assert {line.action for line in lines if label_of(line.action) == line.action} == set()
        assert {t for t in {line.object_type for line in lines} - {None} if object_label(t) == t} == set()


def test_what_is_invented_is_said_once_a_page(demonstration):
    for tenant in demonstration:
        client = open_commune(tenant).client()
        for path in ("/", "/agenda", "/la-mairie", "/actualites", "/mentions-legales"):
            page = client.get(path)
            assert page.status == 200, path
            assert page.text.count("tout est inventé") == 1, path
            assert "fictif" not in page.text, path


def test_each_page_of_the_demonstration_opens(demonstration):
    for tenant in demonstration:
        client = open_commune(tenant).client()
        for path in ("/", "/informer", "/agenda", "/participer"):
            assert client.get(path).status in {200, 404}, path
        assert client.get("/").status == 200


def test_one_click_signs_in_with_the_second_factor_given(demonstration, apex):
    from civique.core.people.models import Person

    page = apex.get("/_demo")
    assert page.status == 200
    assert "Martine Roseau" in page.words
    rich = open_commune(demonstration[0])
    secretary = rich.one(Person, family_name="Roseau")
    link = f"/_demo/{rich.tenant.slug}/{secretary.id}"
    assert link in page.links()
    answer = apex.get(link)
    assert answer.status == 303
    assert answer.location.startswith(f"http://{rich.host}/connexion/premiere-fois/")
    client, before = rich.client(), visits(rich)
    entered = client.get(answer.location)
    assert entered.status == 303
    assert entered.location == "/mairie"
    assert client.get("/mairie").status == 200
    assert visits(rich) == before + 1
    assert rich.client().get(answer.location).status == 404, "the link works once"


def test_one_click_signs_in_the_operator(demonstration, apex):
    page = apex.get("/_demo")
    assert "Nora Perdrix" in page.words
    (link,) = [link for link in page.links() if link.startswith("/_demo/plateforme/")]
    entered = apex.get(link)
    assert entered.status == 303
    assert entered.location == "/operations"
    assert apex.get("/operations").status == 200


def test_an_operator_who_is_not_invented_is_played_by_nobody(demonstration, apex):
    from civique.platform.access.operations import add_operator
    from tests.platform.steps import platform

    with platform() as session:
        real = add_operator(session, "Vraie Opératrice", "vraie@civique.fr")
    try:
        assert "Vraie" not in apex.get("/_demo").text
        assert apex.get(f"/_demo/plateforme/{real.id}").status == 404
    finally:
        with platform() as session:
            session.execute(text("DELETE FROM platform.person WHERE family_name = 'Opératrice'"))


def test_a_persona_of_another_commune_is_not_found(demonstration, apex, neighbour):
    from civique.core.people.models import Person

    rich = open_commune(demonstration[0])
    secretary = rich.one(Person, family_name="Roseau")
    person = neighbour.person("Vraie", "Personne", "administrator")
    assert apex.get(f"/_demo/{neighbour.tenant.slug}/{person.id}").status == 404, "not a demonstration"
    assert apex.get(f"/_demo/{demonstration[1].slug}/{secretary.id}").status == 404
    assert "Vraie" not in apex.get("/_demo").text


@pytest.mark.parametrize(
    "environment",
    [
        {"SMTP_URL": "smtp://127.0.0.1:2525"},
        {"BASE_DOMAIN": "civique.example"},
    ],
    ids=["with SMTP", "on a real domain"],
)
def test_no_demonstration_tools_elsewhere(demonstration, apex, monkeypatch, environment):
    from civique.core.config import config
    from civique.core.people.models import Person

    rich = open_commune(demonstration[0])
    secretary, before = rich.one(Person, family_name="Roseau"), visits(rich)
    host = rich.host
    link = apex.get(f"/_demo/{rich.tenant.slug}/{secretary.id}").location
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    config.cache_clear()
    try:
        paths = ("/_demo", "/_mail", f"/_demo/{rich.tenant.slug}/{secretary.id}", "/_mail/x", "/_mail/x/html")
        assert [apex.client.get(path, base_url=f"http://{apex.host}").status_code for path in paths] == [404] * 5
        # A link made before shows a button instead of entering.
        answer = rich.client().client.get("/" + link.split("/", 3)[3], base_url=f"http://{host}")
        assert answer.status_code == 200
        assert visits(rich) == before
    finally:
        monkeypatch.undo()
        config.cache_clear()


def test_the_terminal_names_who_can_sign_in(demonstration, capsys):
    from civique.embedded import announce

    announce()
    said = capsys.readouterr().out
    assert "martine.roseau@exemple.fr" in said
    assert "/_demo" in said
    assert all(tenant.slug in said for tenant in demonstration)

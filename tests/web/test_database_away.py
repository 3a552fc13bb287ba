"""The database is away, full or slow: a page that says what is true of what was sent, whoever asks for whatever."""

import psycopg
import pytest

from civique.core.config import config
from civique.core.process import registry
from civique.core.questions.models import Question
from civique.services.postgres import EmbeddedPostgres
from tests.client import PageClient
from tests.conftest import VAR
from tests.fixtures import wsgi

HERE = {"Sec-Fetch-Site": "same-origin"}
FORM = "/signaler"
TYPED = {"text": "Un banc cassé devant l’école", "name": "Ali", "email": "ali@exemple.fr"}
REFUSALS = {
    "stopped": "ALTER DATABASE civique ALLOW_CONNECTIONS {off}",
    "too many connections": "ALTER DATABASE civique CONNECTION LIMIT {none}",
}
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> 'postgres'"


@pytest.fixture(params=REFUSALS)
def away(request, services):
    """Makes the database refuse every connection; it takes them again at the end of the test."""
    url = EmbeddedPostgres(VAR / "postgres").url
    sentence = REFUSALS[request.param]

    def say(words, *then):
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in (sentence.format(**words), *then):
                connection.execute(statement)

    back = {"off": "true", "none": "-1"}
    yield lambda: say({"off": "false", "none": "0"}, CUT), lambda: say(back)
    say(back)


def unknown_again():
    """What a process that has just started knows of the communes."""
    registry()._known.clear()


@pytest.mark.parametrize("forget", [False, True])
def test_every_kind_of_page_says_so(commune, apex, away, forget):
    """Public, account, back office, apex; anonymous or signed in; a visit, a part of a page, a file of ours."""
    agent = commune.client(commune.person("Nora", "Agent", "administrator"))
    someone = commune.client(commune.person())
    for client in (agent, someone, apex):
        assert client.get("/").status == 200
    go_away, _come_back = away
    go_away()
    if forget:
        unknown_again()
    for client, path in (
        (commune.client(), "/"),
        (commune.client(), "/actualites"),
        (someone, "/compte"),
        (agent, "/mairie"),
        (agent, "/mairie/reglages"),
        (apex, "/"),
        (apex, "/operations"),
        (PageClient(wsgi(), f"inconnue-99.{config().netloc}"), "/"),
    ):
        page = client.get(path)
        if (client, path) == (apex, "/") and page.status == 200:
            continue  # asks nothing of the database
        assert (page.status, page.headers["Retry-After"]) == (503, "60"), path
        assert page.title == "Le site n’est pas disponible pour le moment", path
        assert "Réessayez dans quelques minutes." in page.words
        part = client.get(path, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        assert part.status == 503
        assert part.text.startswith("<hx-partial"), path
    assert someone.get("/static/ui/ui.css").status == 200
    english = commune.client()
    page = english.get("/", headers={"Accept-Language": "en"})
    assert page.title == "The site is not available for the moment"


@pytest.mark.parametrize("forget", [False, True])
@pytest.mark.parametrize("signed_in", [False, True])
def test_what_was_sent_is_still_there(commune, away, signed_in, forget):
    """Nothing was recorded, and it is said; the button of the page sends the same once the database is back."""
    client = commune.client(commune.person() if signed_in else None)
    form = client.get(FORM).form(FORM) | TYPED
    go_away, come_back = away
    go_away()
    if forget:
        unknown_again()
    page = client.post(FORM, form, headers=HERE)
    assert page.status == 503
    assert "Rien n’a été enregistré. Votre texte est encore ici" in page.words
    assert page.form(FORM)["text"] == TYPED["text"]
    part = client.post(FORM, form, headers={**HERE, "HX-Request": "true", "HX-Request-Type": "partial"})
    assert "Ce que vous aviez écrit est encore sur cette page" in " ".join(part.text.split())
    come_back()
    assert commune.all(Question) == []
    assert client.post(FORM, page.form(FORM), headers=HERE).status == 303
    assert [question.text for question in commune.all(Question)] == [TYPED["text"]]


@pytest.fixture
def refuses(commune):
    """Makes every question fail with a SQLSTATE: as it is written, or at the commit."""

    def set_up(state, deferred):
        schema = commune.tenant.schema
        kind = "CONSTRAINT TRIGGER refuse AFTER INSERT" if deferred else "TRIGGER refuse BEFORE INSERT"
        late = "DEFERRABLE INITIALLY DEFERRED" if deferred else ""
        raised = f"BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'as asked'; END"
        with psycopg.connect(superuser(), autocommit=True) as connection:
            connection.execute(f"CREATE FUNCTION {schema}.refuse() RETURNS trigger LANGUAGE plpgsql AS $${raised}$$")
            connection.execute(
                f"CREATE {kind} ON {schema}.question {late} FOR EACH ROW EXECUTE FUNCTION {schema}.refuse()"
            )

    yield set_up
    with psycopg.connect(superuser(), autocommit=True) as connection:
        connection.execute(f"DROP FUNCTION {commune.tenant.schema}.refuse() CASCADE")


def superuser():
    return EmbeddedPostgres(VAR / "postgres").url.replace("/postgres?", "/civique?")


@pytest.mark.fresh_communes
@pytest.mark.parametrize("deferred", [False, True])
@pytest.mark.parametrize(
    "state",
    ["53100", "53200", "55P03", "57014", "58030", "25006", "25P03", "40001", "40P01"],
    ids=[
        *("disk full", "out of memory", "lock time-out", "statement time-out", "input or output"),
        *("read-only server", "idle transaction", "serialization", "deadlock"),
    ],
)
def test_what_the_server_refuses_is_said_and_passes(commune, refuses, state, deferred):
    refuses(state, deferred)
    client = commune.client(commune.person())
    form = client.get(FORM).form(FORM) | TYPED
    page = client.post(FORM, form, headers=HERE)
    assert (page.status, page.headers["Retry-After"]) == (503, "60")
    assert "Rien n’a été enregistré. Votre texte est encore ici" in page.words
    assert page.form(FORM)["text"] == TYPED["text"]
    assert commune.all(Question) == []


def test_a_connection_lost_during_the_commit_leaves_it_open(commune, monkeypatch):
    """Nobody knows then whether it was received: the page says so, and sending it again has one effect."""
    client = commune.client(commune.person())
    form = client.get(FORM).form(FORM) | TYPED
    lose = psycopg.Connection.commit

    def commit(connection):
        if connection.info.transaction_status.name == "INTRANS":
            lose(connection)
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        lose(connection)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Connection, "commit", commit)
        page = client.post(FORM, form, headers=HERE)
    assert page.status == 503
    assert "n’a peut-être pas été reçu" in page.words
    assert client.post(FORM, page.form(FORM), headers=HERE).status == 303
    assert len(commune.all(Question)) == 1

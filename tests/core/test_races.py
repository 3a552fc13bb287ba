"""What is done at the same moment by several: a lock shows what is there now, a code opens one session."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import GenerativeSelect

from civique.core import clock
from civique.core.access import codes
from civique.core.access.models import SignInCode, WebSession
from tests.core.test_signin import code_of
from tests.defences import defence, replaced


def without_locks(patch):
    """No row is locked, by either way to ask for it; a moment passes between what is read and what is written."""
    get, is_live = Session.get, codes._is_live

    def is_live_a_moment_ago(row):
        live = is_live(row)
        time.sleep(0.1)
        return live

    patch.setattr(codes, "_is_live", is_live_a_moment_ago)
    patch.setattr(GenerativeSelect, "with_for_update", lambda self, **options: self)
    patch.setattr(Session, "get", lambda self, *what, **how: get(self, *what, **{**how, "with_for_update": None}))


def a_code(commune):
    with commune.session() as session:
        row = SignInCode(
            address="a@exemple.fr", purpose="sign_in", code_hash=b"", expires_at=clock.now() + timedelta(minutes=5)
        )
        session.add(row)
        session.flush()
        return row.id


@defence(
    "a row that is locked is read as it is then",
    replaced("sqlalchemy.orm.ORMExecuteState.update_execution_options", lambda self, **options: None),
)
def test_a_locked_row_is_read_as_it_is_now(commune):
    """By a query and by ``get``, whatever the session held; and what it had changed itself is not lost."""
    identifier = a_code(commune)
    for lock in (
        lambda session: session.scalars(select(SignInCode).where(SignInCode.id == identifier).with_for_update()).one(),
        lambda session: session.get(SignInCode, identifier, with_for_update=True),
    ):
        with commune.session() as session:
            row = session.get(SignInCode, identifier)
            before = row.tries
            commune.sql("UPDATE sign_in_code SET tries = tries + 1")
            assert lock(session).tries == before + 1
    with commune.session() as session:
        session.get(SignInCode, identifier).purpose = "other"
        locked = session.scalars(select(SignInCode).where(SignInCode.id == identifier).with_for_update()).one()
        assert locked.purpose == "other"


def together(clients, path, form):
    def send(client):
        return client.post(path, form(client))

    with ThreadPoolExecutor(len(clients)) as threads:
        return list(threads.map(send, clients))


def browsers_with_one_code(commune, mailbox, number):
    """Several tabs of one browser on the page of the code, which was just sent."""
    first = commune.client()
    first.submit("/connexion", {"email": "anne.seule@exemple.fr"})
    code = code_of(mailbox()[-1])
    cookie = first.client.get_cookie("visite", domain=first.host.split(":")[0]).value
    clients = [commune.client() for _ in range(number)]
    for client in clients:
        client.client.set_cookie("visite", cookie, domain=client.host.split(":")[0])
    forms = {id(client): client.get("/connexion/code").form() for client in clients}
    return clients, forms, code


@defence("a code is locked while it is checked: one session", without_locks)
def test_eight_posts_of_one_code_open_one_session(commune, mailbox):
    commune.person("Anne", "Seule")
    clients, forms, code = browsers_with_one_code(commune, mailbox, 8)
    answers = together(clients, "/connexion/code", lambda client: {**forms[id(client)], "code": code})
    assert len(commune.all(WebSession)) == 1
    assert len([answer for answer in answers if answer.status == 303 and answer.location != "/connexion"]) == 1


@defence("a code is locked while it is checked: each guess counts", without_locks)
def test_sixteen_wrong_guesses_at_once_count_as_five(commune, mailbox):
    commune.person("Anne", "Seule")
    clients, forms, code = browsers_with_one_code(commune, mailbox, 16)
    wrong = "000000" if code.replace(" ", "") != "000000" else "000001"
    together(clients, "/connexion/code", lambda client: {**forms[id(client)], "code": wrong})
    assert commune.one(SignInCode).tries == 5


def test_somebody_new_enters_once_however_often_they_send(commune, mailbox):
    clients, forms, code = browsers_with_one_code(commune, mailbox, 6)
    assert clients[0].post("/connexion/code", {**forms[id(clients[0])], "code": code}).location == "/connexion/qui"
    who = {id(client): client.get("/connexion/qui").form() for client in clients}
    together(
        clients, "/connexion/qui", lambda client: {**who[id(client)], "given_name": "Nora", "family_name": "Neuve"}
    )
    assert len(commune.all(WebSession)) == 1

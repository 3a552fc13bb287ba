"""Whoever tries an address from elsewhere neither fills a mailbox, nor guesses a code, nor keeps its people out."""

import time
from types import SimpleNamespace
from uuid import UUID

import pytest

from civique.core import settings
from civique.core.access import codes
from civique.core.access.models import SignInCode, WebSession
from civique.core.access.operations import set_password
from civique.core.commune import Contact
from civique.core.people.queries import get_person
from tests.core.test_signin import asks, code_of, types
from tests.defences import defence, replaced, unlimited

ANNE = "anne@exemple.fr"


@pytest.fixture
def anne(commune):
    return commune.person("Anne", "Assiégée", email=ANNE)


@pytest.fixture
def limited():
    """With the counters of requests, which begin at nothing."""
    from civique.web.application import limiter

    limiter.reset()
    yield limiter
    limiter.reset()


def counted_too_late(patch):
    """Nobody waits for the others; a moment passes between the count and the code."""
    sent_since = codes._sent_since

    def sent_a_moment_ago(*whose):
        number = sent_since(*whose)
        time.sleep(0.1)
        return number

    patch.setattr("civique.core.once.hold", lambda *_: None)
    patch.setattr(codes, "_sent_since", sent_a_moment_ago)


def ask(client, address=ANNE):
    return client.submit("/connexion", {"email": address})


def enter(client, mailbox, address=ANNE):
    asks(client, address)
    assert types(client, code_of(mailbox()[-1])).status == 303


def besiege(commune, times=12, address=ANNE):
    """Ask for codes from as many browsers that the address does not know."""
    return [ask(commune.client(), address).status for _ in range(times)]


def an_hour_later(commune, hours=1):
    commune.sql(f"UPDATE sign_in_code SET created_at = created_at - interval '{hours} hours'")


@defence("an address receives few codes", replaced("civique.core.access.codes.MOST_UNKNOWN", {}))
def test_three_messages_in_five_minutes_and_ten_in_a_day(commune, mailbox, anne):
    assert besiege(commune, 6) == [303, 303, 303, 422, 422, 422]
    for _ in range(3):
        an_hour_later(commune)
        besiege(commune, 6)
    assert len(mailbox()) == 10
    an_hour_later(commune, hours=25)
    assert besiege(commune, 1) == [303], "the next day"


@defence("codes asked at once are counted", counted_too_late)
def test_codes_asked_at_the_same_moment_are_counted(commune, anne):
    from concurrent.futures import ThreadPoolExecutor

    clients = [commune.client() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(page.status for page in pool.map(ask, clients))
    assert statuses == [303] * 3 + [422] * 3


@defence("a usual browser is counted apart", replaced("civique.web.signin.views.browser_of", lambda _subject: ""))
def test_under_attack_the_usual_browser_comes_in(commune, mailbox, anne):
    usual = commune.client()
    enter(usual, mailbox)
    usual.submit("/connexion/quitter", on="/mon-compte")
    assert besiege(commune)[-1] == 422
    enter(usual, mailbox)
    assert usual.get("/mon-compte").title == anne.name


def test_under_attack_a_password_comes_in(commune, anne):
    with commune.session() as session:
        set_password(session, get_person(session, anne.id), "une phrase assez longue")
    assert besiege(commune)[-1] == 422
    client = commune.client()
    client.submit("/connexion/mot-de-passe", {"email": ANNE, "password": "une phrase assez longue"})
    assert client.get("/mon-compte").title == anne.name
    client.submit("/connexion/quitter", on="/mon-compte")
    assert ask(client).status == 303, "and this browser is known from then on"


def test_the_code_that_a_browser_has_still_works_in_it(commune, mailbox, anne):
    new = commune.client()
    asks(new, ANNE)
    code = code_of(mailbox()[-1])
    besiege(commune)
    page = ask(new)
    assert page.status == 422
    assert "/connexion/code" in page.links()
    assert types(new, code).location == "/"
    assert new.get("/mon-compte").title == anne.name


def test_the_page_at_the_cap_says_whom_to_call_and_nothing_of_who_is_known(commune, anne):
    with commune.session() as session:
        settings.change(session, Contact, phone="+33241000000")
    pages = []
    for address in (ANNE, "inconnue@exemple.fr"):
        besiege(commune, 3, address)
        page = ask(commune.client(), address)
        assert page.status == 422
        assert "La mairie peut vous aider : 02 41 00 00 00." in page.words
        pages.append(page.words.replace(address, "X"))
    assert pages[0] == pages[1]


@defence("a known browser receives few codes", replaced("civique.core.access.codes.MOST_KNOWN", {}))
def test_a_known_browser_is_counted_too(commune, mailbox, anne):
    usual = commune.client()
    enter(usual, mailbox)
    usual.submit("/connexion/quitter", on="/mon-compte")
    assert [ask(usual).status for _ in range(7)] == [303] * 6 + [422]


@defence(
    "a browser is known to one commune alone",
    replaced("civique.core.access.secret.current_tenant", lambda: SimpleNamespace(id=UUID(int=1))),
)
@defence("a browser is known for its own addresses", replaced("civique.web.signin.known_browser._mark", lambda _s: ""))
def test_what_makes_a_browser_known_serves_no_other_address_nor_commune(commune, neighbour, mailbox, anne):
    """The cookie opens nothing, is bound to the commune, and cannot be made or altered."""
    usual = commune.client()
    enter(usual, mailbox)
    host = commune.host.split(":")[0]
    cookie = usual.client.get_cookie("connu", domain=host).value
    assert ANNE not in cookie
    neighbour.person("Anne", "Voisine", email=ANNE)
    for site, value in ((neighbour, cookie), (commune, cookie[:-2] + "AA"), (commune, "x"), (commune, "é")):
        besiege(site, 3)
        thief = site.client()
        thief.client.set_cookie("connu", value, domain=site.host.split(":")[0])
        assert ask(thief).status == 422, value
        assert thief.get("/mon-compte").status == 303
    besiege(commune, 3, "autre@exemple.fr")
    assert ask(usual_without_session(usual, host), "autre@exemple.fr").status == 422


def usual_without_session(client, host):
    client.client.delete_cookie("civique", domain=host)
    return client


def test_guesses_of_a_day_are_bounded(commune, mailbox, anne):
    """Fifty, whatever the number of browsers: see ``make_code``."""
    for _ in range(5):
        for client in [commune.client() for _ in range(4)]:
            if ask(client).status == 303:
                for guess in range(8):
                    page = client.get("/connexion/code")
                    if page.status == 200:
                        client.post("/connexion/code", page.form() | {"code": f"{guess:06}"})
        an_hour_later(commune)
    mailbox()
    assert sum(row.tries for row in commune.all(SignInCode)) == 50
    assert commune.all(WebSession) == []


@pytest.mark.limits
def test_thirty_people_of_a_workshop_share_a_connection(commune, mailbox, limited):
    people = [commune.person("Personne", f"Numéro {n}", email=f"p{n}@exemple.fr") for n in range(30)]
    clients = [commune.client() for _ in people]
    for number, client in enumerate(clients):
        asks(client, f"p{number}@exemple.fr")
    sent = {message["To"]: code_of(message) for message in mailbox()}
    for number, client in enumerate(clients):
        assert types(client, sent[f"p{number}@exemple.fr"]).status == 303
        assert client.get("/mon-compte").title == people[number].name


@defence("codes typed from one connection are limited", unlimited("civique.web.signin.views.code"))
@pytest.mark.limits
def test_codes_typed_from_one_connection_are_limited(commune, limited):
    client = commune.client()
    form = client.get("/connexion").form()
    statuses = [client.post("/connexion/code", form | {"code": "123456"}).status for _ in range(101)]
    assert set(statuses[:100]) == {303}
    assert statuses[100] == 429


@defence(
    "tries are counted by commune",
    replaced("civique.web.signin.known_browser.current_tenant", lambda: SimpleNamespace(schema="any")),
)
@defence("tries of a password are limited", unlimited("civique.web.signin.views.password"))
@defence(
    "a usual browser is counted apart", replaced("civique.web.signin.known_browser.browser_of", lambda _subject: "")
)
@pytest.mark.limits
def test_tries_of_a_password_elsewhere_stop_neither_the_usual_browser_nor_the_neighbour(
    commune, neighbour, mailbox, anne, limited
):
    usual = commune.client()
    enter(usual, mailbox)
    host = commune.host.split(":")[0]
    usual_without_session(usual, host)
    neighbour.person("Anne", "Voisine", email=ANNE)
    wrong = {"email": ANNE.upper(), "password": "autre"}
    assert [password(commune.client(), wrong) for _ in range(21)] == [422] * 20 + [429]
    assert password(usual, wrong) == 422
    assert password(neighbour.client(), wrong) == 422


def password(client, data):
    return client.submit("/connexion/mot-de-passe", data).status


@defence("tries of a second check are limited", unlimited("civique.web.signin.views.second_factor"))
@pytest.mark.limits
def test_tries_of_a_second_check_elsewhere_do_not_stop_the_usual_browser(commune, limited):
    from tests.web.account.test_second_check import set_up

    anne = commune.person("Anne", "Agente", "secretary")
    usual = commune.client(anne)
    set_up(usual)
    thief = commune.client(anne, strong=False)
    assert [second_check(thief) for _ in range(6)] == [422] * 5 + [429]
    usual.sign_in(commune, anne, strong=False)
    assert second_check(usual) == 422


def second_check(client):
    return client.submit("/connexion/second-facteur", {"code": "111111"}).status


@pytest.mark.limits
def test_a_form_waits_a_second_at_most_for_counters_that_do_not_answer(commune, limited):
    """Of a queue that is stopped, not dead, a connection never ends by itself."""
    counters = limited.storage.storage.connection_pool.connection_kwargs
    assert (counters["socket_timeout"], counters["socket_connect_timeout"]) == (1, 1)

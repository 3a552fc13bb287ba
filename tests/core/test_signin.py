"""The door, tried as people and as intruders do."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from civique.core import clock
from civique.core.access.codes import check_code, make_code
from civique.core.access.models import Credential, SignInCode, WebSession
from civique.core.refused import Refused
from tests.defences import configured, defence, replaced, unchecked, unlimited


def code_of(message):
    return message["Subject"].split(":")[-1].strip().replace("\u00a0", " ").strip()


def test_a_newcomer_enters_with_a_code(commune, mailbox):
    client = commune.client()
    client.follow(client.submit("/connexion", {"email": "Nouvelle@Exemple.FR"}))
    page = client.submit("/connexion/code", {"code": code_of(mailbox()[-1])})
    page = client.follow(page)
    assert page.title == "Comment vous appelez-vous ?"
    assert "facultatif" not in page.words
    page = client.submit("/connexion/qui", {"given_name": "Nadia"})
    assert page.status == 422
    assert "Nom de famille : Écrivez votre prénom et votre nom." in page.words
    page = client.submit("/connexion/qui", {"given_name": "Nadia", "family_name": "Nouvelle"})
    assert client.follow(page).status == 200
    assert client.get("/mon-compte").title == "Nadia Nouvelle"


def test_a_newcomer_keeps_the_language_of_the_visit(commune, mailbox):
    client = commune.client()
    english = {"headers": {"Accept-Language": "en"}}
    client.post("/connexion", client.get("/connexion", **english).form() | {"email": "ann@example.org"}, **english)
    page = client.get("/connexion/code", **english)
    client.post("/connexion/code", page.form() | {"code": code_of(mailbox()[-1])}, **english)
    page = client.get("/connexion/qui", **english)
    client.post("/connexion/qui", page.form() | {"given_name": "Ann", "family_name": "New"}, **english)
    assert commune.sql("SELECT locale FROM person") == [("en",)]


def test_one_address_two_people(commune, mailbox):
    commune.person("Anne", "Couple", email="couple@exemple.fr")
    other = commune.person("Bruno", "Couple", email="couple@exemple.fr")
    client = commune.client()
    client.submit("/connexion", {"email": "couple@exemple.fr"})
    page = client.submit("/connexion/code", {"code": code_of(mailbox()[-1])})
    page = client.follow(page)
    assert "Anne Couple" in page.words
    client.submit("/connexion/qui", {"who": str(other.id)})
    assert client.get("/mon-compte").title == "Bruno Couple"


def test_the_second_of_a_couple_registers_at_the_same_address(commune, mailbox):
    """« Ce n’est pas vous ? » The code that was just typed is proof enough."""
    commune.person("Paul", "Durand", email="famille@exemple.fr")
    client = commune.client()
    client.submit("/connexion", {"email": "famille@exemple.fr"})
    code = mailbox()[-1]["Subject"].split(":")[1].strip()
    entered = client.follow(client.submit("/connexion/code", {"code": code}))
    assert "Paul Durand" in entered.words
    page = client.follow(client.submit("/connexion/pas-moi", on="/mon-compte"))
    assert page.title == "Qui êtes-vous ?"
    who = {"who": "new", "given_name": "Jeanne", "family_name": "Durand"}
    client.follow(client.submit("/connexion/qui", who))
    assert client.get("/mon-compte").title == "Jeanne Durand"
    assert commune.sql("SELECT count(*) FROM web_session")[0][0] == 1, "the first session is ended"


def test_the_second_of_a_couple_comes_later(commune, mailbox):
    """The code is too old: another one is asked for, which then asks who it is."""
    commune.person("Paul", "Durand", email="famille@exemple.fr")
    client = commune.client()
    for late in (True, False):
        client.submit("/connexion", {"email": "famille@exemple.fr"})
        code = mailbox()[-1]["Subject"].split(":")[1].strip()
        answer = client.submit("/connexion/code", {"code": code})
        if late:
            commune.sql("UPDATE sign_in_code SET expires_at = clock_timestamp() - interval '1 minute'")
            assert client.submit("/connexion/pas-moi", on="/mon-compte").location == "/connexion"
    assert answer.location == "/connexion/qui"


def test_somebody_elses_code_opens_nothing_again(commune, mailbox):
    client = commune.client()
    page = client.get("/connexion")
    assert client.post("/connexion/pas-moi", page.form("/connexion")).location == "/connexion"


def test_somebody_who_writes_their_name_again_is_not_registered_twice(commune, mailbox):
    from civique.core.people.models import Person

    known = commune.person("Zoé", "Châtaigne", email="couple@exemple.fr")
    commune.person("Bruno", "Châtaigne", email="couple@exemple.fr")
    client = commune.client()
    asks(client, "couple@exemple.fr")
    types(client, code_of(mailbox()[-1]))
    data = {"who": "new", "given_name": "zoe", "family_name": "CHATAIGNE"}
    assert client.submit("/connexion/qui", data).status == 303
    assert client.get("/mon-compte").title == "Zoé Châtaigne"
    assert [person.id for person in commune.all(Person, folded="chataigne zoe")] == [known.id]


def test_known_and_unknown_addresses_read_the_same(commune, mailbox):
    commune.person("Anne", "Connue", email="connue@exemple.fr")
    pages = []
    for address in ("connue@exemple.fr", "inconnu@exemple.fr"):
        client = commune.client()
        page = client.follow(client.submit("/connexion", {"email": address}))
        pages.append(page.words.replace(address, "X"))
    assert pages[0] == pages[1]
    assert len(mailbox()) == 2


@defence("a code is tried five times", replaced("civique.core.access.codes.CODE_TRIES", 10**6))
def test_fifty_wrong_codes_open_nothing(commune, mailbox):
    client = commune.client()
    client.submit("/connexion", {"email": "a@exemple.fr"})
    right = code_of(mailbox()[-1])
    wrong = "000000" if right.replace(" ", "") != "000000" else "000001"
    for _ in range(50):
        page = client.get("/connexion/code")
        if page.status != 200:
            break
        page = client.post("/connexion/code", {**page.form(), "code": wrong})
        assert page.status in {422, 303}
    assert commune.one(SignInCode).tries == 5
    page = client.get("/connexion/code")
    if page.status == 200:
        assert client.post("/connexion/code", {**page.form(), "code": right}).status == 422
    assert commune.all(WebSession) == []


def test_a_code_is_used_once_and_grows_old(commune, mailbox):
    person = commune.person(email="a@exemple.fr")
    client = commune.client()
    client.submit("/connexion", {"email": "a@exemple.fr"})
    code = code_of(mailbox()[-1])
    form = client.get("/connexion/code").form()
    assert client.post("/connexion/code", {**form, "code": code}).status == 303
    assert client.get("/mon-compte").title == person.name
    again = commune.client()
    again.submit("/connexion", {"email": "a@exemple.fr"})
    code = code_of(mailbox()[-1])
    form = again.get("/connexion/code").form()
    with time_machine.travel(clock.now() + timedelta(minutes=20)):
        assert again.post("/connexion/code", {**form, "code": code}).location == "/connexion"
        assert again.get("/mon-compte").status == 303


def asks(client, address="a@exemple.fr"):
    assert client.submit("/connexion", {"email": address}).status == 303


def types(client, code):
    return client.submit("/connexion/code", {"code": code})


@pytest.mark.parametrize("which", [0, 1, 2])
def test_any_code_that_this_browser_asked_opens(commune, mailbox, which):
    person = commune.person(email="a@exemple.fr")
    client = commune.client()
    for _ in range(3):
        asks(client)
    codes = [code_of(message) for message in mailbox()]
    assert types(client, codes[which]).location == "/"
    assert client.get("/mon-compte").title == person.name
    assert all(row.used_at is not None for row in commune.all(SignInCode)), "the others no longer serve"


def test_a_newcomer_enters_with_the_first_of_two_codes(commune, mailbox):
    client = commune.client()
    asks(client)
    asks(client)
    client.follow(types(client, code_of(mailbox()[0])))
    assert client.submit("/connexion/qui", {"given_name": "Nadia", "family_name": "Nouvelle"}).status == 303
    assert client.get("/mon-compte").title == "Nadia Nouvelle"


def test_a_code_of_another_browser_address_or_hour_opens_nothing(commune, mailbox):
    for address in ("a@exemple.fr", "b@exemple.fr"):
        commune.person(email=address)
    asks(commune.client())
    client = commune.client()
    asks(client, "b@exemple.fr")
    asks(client)
    elsewhere, other_address, own = (code_of(message) for message in mailbox())
    for code in {elsewhere, other_address} - {own}:
        assert types(client, code).status == 422
    with time_machine.travel(clock.now() + timedelta(minutes=14)):
        asks(client)
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert types(client, own).status == 422, "too old, though a later one lives"
        assert types(client, code_of(mailbox()[-1])).status == 303


def test_a_guess_counts_for_each_code_that_it_could_open(commune, mailbox):
    client = commune.client()
    asks(client)
    asks(client)
    first, second = (code_of(message).replace(" ", "") for message in mailbox())
    wrong = next(f"{n:06}" for n in range(9) if f"{n:06}" not in {first, second})
    for _ in range(5):
        assert types(client, wrong).status == 422
    assert [row.tries for row in commune.all(SignInCode)] == [5, 5]
    assert types(client, first).status == 422


@defence("codes asked from one connection are limited", unlimited("civique.web.signin.views.sign_in"))
@pytest.mark.limits
def test_the_door_is_limited(commune):
    from civique.web.application import limiter

    limiter.reset()
    client = commune.client()
    statuses = [client.submit("/connexion", {"email": f"a{n}@exemple.fr"}).status for n in range(61)]
    assert statuses == [303] * 60 + [429]
    limiter.reset()


def test_passwords(commune):
    from civique.core.access.operations import set_password
    from civique.core.people.queries import get_person

    person = commune.person(email="a@exemple.fr")
    with commune.session() as session:
        set_password(session, get_person(session, person.id), "une phrase assez longue")
    client = commune.client()
    assert client.submit("/connexion/mot-de-passe", {"email": "a@exemple.fr", "password": "x" * 10_000}).status == 422
    wrong = client.submit("/connexion/mot-de-passe", {"email": "a@exemple.fr", "password": "autre"})
    unknown = client.submit("/connexion/mot-de-passe", {"email": "b@exemple.fr", "password": "autre"})
    assert wrong.words.replace("a@exemple.fr", "") == unknown.words.replace("b@exemple.fr", "")
    page = client.submit("/connexion/mot-de-passe", {"email": "a@exemple.fr", "password": "une phrase assez longue"})
    assert page.status == 303
    assert client.get("/mon-compte").title == person.name


def test_signing_out_ends_the_session_row(commune):
    client = commune.client(commune.person())
    page = client.get("/mon-compte")
    client.post("/connexion/quitter", page.form("/connexion/quitter"))
    assert commune.all(WebSession) == []
    assert client.get("/mon-compte").status == 303


def test_second_factor_set_up_then_asked(commune):
    import pyotp

    from civique.core.access.operations import totp_secret

    secretary = commune.person("Sylvie", "Secrétaire", "administrator")
    client = commune.client(secretary, strong=False)
    page = client.get("/connexion/second-facteur?suite=/mairie")
    page = client.follow(page)
    with commune.session() as session:
        secret = totp_secret(session.query(Credential).filter_by(kind="totp").one())
    assert secret in page.words
    form = page.form("/mon-compte/application")
    page = client.post("/mon-compte/application", {**form, "code": pyotp.TOTP(secret).now()})
    assert page.status == 200
    assert len(commune.all(Credential, kind="recovery")) == 10
    again = commune.client(secretary, strong=False)
    form = again.get("/connexion/second-facteur?suite=/mairie").form()
    used = again.post("/connexion/second-facteur", {**form, "code": pyotp.TOTP(secret).now()})
    assert used.status == 422, "a code works once"
    recovery = page.words.split()
    codes = [word for word in recovery if len(word) == 13 and word[6] == "-"]
    first, second, third = codes[0], codes[1].replace("-", "").upper(), f" {codes[2].replace('-', ' – ')} "
    for left, code in enumerate((first, second, third), 1):
        browser = commune.client(secretary, strong=False)
        form = browser.get("/connexion/second-facteur?suite=/mairie").form()
        assert browser.post("/connexion/second-facteur", {**form, "code": code}).location == "/mairie", code
        assert len(commune.all(Credential, kind="recovery")) == 10 - left
    assert again.post("/connexion/second-facteur", {**form, "code": second}).status in {303, 422, 400}
    assert len(commune.all(Credential, kind="recovery")) == 7, "each opens once"


@defence("a form needs the token of its page", configured("WTF_CSRF_ENABLED", False))
@defence("a form sent from another site is refused", unchecked("refuse_foreign_writes"))
def test_form_without_token_or_from_elsewhere_is_refused(commune):
    client = commune.client()
    assert client.post("/connexion", {"email": "a@exemple.fr"}).status == 400
    form = client.get("/connexion").form()
    foreign = client.post("/connexion", {**form, "email": "a@exemple.fr"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status == 403
    assert commune.all(SignInCode) == []


def test_a_role_ends_at_midnight_of_the_commune_not_of_greenwich(commune):
    from datetime import date

    from civique.core.access.models import RoleGrant
    from civique.core.access.queries import rights_of

    person = commune.person("Anne", "Agente", "secretary")
    with commune.session() as session:
        session.query(RoleGrant).one().ends_on = date(2027, 3, 1)
        session.flush()
        with time_machine.travel(datetime(2027, 3, 1, 22, 30, tzinfo=UTC), tick=False):
            assert rights_of(session, person, {}).staff
        with time_machine.travel(datetime(2027, 3, 1, 23, 30, tzinfo=UTC), tick=False):
            assert not rights_of(session, person, {}).staff


@pytest.mark.parametrize("begin", [datetime(2026, 10, 25, 0, 55, tzinfo=UTC), datetime(2026, 3, 29, 0, 55, tzinfo=UTC)])
def test_a_code_lives_as_long_when_the_clocks_change(commune, begin):
    with commune.session() as session:
        with time_machine.travel(begin, tick=False):
            first, digits = make_code(session, "a@exemple.fr")
            second, others = make_code(session, "b@exemple.fr")
        with time_machine.travel(begin + timedelta(minutes=14), tick=False):
            assert check_code(session, first.id, digits).id == first.id
        with time_machine.travel(begin + timedelta(minutes=16), tick=False), pytest.raises(Refused):
            check_code(session, second.id, others)

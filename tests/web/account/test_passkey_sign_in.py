"""A passkey opens the door by itself: what it is worth, and what is refused with one sentence."""

import json
import os
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
import webauthn

from civique.core import clock
from civique.core.access.models import Credential, WebSession
from civique.core.audit import AuditEntry
from civique.core.messages.models import Message
from civique.core.people.operations import merge_people
from civique.core.people.queries import get_person
from civique.core.privacy import erase
from civique.core.process import provisioner
from civique.core.registry import modules
from tests.authenticator import Authenticator, add, b64, key_for, send, unb64
from tests.client import PageClient
from tests.defences import defence, replaced, unlimited
from tests.fixtures import wsgi

DOOR = "/connexion/cle-d-acces"
REFUSED = "Cette clé d’accès n’a pas été reconnue ici. Réessayez, ou utilisez un code."


def believing(**facts):
    """Without one of the checks of an answer: what the device says is what is expected."""
    check = webauthn.verify_authentication_response
    return replaced("webauthn.verify_authentication_response", lambda **asked: check(**{**asked, **facts}))


@pytest.fixture
def anne(commune):
    return commune.person("Anne", "Admin", "administrator")


@pytest.fixture
def key(commune, anne):
    key = key_for(commune)
    assert add(commune.client(anne, strong=False), key).status == 200
    return key


def asked(browser):
    return send(browser, f"{DOOR}/options", {}, "/connexion").response.json


def opens(browser, answer, suite="/mairie/personnes"):
    return browser.submit(DOOR, {"answer": json.dumps(answer)}, on=f"/connexion?suite={suite}")


def is_refused(page):
    return page.status == 422 and REFUSED in page.text


def tries(browser, key):
    return opens(browser, key.get(asked(browser)))


def test_opens_without_address_nor_code_and_counts_as_two_factors(commune, key):
    browser = commune.client()
    options = asked(browser)
    assert (options["allowCredentials"], options["userVerification"]) == ([], "required")
    page = opens(browser, key.get(options))
    assert page.location == "/mairie/personnes"
    assert browser.follow(page).status == 200, "no second check is asked"
    assert commune.one(Credential, kind="passkey").details["count"] == 2
    assert commune.all(Message, kind="access.code") == []
    lines = [line.action for line in commune.all(AuditEntry)]
    assert lines[-2:] == ["access.passkey_opened", "access.signed_in"]


def test_a_resident_comes_home(commune):
    camille = commune.person()
    key = key_for(commune)
    add(commune.client(camille, strong=False), key)
    browser = commune.client()
    assert opens(browser, key.get(asked(browser)), "/").location == "/"
    assert camille.name in browser.get("/mon-compte").text


def test_the_device_keeps_an_identifier_never_an_address(anne, key):
    assert UUID(bytes=unb64(key.handle)) == anne.id


def test_whoever_has_the_account_is_told_of_a_new_key(commune, anne, key):
    told = commune.one(Message, kind="access.passkey_added")
    assert told.person_id == anne.id


@defence("a challenge is answered once", replaced("civique.core.once.claim", lambda *_: None))
def test_a_challenge_is_answered_once(commune, key):
    browser = commune.client()
    answer = key.get(asked(browser))
    kept = browser.client.get_cookie("cle", domain=browser.host.split(":")[0]).value
    wrong = {**answer, "id": b64(os.urandom(16))}
    assert is_refused(opens(browser, wrong))
    browser.client.set_cookie("cle", kept, domain=browser.host.split(":")[0])
    assert is_refused(opens(browser, answer)), "be it wrongly the first time"


def test_an_answer_that_was_accepted_opens_nothing_more(commune, key):
    browser = commune.client()
    answer = key.get(asked(browser))
    assert opens(browser, answer).status == 303
    browser.submit("/connexion/quitter", {}, on="/mon-compte")
    assert is_refused(opens(browser, answer))


def test_an_answer_serves_in_the_browser_that_asked(commune, key):
    answer = key.get(asked(commune.client()))
    other = commune.client()
    assert is_refused(opens(other, answer))
    asked(other)
    assert is_refused(opens(other, answer))


@defence(
    "a challenge lives five minutes", replaced("civique.core.access.passkeys.CHALLENGE_LIFE", timedelta(minutes=30))
)
def test_an_answer_that_comes_too_late(commune, key):
    browser = commune.client()
    answer = key.get(asked(browser))
    kept = browser.client.get_cookie("cle", domain=browser.host.split(":")[0]).value
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        browser.client.set_cookie("cle", kept, domain=browser.host.split(":")[0])
        assert is_refused(opens(browser, answer))


@defence("a passkey answers this very site", believing(expected_origin="http://evil.example"))
def test_another_origin(commune, key):
    key.origin = "http://evil.example"
    assert is_refused(tries(commune.client(), key))


@defence("a passkey that signs in recognised its owner", believing(require_user_verification=False))
def test_a_device_that_was_only_touched(commune, key):
    key.unlocked = False
    assert is_refused(tries(commune.client(), key))


@defence("the counter of a passkey does not go back", believing(credential_current_sign_count=0))
def test_a_copy_whose_counter_goes_back(commune, key):
    assert tries(commune.client(), key).status == 303
    key.count -= 1
    assert is_refused(tries(commune.client(), key))


def test_the_signature_of_another_device(commune, key):
    thief = key_for(commune)
    thief.id, thief.count, thief.handle = key.id, 10, key.handle
    assert is_refused(tries(commune.client(), thief))


def test_the_key_of_a_neighbour(commune, neighbour, key):
    hers = key_for(neighbour)
    add(neighbour.client(neighbour.person(), strong=False), hers)
    assert is_refused(tries(commune.client(), hers))
    hers.handle = key.handle
    assert is_refused(tries(commune.client(), hers))


def test_a_challenge_of_a_neighbour(commune, neighbour, key):
    there, here = neighbour.client(), commune.client()
    answer = key.get(asked(there))
    value = there.client.get_cookie("cle", domain=there.host.split(":")[0]).value
    here.client.set_cookie("cle", value, domain=here.host.split(":")[0])
    assert is_refused(opens(here, answer))


def test_a_key_that_was_removed(commune, anne, key):
    client = commune.client(anne)
    client.submit("/mon-compte/application")  # staff keep one
    commune.sql("UPDATE credential SET confirmed_at = now() WHERE kind = 'totp'")
    path = f"/mon-compte/protection/{commune.one(Credential, kind='passkey').id}/retirer"
    assert client.submit(path, {}, on="/mon-compte/protection").status == 303
    assert commune.all(Credential, kind="passkey") == []
    assert is_refused(tries(commune.client(), key))


@defence(
    "the key of a record that was merged signs nobody in",
    replaced("civique.core.access.passkeys.signs_in", lambda *_: True),
)
def test_the_key_of_a_record_that_was_merged(commune, anne):
    double, key = commune.person("Anne", "Double"), key_for(commune)
    add(commune.client(double, strong=False), key)
    with commune.session() as session:
        merge_people(session, get_person(session, anne.id), get_person(session, double.id))
    assert is_refused(tries(commune.client(), key))
    key.handle = b64(anne.id.bytes)  # signed by nobody
    assert is_refused(tries(commune.client(), key))
    browser = commune.client(anne, strong=False)
    options = send(browser, "/connexion/cle/options", {}, "/connexion/second-facteur").response.json
    assert send(browser, "/connexion/cle", key.get(options), "/connexion/second-facteur").status == 200


def test_the_key_of_somebody_who_was_erased(commune):
    camille, key = commune.person(), key_for(commune)
    add(commune.client(camille, strong=False), key)
    with commune.session() as session:
        erase(session, get_person(session, camille.id), modules().of(commune.tenant))
    assert is_refused(tries(commune.client(), key))
    assert commune.all(Credential) == []


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense", '{"response": {"userHandle": 3}}', "x" * 30_000])
def test_nonsense(commune, text):
    browser = commune.client()
    asked(browser)
    assert is_refused(browser.submit(DOOR, {"answer": text}, on="/connexion"))
    assert commune.all(WebSession) == []


def made_before(commune):
    """Passkeys are as they were while they were a second check alone."""
    commune.sql("UPDATE credential SET details = details - 'handle' WHERE kind = 'passkey'")


def test_a_key_made_before_is_a_second_check_still(commune, anne, key):
    made_before(commune)
    page = commune.client(anne).get("/mon-compte/protection")
    assert "seconde vérification seulement" in page.words
    assert "Ajoutez-en une nouvelle pour vous connecter avec elle" in page.words
    assert is_refused(tries(commune.client(), key))
    browser = commune.client(anne, strong=False)
    options = send(browser, "/connexion/cle/options", {}, "/connexion/second-facteur").response.json
    assert send(browser, "/connexion/cle", key.get(options), "/connexion/second-facteur").status == 200


def test_the_device_of_such_a_key_may_make_one_that_signs_in(commune, anne, key):
    client = commune.client(anne)
    path = "/mon-compte/cle/options"
    assert len(send(client, path, {}, "/mon-compte/adresse").response.json["excludeCredentials"]) == 1
    made_before(commune)
    options = send(client, path, {}, "/mon-compte/adresse").response.json
    assert options["excludeCredentials"] == []
    wanted = options["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")


def test_a_device_that_was_only_touched_makes_no_key(commune, anne):
    key = key_for(commune)
    key.unlocked = False
    assert add(commune.client(anne), key).status == 422


@pytest.mark.fresh_communes
def test_a_key_opens_the_address_where_it_was_made(commune, anne, key):
    own = "participer.exemple.fr"
    provisioner().add_host(commune.tenant, own)
    there = PageClient(wsgi(), own)
    assert is_refused(tries(there, key)), "made at the subdomain"
    there.sign_in(commune, anne, strong=False)
    assert commune.tenant.slug in there.get("/connexion/second-facteur").words
    there.sign_in(commune, anne)
    page = there.get("/mon-compte/protection")
    assert f"pour {commune.host.split(':')[0]} seulement" in page.words
    assert own in there.get("/mon-compte/cle").text
    new = Authenticator(own, f"http://{own}")
    assert add(there, new).status == 200
    assert tries(PageClient(wsgi(), own), new).status == 303
    assert is_refused(tries(commune.client(), new))
    assert tries(commune.client(), key).status == 303, "the first address still opens"


@pytest.mark.limits
@defence("who fails with passkeys waits", unlimited("civique.web.signin.passkeys.enter_by_passkey"))
def test_failures_are_counted_a_browser(commune, anne, key):
    from civique.web.application import limiter

    limiter.reset()
    browser = commune.client()
    browser.get("/connexion")
    for _time in range(10):
        assert is_refused(browser.submit(DOOR, {"answer": "{}"}, on="/connexion"))
    assert browser.submit(DOOR, {"answer": "{}"}, on="/connexion").status == 429
    assert tries(commune.client(), key).status == 303, "the neighbour of the same connection comes in"
    limiter.reset()

"""« Mes données »: see, correct, change my address, take away, erase; preferences and password."""

import pytest

from civique.core.access.models import Credential, SignInCode, WebSession
from civique.core.audit import AuditEntry
from civique.core.people.models import EmailAddress, Person
from tests.fixtures import in_loire_authion


def code_in(message):
    return message["Subject"].split(":")[1].strip()


def test_see_and_take_away(client, commune, paul):
    page = client.get("/mon-compte/donnees")
    assert "paul.durand@exemple.fr" in page.words
    answer = client.get("/mon-compte/donnees?format=json")
    assert answer.response.json["person"][0]["family_name"] == "Durand"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_correct_and_stale_edit(client, commune, paul):
    form = client.get("/mon-compte/donnees/corriger").form() | {"city": "Brion"}
    with commune.session() as session:
        session.get(Person, paul.id).phone = "+33241000001"
    page = client.post("/mon-compte/donnees/corriger", form)
    assert page.status == 422
    assert commune.one(Person, id=paul.id).city is None
    assert client.post("/mon-compte/donnees/corriger", page.form()).status == 303
    assert commune.one(Person, id=paul.id).city == "Brion"


def test_change_address_with_a_code_sent_there(client, commune, paul, mailbox):
    page = client.submit("/mon-compte/adresse", {"email": "nouveau@exemple.fr"})
    page = client.follow(page)
    message = mailbox()[-1]
    assert message["To"] == "nouveau@exemple.fr"
    assert client.submit("/mon-compte/adresse/code", {"code": "000000"}).status in {422, 303}
    assert commune.one(EmailAddress, person_id=paul.id).address == "paul.durand@exemple.fr"
    page = client.submit("/mon-compte/adresse/code", {"code": code_in(message)})
    assert page.status == 303
    assert commune.one(EmailAddress, person_id=paul.id).address == "nouveau@exemple.fr"
    assert mailbox()[-1]["To"] == "paul.durand@exemple.fr", "the former address is told"
    assert client.get("/mon-compte/adresse/code").location == "/mon-compte/adresse"


def test_code_of_an_address_does_not_open_the_door_nor_the_reverse(client, commune, mailbox):
    client.submit("/mon-compte/adresse", {"email": "nouveau@exemple.fr"})
    digits = code_in(mailbox()[-1])
    stranger = commune.client()
    stranger.submit("/connexion", {"email": "nouveau@exemple.fr"})
    assert stranger.submit("/connexion/code", {"code": digits}).status == 422
    sign_in = code_in(mailbox()[-1])
    assert client.submit("/mon-compte/adresse/code", {"code": sign_in}).status == 422


def test_five_wrong_codes_burn_it(client, commune, paul, mailbox):
    client.submit("/mon-compte/adresse", {"email": "nouveau@exemple.fr"})
    digits = code_in(mailbox()[-1])
    wrong = f"{(int(digits.replace(' ', '')) + 1) % 1_000_000:06}"
    for _try in range(5):
        assert client.submit("/mon-compte/adresse/code", {"code": wrong}).status == 422
    assert client.submit("/mon-compte/adresse/code", {"code": digits}).status == 422
    assert commune.one(SignInCode).tries == 5
    assert commune.one(EmailAddress, person_id=paul.id).address == "paul.durand@exemple.fr"


def test_code_started_by_somebody_else_in_this_browser(client, commune, paul, mailbox):
    client.submit("/mon-compte/adresse", {"email": "nouveau@exemple.fr"})
    digits = code_in(mailbox()[-1])
    other = commune.person("Zoé", "Autre")
    client.sign_in(commune, other)
    page = client.get("/mon-compte/adresse/code")
    assert page.location == "/mon-compte/adresse"
    token = client.get("/mon-compte/adresse").form()
    client.post("/mon-compte/adresse/code", {**token, "code": digits})
    assert commune.one(EmailAddress, person_id=other.id).address == "zoé.autre@exemple.fr"


def test_erase_my_account(client, commune, paul):
    assert client.submit("/mon-compte/effacer", {"confirmation": "oui"}).status == 422
    page = client.submit("/mon-compte/effacer", {"confirmation": "DURAND"})
    assert page.location == "/"
    row = commune.one(Person, id=paul.id)
    assert (row.given_name, row.family_name) == ("", "")
    assert row.erased_at is not None
    assert commune.all(EmailAddress, person_id=paul.id) == []
    assert commune.all(WebSession, person_id=paul.id) == []
    assert client.get("/mon-compte").location.startswith("/connexion")
    assert commune.one(AuditEntry, action="person.erased").object_id == paul.id


def test_the_only_administrator_cannot_erase_the_account(commune):
    anne = commune.person("Anne", "Admin", "administrator")
    page = commune.client(anne).submit("/mon-compte/effacer", {"confirmation": "Admin"})
    assert page.status == 422
    assert commune.one(Person, id=anne.id).erased_at is None


def test_preferences(client, commune, paul):
    page = client.submit("/mon-compte/preferences", {"channel": "letter"})
    assert page.status == 422, "no postal address"
    assert client.submit("/mon-compte/preferences", {"locale": "en", "channel": "email"}).status == 303
    assert client.get("/mon-compte/preferences").text.startswith('<!doctype html>\n<html lang="en">')


def test_a_signed_in_person_changes_language_at_the_foot_of_a_page(client, commune, paul):
    """« English » acts for who is signed in too: for the pages, and for what is written to them."""
    assert 'action="/mon-compte/langue/en?suite=/"' in client.get("/").text
    foot = {"csrf_token": client.get("/mon-compte/preferences").form()["csrf_token"]}
    client.follow(client.post("/mon-compte/langue/en?suite=/", foot))
    assert '<html lang="en">' in client.get("/").text
    assert commune.one(Person, id=paul.id).locale == "en"
    assert client.post("/mon-compte/langue/de?suite=/", foot).status == 303
    assert commune.one(Person, id=paul.id).locale == "en", "a language that nobody offers changes nothing"
    assert client.post("/mon-compte/langue/fr?suite=https://ailleurs.exemple/", foot).location == "/"
    assert '<html lang="fr">' in client.get("/").text


GOOD = "cheval pile agrafe correcte"


def test_password_journey(client, commune, paul):
    elsewhere = commune.client(paul)
    assert client.submit("/mon-compte/mot-de-passe", {"password": GOOD, "again": GOOD}).status == 303
    assert elsewhere.get("/mon-compte").status == 303, "other devices are signed out"
    assert client.get("/mon-compte").status == 200
    browser = commune.client()
    page = browser.submit("/connexion/mot-de-passe", {"email": "paul.durand@exemple.fr", "password": GOOD})
    assert page.status == 303
    client.submit("/mon-compte/mot-de-passe/retirer", on="/mon-compte/mot-de-passe")
    assert commune.all(Credential, person_id=paul.id) == []
    browser = commune.client()
    page = browser.submit("/connexion/mot-de-passe", {"email": "paul.durand@exemple.fr", "password": GOOD})
    assert page.status == 422


@in_loire_authion
@pytest.mark.parametrize(
    "password",
    [
        "court",
        "x" * 10_000,
        "azerty123456",
        "paul.durand@exemple.fr",
        "PaulDurand2026",
        "aaaaaaaaaaaaaaa",
        "Loire-Authion49",
    ],
)
def test_password_refused(client, commune, password):
    page = client.submit("/mon-compte/mot-de-passe", {"password": password, "again": password})
    assert page.status == 422
    assert password not in page.text or len(password) < 6
    assert commune.all(Credential) == []


def test_two_passwords_that_differ(client):
    assert client.submit("/mon-compte/mot-de-passe", {"password": GOOD, "again": GOOD + "!"}).status == 422


def test_a_very_long_password_is_refused_at_the_door(commune):
    page = commune.client().submit("/connexion/mot-de-passe", {"email": "a@exemple.fr", "password": "x" * 10_000})
    assert page.status == 422


def test_cookie_of_the_neighbour_opens_nothing(commune, neighbour, paul):
    client = commune.client(paul)
    cookie = client.client.get_cookie("civique", domain=client.host.split(":")[0])
    other = neighbour.client()
    other.client.set_cookie("civique", cookie.value, domain=other.host.split(":")[0])
    assert other.get("/mon-compte").location.startswith("/connexion?suite=")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "Firefox sur Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari sur iPhone"),
        ("curl/8.0", "Appareil inconnu"),
    ],
)
def test_my_data_name_browsers_as_one_knows_them(commune, client, agent, name):
    commune.sql("UPDATE web_session SET device = :agent", agent=agent)
    words = client.get("/mon-compte/donnees").words
    assert name in words
    assert "Mozilla" not in words
    assert "curl" not in words

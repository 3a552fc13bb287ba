"""What the door, the account and the colleagues' pages write."""

import pytest

from tests.authenticator import add, key_for

INVITED = {"given_name": "Marc", "family_name": "Petit", "email": "marc@exemple.fr", "roles": ["counter", "elected"]}


def sign_in(scene):
    client = scene.browser()
    client.follow(client.submit("/connexion", {"email": "nadia.habitante@exemple.fr"}))


def invite(scene):
    client = scene.browser(scene.commune.person("Anne", "Admin", "administrator"))
    assert client.submit("/mairie/collegues/inviter", INVITED).status == 303


def reset(scene):
    from civique.core.access.operations import grant_role
    from civique.core.people.queries import get_person

    with scene.commune.session() as session:
        grant_role(session, get_person(session, scene.reader.id), "secretary")
    client = scene.browser(scene.commune.person("Anne", "Admin", "administrator"))
    path = f"/mairie/collegues/{scene.reader.id}/second-facteur"
    assert client.submit(path, {"reason": "Vue à la mairie, carte d’identité montrée."}).status == 303


def change_address(scene):
    from civique.core.messages.models import Message

    client = scene.browser(scene.reader)
    client.follow(client.submit("/mon-compte/adresse", {"email": "nadia@exemple.org"}))
    code = scene.commune.one(Message, kind="access.code").content["code"]
    assert client.submit("/mon-compte/adresse/code", {"code": code}).status == 303


def add_passkey(scene):
    assert add(scene.browser(scene.reader), key_for(scene.commune)).status == 200


# What each kind takes, and the language of the reader when it is not known: French.
CASES = {
    "access.code": (sign_in, None),
    "access.invitation": (invite, "fr"),
    "access.factors_reset": (reset, None),
    "access.passkey_added": (add_passkey, None),
    "account.address_changed": (change_address, None),
}


@pytest.mark.parametrize("kind", CASES)
def test_words(kind, scene, agreed):
    write, language = CASES[kind]
    write(scene)
    agreed(scene.commune.session(), kind, language=language or scene.locale)

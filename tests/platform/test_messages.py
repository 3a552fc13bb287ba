"""Words of the platform's messages: whole, in the reader's language, with what to do next."""

from typing import Any

import pytest

from civique.platform import messages
from civique.platform.models import Subscription
from tests.platform.steps import SIRET, platform

pytestmark = pytest.mark.usefixtures("clean")


def request(state: str, locale: str = "fr", **facts: Any) -> Subscription:
    """A request of Allonnes in a state."""
    return Subscription(
        insee="49002", commune_name="Allonnes", state=state, given_name="Agnès", family_name="Cormoran",
        function="Secrétaire", email="agnes@exemple.fr", phone="+33241000001", siret=SIRET, locale=locale,
        terms_version="2026-11", data_version="2026-11", **facts,
    )  # fmt: skip


def written(write: Any, subscription: Subscription, *more: Any) -> tuple[Any, str, str]:
    """The e-mail that a function writes: its headers, its text, its HTML."""
    from sqlalchemy import select

    from civique.core.messages.models import Message
    from civique.core.messages.rendering import as_email

    with platform() as session:
        session.add(subscription)
        session.flush()
        write(session, subscription, *more)
        row = session.scalars(select(Message).where(Message.object_id == subscription.id)).one()
        email = as_email(session, row)
        session.rollback()
    parts = [email.get_body((kind,)).get_content() for kind in ("plain", "html")]
    return email, parts[0], parts[1]


CASES = {
    "to_check": (messages.tell_to_check, "Votre demande pour Allonnes est reçue", "un jour ouvré", "/souscrire/suivi/"),
    "refused": (messages.tell_refused, "n’a pas été acceptée", "Motif écrit", "/souscrire/49002"),
    "open": (messages.tell_open, "Le site d’Allonnes est ouvert", "60 jours", "/entrer"),
}


@pytest.mark.parametrize("state", CASES)
def test_messages_to_the_applicant(state):
    write, subject, words, path = CASES[state]
    email, text, html = written(write, request(state, reason="Motif écrit" if state == "refused" else None))
    assert subject in email["Subject"]
    for body in (text, html):
        assert words in body
        assert path in body
        assert "vous avez demandé le site d’Allonnes" in body, "why this message"
        assert "%(" not in body
    assert email["To"] == "agnes@exemple.fr"
    assert "Civique" in email["From"]


def test_messages_speak_english_to_who_chose_it():
    email, text, _ = written(messages.tell_open, request("open", "en"))
    assert "Allonnes is open" in email["Subject"]
    assert "first administrator" in text


def test_who_comes_second_reads_the_address(neighbour):
    email, text, _ = written(messages.tell_taken, request("refused", reason="taken"), neighbour.tenant)
    assert "Allonnes a déjà son site" in email["Subject"]
    assert neighbour.host in text
    _, without, _ = written(messages.tell_taken, request("refused", reason="taken"), None)
    assert "collègue" in without


def test_operators_read_no_personal_data():
    from civique.platform.team import add_operator

    for state, words in (("to_check", "À vérifier"), ("failed", "Ouverture en échec")):
        with platform() as session:
            operator = add_operator(session, "Olga Pivert", "olga@civique.exemple.fr")
        email, text, html = written(messages.tell_operators, request(state), [operator])
        assert words in email["Subject"]
        assert "/operations/demandes/" in text
        assert "Cormoran" not in text + html

"""What the core writes to people: receipts and answers to questions, piles of letters."""

from datetime import date
from random import Random

import pytest
from sqlalchemy import select

from civique.core import clock
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import store
from civique.core.enquiries.models import Enquiry
from civique.core.enquiries.operations import answer_enquiry, receive_enquiry
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from tests.snapshot import MOMENT, pdf_words, same

TEXT = "Un nid-de-poule rue du Port.\nIl y a danger pour les vélos."
ANSWER = "Merci de nous l’avoir dit.\n\nLe trou sera bouché lundi."


def ask(scene, **facts):
    with scene.commune.session() as session:
        return receive_enquiry(session, text=TEXT, created_at=clock.now(), **facts)


def ask_by_site(scene):
    form = {"text": TEXT, "name": "Ali Passant", "email": "ali@exemple.fr"}
    assert scene.browser().submit("/signaler", form).status == 303


def ask_as_resident(scene):
    ask(scene, name=scene.reader.name, person_id=scene.reader.id)


def ask_at_counter(scene):
    ask(scene, name=scene.reader.name, person_id=scene.reader.id, channel="counter")


def answer_resident(scene):
    ask_as_resident(scene)
    with scene.commune.session() as session:
        enquiry = session.get(Enquiry, scene.commune.one(Enquiry).id)
        answer_enquiry(session, enquiry, ANSWER, enquiry.revision)


def ask_a_mairie_without_address(scene):
    from civique.core import settings
    from civique.core.commune import Contact

    with scene.commune.session() as session:
        settings.put(session, Contact())
    ask_as_resident(scene)


CASES = {
    "enquiry.received--unknown": ask_by_site,
    "enquiry.received--resident": ask_as_resident,
    "enquiry.received--counter": ask_at_counter,
    "enquiry.received--no-reply": ask_a_mairie_without_address,
    "enquiry.answered": answer_resident,
}


@pytest.mark.parametrize("case", CASES)
def test_words(case, scene, agreed):
    CASES[case](scene)
    kind, _sep, variant = case.partition("--")
    agreed(scene.commune.session(), kind, variant=variant)


def test_a_pile_of_letters(scene):
    from civique.core.i18n import speaking
    from civique.core.messages.rendering import as_letters

    for write in (ask_as_resident, ask_at_counter):
        write(scene)
    with scene.commune.session() as session, speaking(scene.locale):
        pile = session.scalars(select(Message).order_by(Message.created_at)).unique().all()
        for letter in pile:
            letter.created_at = MOMENT
        same(f"pdf/as_letters.{scene.locale}", pdf_words(as_letters(session, pile)))
        session.rollback()


def test_a_paper_form(scene):
    from civique.core.i18n import speaking
    from civique.core.paper import Choices, Lines, PaperForm, Section, render_form

    items = [Lines("Votre nom"), Choices("Village", ("Andard", "Bauné"), "Bauné")]
    form = PaperForm(
        "Une question ?", "QUE-F", "/signaler", (Section("Qui êtes-vous ?", items),), ("Des mots simples.",)
    )
    with scene.commune.session() as session, speaking(scene.locale):
        same(f"pdf/render_form.{scene.locale}", pdf_words(render_form(session, form)))


@pytest.mark.parametrize("locale", ["fr"], indirect=True)
def test_the_demonstration_speaks_french(scene, agreed):
    from civique.core.demonstration import World
    from civique.demonstration.matter import file_document, write_letter

    with scene.commune.session() as session:
        write_letter(session, get_person(session, scene.reader.id), "Votre colis de fin d’année", "Il vous attend.")
        world = World(today=date(2026, 3, 12), random=Random(1))
        file_document(session, world, "minutes", "Compte rendu du conseil", ["Trois points."], days=3)
    agreed(scene.commune.session(), "core.letter")
    with scene.commune.session() as session:
        (file,) = session.scalars(select(StoredFile)).all()
        same("pdf/file_document.fr", pdf_words(store().open(session.tenant.schema, file.sha256).read()))

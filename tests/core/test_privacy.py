"""What is left of somebody who was erased, and of what is too old."""

from datetime import timedelta

from sqlalchemy import update

from civique.core import clock, privacy
from civique.core.answers.models import AnswerDue
from civique.core.enquiries.models import Enquiry
from civique.core.enquiries.operations import answer_enquiry, receive_enquiry
from civique.core.people.queries import get_person
from civique.core.registry import modules
from tests.modules.fund.conftest import world

__all__ = ["world"]


def erase(commune, person):
    """Erase somebody with every module's part."""
    with commune.session() as session:
        privacy.erase(session, get_person(session, person.id), modules())


def test_the_answer_owed_keeps_neither_the_name_nor_the_words(commune):
    person = commune.person("Nadia", "Habitante")
    with commune.session() as session:
        receive_enquiry(session, text="Mon fils Léo est malade.", name=person.name, person_id=person.id)
    erase(commune, person)
    owed = commune.one(AnswerDue)
    assert (owed.whom, owed.title) == ("", commune.one(Enquiry).reference)


def test_the_answer_owed_by_the_fund_keeps_no_name(world):
    world.ask(title="Pieds de mur fleuris")
    erase(world.commune, world.resident)
    owed = world.commune.one(AnswerDue)
    assert (owed.whom, owed.title) == ("", "Pieds de mur fleuris")


def test_what_was_owed_goes_with_a_question_that_is_too_old(commune):
    with commune.session() as session:
        old = receive_enquiry(session, text="Une vieille question", name="Ali")
        answer_enquiry(session, old, "Voici.", old.revision)
        receive_enquiry(session, text="Une question d’hier", name="Ana")
        long_ago = clock.now() - timedelta(days=3 * 365)
        session.execute(update(Enquiry).where(Enquiry.id == old.id).values(created_at=long_ago))
    with commune.session() as session:
        assert privacy.purge(session, modules())["answer_due"] == 1
    assert commune.one(AnswerDue).title == "Une question d’hier"

"""Paper, the counter and letters: the same questions, the day of reception, who signs, where to contest."""

from datetime import date, timedelta

import pytest

from civique.core import settings
from civique.core.answers.models import AnswerDue
from civique.core.appeals import court_of, last_day
from civique.core.commune import Contact
from civique.core.messages.models import Message
from civique.core.messages.rendering import as_letters
from tests.core.test_paper import text_of

COURT = "Tribunal administratif de Nantes\n6 allée de l’Île-Gloriette\nCS 24111\n44041 Nantes Cedex 1"
ASKED = {
    "title": "Boîte à livres",
    "purpose": "La remettre en état.",
    "place": "Place du marché",
    "costs": "Peinture 100",
    "amount_asked_cents": "100",
    "supports": "12 heures de voisins",
}


@pytest.fixture
def told(world):
    """The town hall says who signs, and where its decisions are contested."""
    with world.commune.session(world.secretary) as session:
        settings.change(session, Contact, signatory="Odile Tilleul, maire", court=COURT, phone="+33241990002")


def entered(world, **more):
    paper = world.commune.person("Paulette", "Papier", email=None)
    desk = world.commune.client(world.secretary)
    path = f"/mairie/fonds/saisir?personne={paper.id}"
    return desk.post(path, {**desk.get(path).form(), **ASKED, **more})


def letters(world, kind):
    with world.commune.session() as session:
        found = [message for message in world.commune.all(Message) if message.kind == kind]
        return text_of(as_letters(session, [session.get(Message, message.id) for message in found]))


def test_the_counter_asks_where_and_counts_from_the_day_of_reception(world):
    day = world.commune.today - timedelta(days=9)
    assert entered(world, received_on=day.isoformat()).status == 303
    from civique.modules.fund.models import FundApplication

    application = world.commune.one(FundApplication)
    assert application.place == "Place du marché"
    assert application.submitted_at.date() == day
    assert world.commune.one(AnswerDue).due_on == day + timedelta(days=45)
    words = letters(world, "fund.application_received")
    assert f"{day.day} novembre" in words or f"{day.day}" in words


@pytest.mark.parametrize("day", ["2199-01-01", "2001-01-01", ""])
def test_a_day_of_reception_that_cannot_be_is_refused(world, day):
    page = entered(world, received_on=day)
    assert page.status == 422
    assert page.form("/mairie/fonds/saisir")["received_on"] == day


def test_what_came_before_the_last_day_is_taken_after_it(world):
    world.commune.sql("UPDATE fund SET closes_on = :day", day=world.commune.today - timedelta(days=2))
    assert entered(world).status == 422
    assert entered(world, received_on=(world.commune.today - timedelta(days=3)).isoformat()).status == 303


def test_the_counter_says_all_its_faults_at_once(world):
    page = entered(world, costs="Peinture 100", amount_asked_cents="700")
    assert "Vous demandez plus que le coût" in page.words
    assert "Au plus 500,00 €" in page.words


def test_the_printed_form_says_what_becomes_of_it_and_has_a_place_for_the_day(world):
    words = text_of(world.commune.client().get("/fonds/formulaire.pdf").response.get_data())
    assert "Vos données" in words
    assert "dix ans" in words
    assert "Réservé à la mairie : reçu le" in words


@pytest.mark.usefixtures("told")
def test_a_refusal_by_letter_is_signed_and_says_where_to_contest(world):
    person = world.commune.person("Paulette", "Papier", email=None)
    world.resident = person
    application = world.admissible()
    world.decide(application, 0, "Hors du règlement.")
    words = letters(world, "fund.application_refused")
    assert "Odile Tilleul, maire" in words
    assert "6 allée de l’Île-Gloriette" in words
    assert "appelez d’abord la mairie au 02 41 99 00 02" in words
    assert "Vous recevez cette lettre parce que" in words
    assert "ce message" not in words


@pytest.mark.usefixtures("told")
def test_the_page_says_it_unfolded_with_the_day(world):
    application = world.admissible()
    world.decide(application, 0, "Hors du règlement.")
    words = world.commune.client(world.resident).get(f"/fonds/demandes/{application.id}").words
    assert "appelez d’abord la mairie" in words
    assert str(last_day(world.commune.today).year) in words
    assert "Vos droits" not in words, "silence is no matter any more"


def test_the_law_on_silence_comes_last_and_only_on_money(world):
    application = world.ask()
    page = world.commune.client(world.resident).get(f"/fonds/demandes/{application.id}")
    assert page.words.index("Vos droits") > page.words.index("Ce qui est apporté")
    assert "<summary>Vos droits" in page.text
    other = world.ask(0, title="Prêt de tables", asks=[("material", "tables", 12, "")])
    assert "Vos droits" not in world.commune.client(world.resident).get(f"/fonds/demandes/{other.id}").words


@pytest.mark.parametrize(
    ("decided", "until"),
    [
        (date(2026, 11, 30), date(2027, 1, 30)),
        (date(2026, 12, 31), date(2027, 2, 28)),
        (date(2026, 1, 15), date(2026, 3, 15)),
    ],
)
def test_two_months_to_contest(decided, until):
    assert last_day(decided) == until


def test_the_court_is_known_by_its_departement(world):
    with world.commune.session() as session:
        assert court_of(session.tenant, Contact()) == "tribunal administratif de Nantes"


def test_a_project_that_begins_before_the_answer_is_said_to_both(world):
    day = world.commune.today + timedelta(days=5)
    application = world.ask(starts_on=day, ends_on=day)
    said = "peut-être avant la réponse"
    assert said in world.commune.client(world.resident).get(f"/fonds/demandes/{application.id}").words
    desk = world.commune.client(world.secretary)
    assert "avant le dernier jour pour répondre" in desk.get(f"/mairie/fonds/demandes/{application.id}").words
    assert any(said in str(message.content) for message in world.commune.all(Message))
    later = world.ask(title="Plus tard", starts_on=world.commune.today + timedelta(days=90))
    assert said not in world.commune.client(world.resident).get(f"/fonds/demandes/{later.id}").words


def test_a_project_that_began_is_said_to_the_examiner(world):
    application = world.ask(starts_on=world.commune.today)
    world.commune.sql("UPDATE fund_application SET starts_on = starts_on - 3")
    desk = world.commune.client(world.secretary)
    assert "Ce projet a commencé le" in desk.get(f"/mairie/fonds/demandes/{application.id}").words

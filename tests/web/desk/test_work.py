"""« À faire aujourd’hui »: what waits, in order, at a small cost."""

from datetime import timedelta

from civique.core import clock
from civique.core.answers.models import AnswerDue
from civique.core.answers.operations import remind
from civique.core.organisations.operations import add_organisation
from civique.core.people.operations import ask_proxy
from civique.core.people.queries import get_person


def due(commune, question, days):
    with commune.session() as session:
        session.query(AnswerDue).filter_by(object_id=question.id).one().due_on = clock.today() + timedelta(days=days)


def test_nothing_waits(secretary):
    page = secretary.get("/mairie")
    assert "Rien à faire aujourd’hui" in page.words
    assert "/mairie/saisir" in page.links()


def test_the_late_one_comes_first_and_says_so(commune, secretary, ask):
    for text, days in (("Plus tard", 9), ("En retard", -2), ("Ce jour", 0)):
        due(commune, ask(text=text), days)
    words = secretary.get("/mairie").words
    assert words.index("En retard 1") > 0
    assert words.index("Répondre : En retard") < words.index("Répondre : Ce jour") < words.index("Répondre : Plus tard")
    assert "2 jours" in words
    late = secretary.get("/mairie?voir=late").words
    assert "Plus tard" not in late


def test_what_was_reminded_says_so_and_what_waits_for_somebody_is_not_late(commune, secretary, ask):
    for text in ("Relancée", "En pause"):
        due(commune, ask(text=text), -2)
    with commune.session() as session:
        first, second = (session.query(AnswerDue).filter_by(title=title).one() for title in ("Relancée", "En pause"))
        remind(session, first)
        second.paused_on = clock.today()
    rows = secretary.get("/mairie").words
    assert "rappel envoyé le" in rows
    assert "en attente de la personne" in rows
    late = secretary.get("/mairie?voir=late").words
    assert "Répondre : Relancée" in late
    assert "En pause" not in late


def test_everything_that_waits_and_the_menu_counts(commune, secretary, ask, on_paper):
    who = on_paper()
    ask(name=who.name, applicant_id=who.id)
    with commune.session() as session:
        add_organisation(session, "association", "Judo club")
        ask_proxy(session, get_person(session, who.id), "Marcel", "Durand", "relative")
    page = secretary.get("/mairie")
    for words in (
        "Répondre",
        "Imprimer un courrier",
        "Valider : Judo club",
        "Procuration à accepter : pour Marcel Durand",
    ):
        assert words in page.words
    assert page.text.count('<span class="count">1</span>') >= 3


def test_who_may_not_do_it_does_not_see_it(commune, ask, on_paper):
    who = on_paper()
    ask(name=who.name, applicant_id=who.id)
    page = commune.client(commune.person("Luc", "Petit", "treasurer")).get("/mairie")
    assert page.status == 200
    assert "Jeanne Lebrun" not in page.text
    assert "/mairie/courriers" not in page.links()


def test_more_than_twenty_lines_are_paged(commune, secretary, ask):
    for number in range(22):
        ask(text=f"Numéro {number:02}")
    assert "Page 1" in secretary.get("/mairie").words
    assert secretary.get("/mairie?page=2").words.count("Répondre") == 2


def test_the_page_costs_at_most_twelve_statements(commune, secretary, ask, on_paper, statements):
    colleague = commune.person("Paul", "Roy", "secretary")
    for number in range(8):
        who = on_paper("Jeanne", f"Nom{number}")
        question = ask(name=who.name, applicant_id=who.id)
        with commune.session() as session:
            session.query(AnswerDue).filter_by(object_id=question.id).one().owner_id = colleague.id
            add_organisation(session, "association", f"Club {number}")
    secretary.get("/mairie")
    statements.clear()
    secretary.get("/mairie")
    assert len(statements) <= 12, "\n".join(statements)

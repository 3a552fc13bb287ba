"""What is written to households, to relays, and on paper, in French and in English."""

from datetime import timedelta

import pytest

from civique.core.cases.operations import move
from civique.core.i18n import speaking
from civique.core.passes.operations import Issued
from civique.core.people.queries import get_person
from civique.modules.welcome import messages
from civique.modules.welcome.documents import kit as papers
from civique.modules.welcome.operations import kit, relays
from civique.modules.welcome.operations.households import declare_household
from civique.modules.welcome.operations.vouchers import assign_set
from civique.modules.welcome.workflow import WORKFLOW
from tests.modules.welcome.conftest import offered
from tests.snapshot import pdf_words, same


@pytest.fixture
def household(scene):
    """Gives a function that declares the household of whoever reads, or of somebody whom whoever reads greets."""
    scene.commune.switch_on("welcome")

    def declare(session, *, greets=False):
        offered(session, scene.commune)
        reader = get_person(session, scene.reader.id)
        relays.add_relay(session, "volunteer", name="Les voisins du Port", person_id=reader.id if greets else None)
        facts = {"name": "Famille Habitante", "arrived_on": scene.commune.today, "adults": 2, "children": 1}
        who = get_person(session, scene.commune.person("Paul", "Arrivé").id) if greets else reader
        return declare_household(session, who, visit=True, language=scene.locale, **facts)

    return declare


def test_a_household_declares_itself(scene, household, agreed):
    with scene.commune.session() as session:
        household(session)
    agreed(scene.commune.session(), "welcome.declared")


def test_somebody_has_a_household_to_greet(scene, household, agreed):
    with scene.commune.session() as session:
        household(session, greets=True).greet_by = scene.commune.today + timedelta(days=2)
        session.flush()
        relays.remind_relays(session)
    agreed(scene.commune.session(), "welcome.to_greet")
    agreed(scene.commune.session(), "welcome.greet_reminder")


def test_the_kit_is_handed_over(scene, household, agreed):
    with scene.commune.session() as session:
        made = household(session)
        assign_set(session, made)[0].number = "K7Q29FMP"
        session.flush()
        move(session, WORKFLOW, made, "hand")
    agreed(scene.commune.session(), "welcome.kit_handed")


def test_news_and_opinion_are_asked(scene, household, agreed):
    with scene.commune.session() as session:
        made = household(session)
        move(session, WORKFLOW, made, "remind")
        messages.opinion(session, made, Issued(None, "x" * 43, "123456", "K7Q2-9FMP"))
    agreed(scene.commune.session(), "welcome.news")
    agreed(scene.commune.session(), "welcome.opinion")


def test_papers(scene, household, locale):
    with scene.commune.session() as session, speaking(locale):
        made = household(session)
        kit.add_item(session, "step", title="S’inscrire", title_en="Register", words="À la mairie.", words_en="Here.")
        kit.add_item(session, "place", title="La bibliothèque")
        assign_set(session, made)[0].number = "K7Q29FMP"
        session.flush()
        same(f"pdf/booklets.{locale}", pdf_words(papers.booklets(session, [made])))
        same(f"pdf/vouchers_pdf.{locale}", pdf_words(papers.voucher_sheet(session, made)))
        same(f"pdf/poster.{locale}", pdf_words(papers.poster(session)))

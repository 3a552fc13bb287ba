"""Short questionnaires: each sheet kept once, figures that nobody makes up, words that go before the figures."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from civique.core import clock, privacy
from civique.core.feedback.models import FeedbackSheet
from civique.core.feedback.operations import keep_answers
from civique.core.feedback.papers import feedback_form
from civique.core.feedback.queries import questionnaires, summary
from civique.core.people.queries import get_person
from civique.core.registry import modules
from tests.refusals import refuses
from tests.sample.models import Pickup
from tests.sample.operations import ask_pickup


@pytest.fixture
def village(make_commune):
    return make_commune("49002", "sample")


@pytest.fixture
def pickup(village):
    with village.session() as session:
        return ask_pickup(session, None, "Les greniers", village.today + timedelta(days=2))


@pytest.fixture
def asked(services):
    return questionnaires()["pickup"]


def keep(village, asked, pickup, key=None, channel="web", person=None, **answers):
    with village.session() as session:
        about = session.get(Pickup, pickup.id)
        return keep_answers(session, asked, about, answers, channel=channel, key=key or uuid4(), person=person)


def figures(village, asked, pickup):
    with village.session() as session:
        return summary(session, asked, session.get(Pickup, pickup.id))


def test_nothing_is_made_up_when_nobody_answered(village, asked, pickup):
    easy, how, words = figures(village, asked, pickup)
    assert (easy.count, easy.mean) == (0, None)
    assert (how.count, words.words) == (0, ())


def test_who_does_not_say_counts_for_nothing(village, asked, pickup):
    for answers in ({"easy": 5, "how": "site"}, {"easy": 2}, {"easy": None, "words": "Merci"}):
        keep(village, asked, pickup, **answers)
    easy, how, words = figures(village, asked, pickup)
    assert (easy.count, easy.mean) == (2, 3.5)
    assert [number for _label, number in easy.spread] == [0, 1, 0, 0, 1]
    assert [number for _label, number in how.spread] == [1, 0]
    assert words.words == ("Merci",)


def test_another_objects_answers_are_not_counted(village, asked, pickup):
    with village.session() as session:
        other = ask_pickup(session, None, "Une armoire", village.today + timedelta(days=3))
    keep(village, asked, other, easy=1)
    assert figures(village, asked, pickup)[0].count == 0


@pytest.mark.parametrize("wrong", [0, 6, -1, "5", True, 2.5, "a" * 9000])
def test_a_rate_is_one_of_five(village, asked, pickup, wrong):
    with refuses("feedback_answer"):
        keep(village, asked, pickup, easy=wrong)
    assert village.all(FeedbackSheet) == []


def test_a_choice_is_one_that_is_proposed_and_words_are_few(village, asked, pickup):
    with refuses("feedback_answer"):
        keep(village, asked, pickup, how="pigeon")
    with refuses("feedback_answer"):
        keep(village, asked, pickup, words="a" * 1001)
    with pytest.raises(ValueError, match="surprise"):
        keep(village, asked, pickup, surprise=1)


def test_an_empty_sheet_is_no_answer(village, asked, pickup):
    for answers in ({}, {"easy": None, "words": " \n "}):
        with refuses("feedback_empty"):
            keep(village, asked, pickup, **answers)


def test_the_same_sheet_sent_eight_times_at_once_is_kept_once(village, asked, pickup):
    key = uuid4()
    with ThreadPoolExecutor(8) as threads:
        kept = set(threads.map(lambda rate: keep(village, asked, pickup, key, easy=rate % 5 + 1).id, range(8)))
    assert kept == {village.one(FeedbackSheet).id}


def test_an_erased_person_leaves_the_figures(village, asked, pickup):
    person = village.person("Nadia", "Habitante")
    keep(village, asked, pickup, person=person, easy=4, words="Nadia était là")
    with village.session() as session:
        assert "Nadia était là" in str(privacy.export_person(session, get_person(session, person.id), modules()))
        privacy.erase(session, get_person(session, person.id), modules())
    easy, _how, words = figures(village, asked, pickup)
    assert (easy.mean, words.words) == (4, ())


def test_words_go_before_the_figures(village, asked, pickup):
    keep(village, asked, pickup, easy=4, words="Il y a longtemps")
    village.sql("UPDATE feedback_sheet SET created_at = created_at - interval '25 months'")
    recent = keep(village, asked, pickup, words="Hier")
    for _ in range(2):
        with village.session() as session:
            privacy.purge(session, modules())
    easy, _how, words = figures(village, asked, pickup)
    assert (easy.mean, words.words) == (4, ("Hier",))
    assert recent.created_at < clock.now()


def test_paper_asks_the_same(village, asked, pickup):
    with village.session() as session:
        form = feedback_form(asked, session.get(Pickup, pickup.id))
    printed = [item.label for section in form.sections for item in section.items]
    assert printed == [str(question.label) for question in asked.questions]

"""The duty to answer (§1.4): share answered, share in time, median delay, late stock, by channel and module; reminders."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from civique.core.answers.models import AnswerDue
from civique.core.answers.operations import (
    answer_for,
    assign_answer,
    close_answer,
    drop_answer,
    pause_answer,
    postpone_answer,
    resume_answer,
)
from civique.core.answers.reminders import remind_due
from civique.core.audit import AuditEntry
from civique.core.cases.operations import move
from civique.core.indicators.figures import UNKNOWN, exact
from civique.core.indicators.periods import Period
from civique.core.messages.models import Message
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question
from civique.core.questions.workflow import WORKFLOW
from civique.core.registry import modules

YEAR = Period("civil", 2026)


def at(month, day):
    """Nine in the morning of a day of 2026."""
    return time_machine.travel(datetime(2026, month, day, 9, tzinfo=UTC), tick=False)


def ask(commune, channel="web", **facts):
    with commune.session() as session:
        return receive_question(session, text="Où ?", name="Karim", email="karim@exemple.fr", channel=channel, **facts)


def asked(commune, month, day, channel="web"):
    """A question of that day; its answer is due two weeks after."""
    with at(month, day):
        return ask(commune, channel, created_at=datetime(2026, month, day, 9, tzinfo=UTC))


def act(commune, question, operation, *arguments):
    with commune.session() as session:
        return operation(session, session.get(Question, question.id), *arguments)


def answer(commune, question, month, day):
    with at(month, day):
        act(commune, question, lambda session, row: move(session, WORKFLOW, row, "answer", revision=1, answer="Ici."))


def counted(commune, code, period=YEAR):
    with commune.session() as session:
        found = modules().indicators[code].compute(session, period)
    return {one.channel or one.category: one for one in found}


def figures(commune, code, period=YEAR):
    return {name: one.figure for name, one in counted(commune, code, period).items()}


@pytest.fixture
def answers(commune):
    """Asked in May: two on the web (answered after 2 and 12 working days), one on paper (late), one dropped."""
    answer(commune, asked(commune, 5, 4), 5, 6)
    answer(commune, asked(commune, 5, 11), 5, 29)
    asked(commune, 5, 12, "paper")
    with at(5, 13):
        act(commune, asked(commune, 5, 13, "phone"), drop_answer)


def test_what_the_duty_to_answer_names_is_counted_by_channel(commune, answers):
    with at(6, 30):
        assert figures(commune, "core.answered") == {"": exact("66.7"), "web": exact(100), "paper": exact(0)}
        assert figures(commune, "core.answered_in_time") == {"": exact("33.3"), "web": exact(50), "paper": exact(0)}
        # The 14th and the 25th of May 2026 (Ascension, Whit Monday) do not count.
        assert figures(commune, "core.answer_delay") == {"": exact(7), "web": exact(7)}
        assert figures(commune, "core.answers_late") == {"": exact(1), "paper": exact(1)}
        assert counted(commune, "core.answered")[""].base == 3


def test_nothing_asked_is_unknown_and_nothing_is_late(commune):
    for code in ("core.answered", "core.answered_in_time", "core.answer_delay"):
        assert figures(commune, code) == {"": UNKNOWN}
    assert figures(commune, "core.answers_late") == {"": exact(0)}


def test_before_its_day_an_answer_is_neither_in_time_nor_late(commune):
    asked(commune, 5, 4)
    with at(5, 18):
        assert figures(commune, "core.answered_in_time") == {"": UNKNOWN}
        assert figures(commune, "core.answers_late") == {"": exact(0)}
    with at(5, 19):
        assert figures(commune, "core.answered_in_time")[""] == exact(0)
        assert figures(commune, "core.answers_late")[""] == exact(1)


def test_figures_of_an_earlier_day_do_not_know_what_came_after(commune, answers):
    with at(6, 30):
        then = Period("civil", 2026, until=date(2026, 5, 28))
        assert figures(commune, "core.answered", then)[""] == exact("33.3")
        assert figures(commune, "core.answered_in_time", then)[""] == exact("33.3")
        assert figures(commune, "core.answer_delay", then)[""] == exact(2)
        assert figures(commune, "core.answers_late", then) == {"": exact(2), "web": exact(1), "paper": exact(1)}


def test_the_time_that_it_waits_for_who_asked_is_taken_off(commune):
    question = asked(commune, 6, 1)
    with at(6, 2):
        act(commune, question, pause_answer)
    with at(6, 20):
        assert figures(commune, "core.answers_late")[""] == exact(0)
        assert figures(commune, "core.answered_in_time")[""] == UNKNOWN
        act(commune, question, resume_answer)
        assert figures(commune, "core.answers_late")[""] == exact(1)
    answer(commune, question, 6, 23)
    with at(6, 30):
        assert figures(commune, "core.answer_delay")[""] == exact(2)


def test_a_pause_ends_with_the_answer(commune):
    question = asked(commune, 6, 1)
    with at(6, 2):
        act(commune, question, pause_answer)
    with at(6, 5):
        act(commune, question, close_answer)
    found = commune.one(AnswerDue)
    assert (found.state, found.paused_on, found.pauses) == ("answered", None, ["2026-06-02/2026-06-05"])


def test_a_module_that_is_off_is_not_counted(commune, answers):
    commune.sql("UPDATE answer_due SET module = 'gone' WHERE channel = 'paper'")
    with at(6, 30):
        assert figures(commune, "core.answered") == {"": exact(100), "web": exact(100)}


def remind(commune, names=("core",)):
    with commune.session() as session:
        remind_due(session, names)


def test_an_answer_is_reminded_once_before_its_day(commune, mailbox):
    clerk = commune.person("Sylvie", "Moreau", "secretary")
    for day in (4, 5):
        question = asked(commune, 5, day)
        with commune.session() as session:
            assign_answer(session, answer_for(session, question), session.get(type(clerk), clerk.id))
    unowned = asked(commune, 5, 4, "paper")
    with at(5, 14):
        remind(commune)
        assert not any(due.reminded_at for due in commune.all(AnswerDue)), "four days before is early"
    with at(5, 16):
        for _again in range(2):
            remind(commune)
    assert all(due.reminded_at for due in commune.all(AnswerDue))
    assert commune.one(AnswerDue, object_id=unowned.id).owner_id is None
    message = commune.one(Message, kind="core.answers_reminder")
    assert (message.person_id, message.content["subject"]) == (clerk.id, "2 réponses à votre nom sont attendues")
    assert "Où ?" not in str(message.content), "what residents wrote stays in the back office"
    assert len(commune.all(AuditEntry, action="answer.reminded")) == 3


def test_two_runs_at_once_remind_once(commune):
    clerk = commune.person("Sylvie", "Moreau", "secretary")
    question = ask(commune)
    with commune.session() as session:
        due = answer_for(session, question)
        assign_answer(session, due, session.get(type(clerk), clerk.id))
        due.due_on = commune.today - timedelta(days=9)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(remind, commune) for _ in range(2)]:
            done.result()
    assert commune.one(Message, kind="core.answers_reminder").content["paragraphs"][1] == "Une réponse est en retard."


def test_what_waits_for_somebody_else_is_not_reminded(commune):
    """Answered, paused, of a module that is off, in charge of somebody who left, or who reads no e-mail."""
    gone, offline = commune.person("Luc", "Petit"), commune.person("Paul", "Roy", "secretary")
    questions = [asked(commune, 5, 4) for _ in range(5)]
    answer(commune, questions[0], 5, 5)
    with at(5, 6):
        act(commune, questions[1], pause_answer)
    commune.sql("UPDATE answer_due SET module = 'fund' WHERE object_id = :id", id=questions[2].id)
    commune.sql("UPDATE person SET channel = 'phone' WHERE id = :id", id=offline.id)
    for question, person in ((questions[3], gone), (questions[4], offline)):
        with commune.session() as session:
            assign_answer(session, answer_for(session, question), session.get(type(person), person.id))
    with at(5, 30):
        remind(commune)
    reminded = {due.object_id for due in commune.all(AnswerDue) if due.reminded_at}
    assert reminded == {questions[3].id, questions[4].id}
    assert commune.all(Message, kind="core.answers_reminder") == []


def test_a_later_day_is_reminded_in_its_turn(commune):
    question = asked(commune, 5, 4)
    with at(5, 18):
        remind(commune)
        act(commune, question, postpone_answer, date(2026, 6, 15))
        remind(commune)
        assert commune.one(AnswerDue).reminded_at is None
    with at(6, 14):
        remind(commune)
        assert commune.one(AnswerDue).reminded_at is not None


def test_the_daily_job_reminds_of_the_modules_that_are_on(commune, run_jobs):
    from civique.core.outbox import enqueue

    assert modules().jobs["core.remind_answers"].daily
    ask(commune)
    commune.sql("UPDATE answer_due SET due_on = :day", day=commune.today)
    with commune.session() as session:
        enqueue(session, "core.remind_answers")
    run_jobs()
    assert commune.one(AnswerDue).reminded_at is not None


@pytest.mark.parametrize("insee", ["49030", "97411", "98735"])
@pytest.mark.parametrize(
    ("asked_on", "due_on"), [(date(2026, 3, 25), date(2026, 4, 8)), (date(2026, 10, 20), date(2026, 11, 3))]
)
def test_an_answer_is_due_until_midnight_there_across_a_change_of_hour(make_commune, insee, asked_on, due_on):
    commune = make_commune(insee)
    there = ZoneInfo(commune.tenant.time_zone)
    last_minute = time(23, 59)
    with time_machine.travel(datetime.combine(asked_on, last_minute, there), tick=False):
        ask(commune)
    assert commune.one(AnswerDue).due_on == due_on
    midnight = datetime.combine(due_on + timedelta(days=1), time(), there)
    with time_machine.travel(datetime.combine(due_on, last_minute, there), tick=False):
        assert figures(commune, "core.answers_late")[""] == exact(0)
    with time_machine.travel(midnight, tick=False):
        assert figures(commune, "core.answers_late")[""] == exact(1)

"""The course of a case as its applicant sees it: what is done, under way and to come, from the workflow alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from civique.core.cases.course import Stage, Step, course
from civique.core.cases.workflow import APPLICANT, NOBODY, State, Workflow
from civique.core.i18n import speaking

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
STATES = (
    State("received", "Received"),
    State("incomplete", "Incomplete", waits_for=APPLICANT, step="Something is missing"),
    State("ready", "Ready"),
    State("lent", "Lent", waits_for=NOBODY, step="Lent to you"),
    State("refused", "Refused", waits_for=NOBODY, step="Not possible"),
    State("withdrawn", "Withdrawn", told="Given up", waits_for=NOBODY),
)
STAGES = (
    Stage("Reading", ("received", "incomplete", "refused"), ("ready",), "Complete", "Somebody reads it."),
    Stage("Paper", ("never",), ("never",), when=lambda case: case.paper),
    Stage("Answer", ("ready",), ("lent",), answered=True),
)
WORKFLOW = Workflow(
    name="loan",
    model=SimpleNamespace,
    states=STATES,
    transitions=(),
    title=lambda case: "",
    desk_path=lambda case: "",
    service=lambda session, case: "",
    mine=lambda session, person: (),
    stages=STAGES,
)


@pytest.fixture(autouse=True)
def in_a_village(commune):
    """Days are those of a commune."""
    with commune.session():
        yield


def case(*states, paper=False, motive=""):
    """A case that went through these states, a day each."""
    steps = [
        SimpleNamespace(state=state, at=MORNING + timedelta(days=rank), motive=motive if state == states[-1] else "")
        for rank, state in enumerate(states)
    ]
    return SimpleNamespace(state=states[-1], steps=steps, created_at=MORNING, channel="paper", paper=paper)


def shown(*states, **facts):
    with speaking("en"):
        return [(step.title, step.state) for step in course(WORKFLOW, case(*states, **facts))]


@pytest.mark.parametrize(
    ("states", "steps"),
    [
        (("received",), [("Sent", "done"), ("Reading", "now"), ("Answer", "todo")]),
        (("received", "incomplete"), [("Sent", "done"), ("Something is missing", "now"), ("Answer", "todo")]),
        (("received", "ready"), [("Sent", "done"), ("Complete", "done"), ("Answer", "now")]),
        (("received", "ready", "lent"), [("Sent", "done"), ("Complete", "done"), ("Lent to you", "done")]),
        (("received", "refused"), [("Sent", "done"), ("Not possible", "done")]),
        (("received", "ready", "withdrawn"), [("Sent", "done"), ("Complete", "done"), ("Given up", "done")]),
    ],
)
def test_what_is_done_under_way_and_to_come(states, steps):
    assert shown(*states) == steps


def test_a_stage_that_is_not_for_every_case():
    assert ("Paper", "todo") in shown("received", paper=True)
    assert ("Paper", "todo") not in shown("received")


def test_days_channel_and_reason_are_said():
    due = SimpleNamespace(due_on=date(2026, 11, 20))
    with speaking("en"):
        steps = course(WORKFLOW, case("received", "incomplete", motive="A quote"), due)
    assert steps[0].text.endswith(", on paper.")
    assert steps[1].text.endswith(". A quote")
    assert "20 November 2026" in steps[2].text


def test_a_step_without_state_stands_where_it_is_declared():
    own = Stage(own=lambda case: iter([Step("Paid", "", "now")]))
    workflow = replace(WORKFLOW, stages=(STAGES[0], own))
    with speaking("en"):
        assert [step.title for step in course(workflow, case("received"))] == ["Sent", "Reading", "Paid"]

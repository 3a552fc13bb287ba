"""Phases that keep what was planned beside what happened; links and the chain of origins."""

from datetime import date, timedelta

import pytest

from civique.core import links, phases
from civique.core.agenda.operations import plan_event
from civique.core.clock import now
from civique.core.links import End, Link
from civique.core.phases import Phase, Planned

TODAY = date(2026, 6, 15)


@pytest.fixture
def events(commune):
    """Three rows to hang things on."""
    with commune.session() as session:
        return [plan_event(session, title=f"Rencontre {n}", starts_at=now() + timedelta(days=n)) for n in (1, 2, 3)]


def phase(**facts):
    return Phase(position=0, title="Dépôt", **facts)


@pytest.mark.parametrize(
    ("facts", "state", "late"),
    [
        ({}, "todo", False),
        ({"planned_from": date(2026, 7, 1)}, "todo", False),
        ({"planned_from": date(2026, 6, 1), "planned_to": date(2026, 6, 30)}, "now", False),
        ({"planned_from": date(2026, 5, 1), "planned_to": date(2026, 5, 30)}, "done", False),
        ({"started_on": date(2026, 6, 1)}, "now", False),
        ({"started_on": date(2026, 5, 1), "planned_to": date(2026, 5, 30)}, "now", True),
        ({"started_on": date(2026, 5, 1), "ended_on": date(2026, 6, 2), "planned_to": date(2026, 5, 30)}, "done", True),
        (
            {"started_on": date(2026, 5, 1), "ended_on": date(2026, 5, 2), "planned_to": date(2026, 5, 30)},
            "done",
            False,
        ),
    ],
)
def test_a_phase_is_done_current_or_to_come(facts, state, late):
    one = phase(**facts)
    assert (one.state(TODAY), one.late(TODAY)) == (state, late)


def test_a_plan_that_changes_keeps_what_happened(commune, events):
    about = events[0]
    with commune.session() as session:
        first, _second = phases.plan(
            session, about, [Planned("Idées", date(2026, 1, 1), date(2026, 2, 1)), Planned("Vote")]
        )
        phases.close_phase(session, first, "200 idées", on=date(2026, 2, 10))
        phases.plan(
            session,
            about,
            [Planned("Idées des habitants", date(2026, 1, 1), date(2026, 2, 1)), Planned("Vote"), Planned("Bilan")],
        )
    with commune.session() as session:
        found = phases.phases(session, about)
        assert [p.title for p in found] == ["Idées des habitants", "Vote", "Bilan"]
        assert (found[0].figure, found[0].ended_on, found[0].planned_to) == (
            "200 idées",
            date(2026, 2, 10),
            date(2026, 2, 1),
        )
        phases.plan(session, about, [Planned("Idées")])
        assert [p.title for p in phases.phases(session, about)] == ["Idées"]


def test_a_phase_does_not_end_before_it_begins(commune, events):
    with commune.session() as session:
        one = phases.plan(session, events[0], [Planned("Idées")])[0]
        phases.start_phase(session, one, on=date(2026, 3, 1))
        with pytest.raises(ValueError, match="before it begins"):
            phases.close_phase(session, one, on=date(2026, 2, 1))


def end(row):
    return End(row, row.title, f"/agenda/{row.id}")


def test_the_chain_of_origins_goes_back_to_the_first_idea(commune, events):
    idea, proposal, project = events
    with commune.session() as session:
        links.link(session, "born_of", end(project), end(proposal))
        links.link(session, "born_of", end(proposal), end(idea))
        links.link(session, "born_of", end(proposal), end(idea))
        assert [step.to_title for step in links.origins(session, project)] == ["Rencontre 2", "Rencontre 1"]
        assert len(links.links_of(session, proposal)) == 2
        with pytest.raises(ValueError, match="its own origin"):
            links.link(session, "born_of", end(idea), end(project))


def test_a_title_that_named_somebody_is_renamed_on_both_ends(commune, events):
    idea, proposal, _project = events
    with commune.session() as session:
        links.link(session, "born_of", end(proposal), end(idea))
        links.rename(session, idea, "FIC-2026-0001")
        assert [step.to_title for step in links.origins(session, proposal)] == ["FIC-2026-0001"]
        links.unlink(session, "born_of", proposal, idea)
        assert links.origins(session, proposal) == []


def test_links_go_with_their_object(commune, events):
    idea, proposal, project = events
    with commune.session() as session:
        links.link(session, "born_of", end(proposal), end(idea))
        links.link(session, "follows", end(project), end(proposal))
        links.forget(session, proposal)
    assert commune.all(Link) == []

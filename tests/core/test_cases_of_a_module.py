"""What the house does for the cases of every module, tried on those of the skeleton."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from civique.core import clock, privacy
from civique.core.cases import missing
from civique.core.cases.delays import Delays
from civique.core.cases.indicators import received
from civique.core.cases.models import MissingItem
from civique.core.cases.operations import move
from civique.core.claims.operations import accept_claim, ask_claim
from civique.core.committees import operations as committees
from civique.core.committees.events import OpinionRecorded
from civique.core.committees.queries import item_sources
from civique.core.events import tell
from civique.core.indicators.formulas import median
from civique.core.indicators.periods import Period
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.skeleton.manifest import MANIFEST
from civique.skeleton.models import SkeletonRequest
from civique.skeleton.operations import ask
from civique.skeleton.workflow import WORKFLOW
from civique.web.audit_labels import labels
from tests.refusals import refuses

DAY = date(2031, 6, 7)
FACTS = {"title": "Six tables", "purpose": "Fête de la rue", "starts_on": DAY, "ends_on": DAY}
(FORGET,) = MANIFEST.jobs


@pytest.fixture
def town(make_commune):
    """A village where the module is on."""
    return make_commune("49030", "skeleton")


def asked(session, person, **facts):
    """A request of somebody."""
    return ask(session, get_person(session, person.id), **{**FACTS, **facts})


@pytest.mark.parametrize(
    ("kind", "name", "facts"),
    [
        ("case.received", "", {}),
        ("case.to_complete", "ask_missing", {"labels": ["Une attestation d’assurance"]}),
        ("case.moved", "refuse", {"motive": "Les tables sont prises ce jour-là."}),
        ("case.moved--accepted", "agree", {}),
    ],
)
def test_words_of_every_case(scene, agreed, kind, name, facts):
    scene.commune.switch_on("skeleton")
    with scene.commune.session() as session:
        case = asked(session, scene.reader)
        if name:
            move(session, WORKFLOW, case, name, **facts)
    kind, _dashes, variant = kind.partition("--")
    agreed(scene.commune.session(), kind, variant=variant)


def test_a_paper_of_any_module_is_found_and_attached(town):
    paper, nadia = town.person("Paulette", "Papier", email=None), town.person("Paulette", "Papier")
    with town.session() as session:
        by_site = asked(session, nadia)
        case = asked(session, paper, channel="paper")
        with refuses("unknown"):
            ask_claim(session, get_person(session, nadia.id), by_site.reference, "Paulette Papier")
        claim = ask_claim(session, get_person(session, nadia.id), case.reference.lower(), "papier paulette")
        accept_claim(session, claim, claim.revision)
        assert case.applicant_id == nadia.id
    assert town.sql("SELECT count(*) FROM audit_entry WHERE action = 'skeleton.request_attached'") == [(1,)]


def test_a_committee_reads_it_and_gives_its_opinion(town):
    with town.session() as session:
        case = asked(session, town.person("Nadia", "Habitante"))
        meeting = committees.plan_meeting(session, committees.create_committee(session, "Vie locale"), clock.now())
        (source,) = item_sources(session)
        assert "Fête de la rue" in source.summary
        assert source.people == (case.applicant_id,)
        item = committees.add_item(session, meeting, source)
        item.verdict, item.opinion, item.given_at = "adjourned", "Plus tard", clock.now()
        tell(session, OpinionRecorded(item))
        assert case.state == "received", "put off, it is none yet"
        item.verdict = "favourable"
        tell(session, OpinionRecorded(item))
        assert case.state == "advised"
        tell(session, OpinionRecorded(item))


def test_what_is_given_too_late_is_refused_in_words(town):
    with town.session() as session:
        case = asked(session, town.person("Nadia", "Habitante"))
        move(session, WORKFLOW, case, "ask_missing", labels=["Une attestation"])
        move(session, WORKFLOW, case, "completed")
        with refuses("elsewhere") as caught:
            missing.give(session, case, case.missing[0], "La voici", None)
        assert "Nothing was changed" in str(caught.value) or "Rien n’a été" in str(caught.value)
        assert case.missing[0].given_at is None


def test_delays_are_the_working_days_of_an_answer_less_its_pauses(town):
    delays = Delays(SkeletonRequest, ("agreed", "refused"), ("to_complete",))
    days = {
        "received": 1,
        "to_complete": 2,
        "agreed": 5,
    }  # of June 2026, a Monday first; given on Thursday, like received
    with town.session() as session:
        answered, waiting = (asked(session, town.person("Nadia", name)) for name in ("Une", "Deux"))
        move(session, WORKFLOW, answered, "ask_missing", labels=["Une attestation"])
        move(session, WORKFLOW, answered, "completed")
        move(session, WORKFLOW, answered, "agree")
        for rank, step in enumerate(answered.steps):
            step.at = datetime(2026, 6, 4 if rank == 2 else days[step.state], 9, tzinfo=UTC)
        session.flush()
        every = select(SkeletonRequest.id)
        assert delays.by_channel(session, every) == {"web": [1]}
        assert delays.by_channel(session, every.where(SkeletonRequest.id == waiting.id)) == {}
        year, before = Period("civil", 2026), Period("civil", 2025)
        assert session.scalars(delays.answered_in(year)).all() == [answered.id]
        whole, web = delays.measured(median)(session, year)
        assert (whole.figure.value, whole.base, web.figure.value, web.channel) == (1, 1, 1, "web")
        assert session.scalars(delays.answered_in(before)).all() == []


def test_those_received_in_a_year_are_counted_by_another_day_than_that_of_their_row(town):
    with town.session() as session:
        case = asked(session, town.person("Nadia", "Une"))
        case.created_at = datetime(2020, 5, 4, tzinfo=UTC)
        session.flush()
        counts = [
            count(session, Period("civil", 2020))[0].figure.value
            for count in (received(SkeletonRequest), received(SkeletonRequest, SkeletonRequest.starts_on))
        ]
    assert counts == [1, 0]


def test_nobody_is_named_long_after(town):
    with town.session() as session:
        waiting, over = (asked(session, town.person("Nadia", name)) for name in ("Une", "Deux"))
        move(session, WORKFLOW, over, "ask_missing", labels=["Une attestation"])
        over.missing[0].answer, over.missing[0].given_at = "La voici", clock.now()
        move(session, WORKFLOW, over, "completed")
        move(session, WORKFLOW, over, "agree")
        FORGET.run(session)
        assert over.applicant_id is not None
        for step in (*over.steps, *waiting.steps):
            step.at -= timedelta(days=4000)
        session.flush()
        FORGET.run(session)
        FORGET.run(session)
        assert (over.applicant_id, over.purpose, over.missing[0].answer) == (None, "", "")
        assert waiting.applicant_id is not None, "what is not over still waits for an answer"
    assert town.sql("SELECT count(*) FROM audit_entry WHERE action = 'skeleton.request_forgotten'") == [(1,)]


def test_the_person_leaves(town):
    nadia = town.person("Nadia", "Habitante")
    with town.session() as session:
        case = asked(session, nadia)
        move(session, WORKFLOW, case, "ask_missing", labels=["Une attestation"])
        session.get(MissingItem, case.missing[0].id).answer = "Nadia la donne"
        held = privacy.export_person(session, case.applicant, modules())["skeleton_requests"]
        assert held[0]["reference"] == case.reference
        privacy.erase(session, get_person(session, nadia.id), modules())
    left = town.one(SkeletonRequest)
    assert (left.applicant_id, left.purpose) == (None, "")
    assert "Nadia" not in str(town.sql("SELECT * FROM missing_item, answer_due"))


def test_what_happens_to_a_case_is_said_without_a_line_in_the_module(services):
    said = {code for code in labels() if code.startswith("skeleton.request_")}
    states = {state.code for state in WORKFLOW.states}
    assert said == {
        f"skeleton.request_{code}" for code in (*states, "given", "added", "assigned", "attached", "forgotten")
    }

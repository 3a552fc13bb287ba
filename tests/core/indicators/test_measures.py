"""Figures kept: entered, validated, corrected, counted by the software; two agents at once; what the database refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from civique.core import i18n
from civique.core.audit import AuditEntry
from civique.core.indicators import computing, operations, queries, sheets
from civique.core.indicators.figures import UNKNOWN, about, between, exact, more_than
from civique.core.indicators.models import Indicator, Measure
from civique.core.questions.operations import receive_question
from civique.core.registry import modules
from tests.fixtures import in_loire_authion
from tests.refusals import refuses

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False), i18n.speaking("fr"):
        yield


@pytest.fixture
def clerk(commune):
    return commune.person("Sylvie", "Moreau", "secretary")


@pytest.fixture
def meetings(commune, clerk):
    """A manual indicator, made in March 2025 so that 2025 is its own and 2024 is history."""
    with commune.session(clerk) as session:
        made = operations.add_indicator(
            session, label="Rencontres tenues", nature="count", people=False, public=True, first_period=2025
        )
        made.created_at = datetime(2025, 3, 1, tzinfo=UTC)
    return made


def enter(commune, clerk, indicator, year, figure, seen=None, **facts):
    with commune.session(clerk) as session:
        return operations.enter(
            session, session.get(Indicator, indicator.id), year, figure, note="Comptage du service", seen=seen, **facts
        )


def freeze(commune, clerk, indicator, year, seen=None):
    with commune.session(clerk) as session:
        found = session.get(Indicator, indicator.id)
        seen = seen or operations.fingerprint(queries.period_measures(session, found, year))
        return operations.freeze(session, found, year, seen=seen, declaration=modules().indicators.get(found.code))


def shown(commune, indicator, **options):
    with commune.session() as session:
        found = session.get(Indicator, indicator.id)
        measures = queries.in_force(session, [found.id])[found.id]
        return sheets.sheet(found, measures, TODAY, **{"protect": False, **options})


def test_a_figure_of_before_the_software_is_history_and_validated_at_once(commune, clerk, meetings):
    row = enter(commune, clerk, meetings, 2024, more_than(65))
    assert (row.source, row.status, row.author_id) == ("history", "frozen", clerk.id)
    assert shown(commune, meetings).lines[-1].text == "plus de 65"


def test_a_figure_is_entered_then_validated_then_corrected(commune, clerk, meetings):
    first = enter(commune, clerk, meetings, 2025, exact(4))
    second = enter(commune, clerk, meetings, 2025, about(5), seen=first.id)
    assert freeze(commune, clerk, meetings, 2025) == 1
    with refuses("frozen"):
        enter(commune, clerk, meetings, 2025, exact(6), seen=second.id)
    with commune.session(clerk) as session:
        measure = session.get(Measure, second.id)
        found = session.get(Indicator, meetings.id)
        operations.correct(session, found, measure, exact(6), reason="Une feuille retrouvée")
    rows = sorted(commune.all(Measure), key=lambda m: m.version)
    assert [(m.version, m.status, m.figure) for m in rows] == [
        (1, "superseded", exact(4)),
        (2, "superseded", about(5)),
        (3, "frozen", exact(6)),
    ]
    assert rows[1].frozen_by_id == clerk.id  # it was validated, and says so still
    assert rows[2].reason == "Une feuille retrouvée"
    actions = [e.action for e in commune.all(AuditEntry) if e.object_id == meetings.id]
    assert actions == [
        "indicator.added",
        "indicator.entered",
        "indicator.entered",
        "indicator.validated",
        "indicator.corrected",
    ]


def test_refusals(commune, clerk, meetings):
    with commune.session(clerk) as session:
        blank = operations.add_indicator(session, action="Action 7")
    with refuses("blank"):
        enter(commune, clerk, blank, 2025, exact(1))
    with refuses("not_begun"):
        enter(commune, clerk, meetings, 2027, exact(1))
    with refuses("not_over"):
        freeze(commune, clerk, meetings, 2026)
    with refuses("nothing"):
        freeze(commune, clerk, meetings, 2025)
    row = enter(commune, clerk, meetings, 2025, exact(4))
    with pytest.raises(StaleDataError):
        enter(commune, clerk, meetings, 2025, exact(5))
    with pytest.raises(StaleDataError):
        freeze(commune, clerk, meetings, 2025, seen="what was shown yesterday")
    with commune.session(clerk) as session:  # never validated: entered, not corrected
        found, measure = session.get(Indicator, meetings.id), session.get(Measure, row.id)
        with pytest.raises(StaleDataError):
            operations.correct(session, found, measure, exact(1), reason="x")


def test_a_blank_is_defined_with_its_date_and_its_meeting(commune, clerk):
    with commune.session(clerk) as session:
        blank = operations.add_indicator(session, action="Action 7", module="core", public=True)
        assert queries.count_states(session, {"core"}, TODAY)["to_define"] == 1
    assert shown(commune, blank).title == "à définir"
    with commune.session(clerk) as session:
        found = session.get(Indicator, blank.id)
        operations.define(
            session,
            found,
            label="Conseils actifs",
            nature="count",
            definition="Trois séances dans l’année",
            defined_on=date(2026, 11, 3),
            meeting="Comité de pilotage",
        )
        assert queries.count_states(session, {"core"}, TODAY)["to_define"] == 0
    row = commune.one(Indicator, id=blank.id)
    assert (row.meeting, row.defined_on, row.defined_by_id) == ("Comité de pilotage", date(2026, 11, 3), clerk.id)


def test_the_nature_of_what_has_figures_does_not_change(commune, clerk, meetings):
    enter(commune, clerk, meetings, 2025, exact(4))
    with commune.session(clerk) as session:
        found = session.get(Indicator, meetings.id)
        with refuses("has_figures"):
            operations.define(session, found, nature="amount", definition="", defined_on=TODAY, meeting="x")


def test_two_agents_validate_at_once_and_one_version_is_kept(commune, clerk, meetings):
    enter(commune, clerk, meetings, 2025, exact(4))
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(freeze, commune, clerk, meetings, 2025) for _ in range(2)]
    assert {getattr(t.exception(), "rule", None) for t in tries} == {"frozen", None}
    assert [m.status for m in commune.all(Measure)] == ["frozen"]


def test_two_agents_enter_at_once_and_the_second_is_told(commune, clerk, meetings):
    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(enter, commune, clerk, meetings, 2025, exact(n)) for n in (4, 5)]
    assert sorted(type(t.exception()).__name__ for t in tries) == ["NoneType", "StaleDataError"]
    assert len(commune.all(Measure)) == 1


@pytest.mark.parametrize(
    "change",
    [
        "value = NULL",
        "qualifier = 'range'",
        "qualifier = 'fewer'",
        "note = ''",
        "author_id = NULL",
        "status = 'frozen'",
        "channel = 'smoke'",
        "version = 0",
    ],
)
def test_the_database_refuses_what_means_nothing(commune, clerk, meetings, change):
    enter(commune, clerk, meetings, 2025, exact(4))
    with pytest.raises(IntegrityError), commune.session() as session:
        session.execute(text(f"UPDATE measure SET {change}"))


def test_the_database_keeps_one_figure_in_force(commune, clerk, meetings):
    first = enter(commune, clerk, meetings, 2025, exact(4))
    enter(commune, clerk, meetings, 2025, exact(5), seen=first.id)
    with pytest.raises(IntegrityError), commune.session() as session:
        session.execute(text("UPDATE measure SET status = 'to_date'"))


@pytest.mark.parametrize(
    "change",
    [
        "label = 'x', nature = NULL",
        "horizon = 0",
        "meeting = 'x'",
        "target_qualifier = 'range'",
        "first_period = NULL, first_period_reason = 'x'",
        "label = '', source = 'computed'",
    ],
)
def test_the_database_refuses_an_indicator_that_means_nothing(commune, meetings, change):
    with pytest.raises(IntegrityError), commune.session() as session:
        session.execute(text(f"UPDATE indicator SET {change} WHERE id = :id"), {"id": meetings.id})


# What pages show -------------------------------------------------------------------------------------------------------


def test_the_horizon_is_the_indicator_s_own(commune, clerk, meetings):
    with commune.session() as session:
        found = session.get(Indicator, meetings.id)
        found.first_period, found.horizon = 2024, 3
    enter(commune, clerk, meetings, 2024, exact(12))
    sheet = shown(commune, meetings)
    assert [c.text for c in sheet.changes] == ["attendu en 2027"]
    assert [(line.label, line.text) for line in sheet.lines] == [("2027", "attendu en 2027"), ("2024", "12")]


def test_figures_follow_one_another_from_n(commune, clerk, meetings):
    with commune.session() as session:
        session.get(Indicator, meetings.id).first_period = 2023
    for year, figure in ((2023, exact(4)), (2024, exact(6)), (2025, between(7, 8))):
        enter(commune, clerk, meetings, year, figure)
    sheet = shown(commune, meetings)
    assert [c.text for c in sheet.changes] == ["+2 (+50,0\u202f%)", "de +1 à +2", "attendu en 2026"]
    assert sheet.changes[0].good is True
    assert sheet.chart is not None
    assert [bar.look for bar in sheet.chart.bars] == ["exact", "exact", "waiting"]


def test_the_public_sees_no_draft(commune, clerk, meetings):
    enter(commune, clerk, meetings, 2025, exact(4))
    assert shown(commune, meetings, published=True).last is None
    with commune.session() as session:
        assert not queries.has_public_figures(session, {"core"})
    freeze(commune, clerk, meetings, 2025)
    assert shown(commune, meetings, published=True).last.text == "4"
    with commune.session() as session:
        assert queries.has_public_figures(session, {"core"})
        assert not queries.has_public_figures(session, set())


@in_loire_authion
def test_small_numbers_of_people_leave_no_trace_in_what_is_public(commune, clerk, meetings):
    from civique.core.territory.queries import territories

    with commune.session() as session:
        found = session.get(Indicator, meetings.id)
        found.people, found.first_period = True, 2024
        villages = territories(session, "delegated")[:3]
    enter(commune, clerk, meetings, 2024, exact(3))
    enter(commune, clerk, meetings, 2025, exact(40))
    for village, count in zip(villages, (3, 17, 20), strict=True):
        enter(commune, clerk, meetings, 2025, exact(count), territory=village)
    sheet = shown(commune, meetings, protect=True)
    cells = {(period.year, part): figure for period, _axis, part, figure, _state in sheet.open_data()}
    assert cells[2024, ""].value == 5  # « < 5 »
    assert sheet.lines[-1].text == "<\u00a05"
    assert sheet.changes[0].text == "de +36 à +40"
    shown_cells = [c.text for _name, row in sheet.splits[0].rows for c in row]
    assert shown_cells == ["<\u00a05", "17", "non publié"]
    assert sheet.hidden
    values = {str(figure.value) for figure in cells.values()}
    assert "3.0000" not in values


def test_shares_of_fewer_than_five_answers_are_not_shown(commune, clerk, meetings):
    with commune.session() as session:
        session.get(Indicator, meetings.id).nature = "satisfaction"
    enter(commune, clerk, meetings, 2025, exact(75), base=4)
    assert shown(commune, meetings, protect=True).lines[-1].text == "n.\u00a0d."
    assert shown(commune, meetings).lines[-1].text == "75\u202f%"


# Counted by the software -----------------------------------------------------------------------------------------------


def count(commune):
    with commune.session() as session:
        computing.recompute(session, modules().of(commune.tenant))


def ask(commune, channel="web", when=NOON):
    with commune.session() as session:
        question = receive_question(
            session, text="Une question", name="Karim", email="karim@exemple.fr", channel=channel
        )
        question.created_at = when


def known_since(commune, day):
    commune.sql("UPDATE indicator SET created_at = CAST(:day AS timestamptz)", day=f"{day}T00:00:00Z")


def core_figures(commune, year):
    indicator = commune.one(Indicator, code="core.questions")
    rows = [m for m in commune.all(Measure, indicator_id=indicator.id, period=year) if m.status != "superseded"]
    return {m.channel: m.figure for m in rows}


def test_counted_every_day_and_nothing_the_second_time(commune):
    known_since(commune, "2026-02-01")
    ask(commune)
    ask(commune, "phone")
    count(commune)
    before = [(m.id, m.at) for m in commune.all(Measure)]
    count(commune)
    assert [(m.id, m.at) for m in commune.all(Measure)] == before
    assert core_figures(commune, 2026) == {"": exact(2), "web": exact(1), "phone": exact(1)}


def test_a_validated_count_is_left_alone_then_corrected_by_a_version(commune, clerk):
    known_since(commune, "2025-01-01")
    ask(commune, when=datetime(2025, 6, 1, 12, tzinfo=UTC))
    count(commune)
    indicator = commune.one(Indicator, code="core.questions")
    assert core_figures(commune, 2025)[""] == exact(1)
    with refuses("computed"):
        enter(commune, clerk, indicator, 2025, exact(9))
    freeze(commune, clerk, indicator, 2025)
    with commune.session() as session:
        session.execute(text("DELETE FROM question"))
    count(commune)
    assert core_figures(commune, 2025)[""] == exact(1)


def test_a_count_is_kept_when_what_it_rests_on_is_purged(commune, clerk):
    known_since(commune, "2024-01-01")
    with time_machine.travel(datetime(2025, 11, 1, tzinfo=UTC), tick=False):
        ask(commune, when=datetime(2024, 6, 1, tzinfo=UTC))
        count(commune)
    commune.sql("DELETE FROM question")
    count(commune)
    assert core_figures(commune, 2024)[""] == exact(1)
    freeze(commune, clerk, commune.one(Indicator, code="core.questions"), 2024)
    assert core_figures(commune, 2024)[""] == exact(1)


def test_a_count_that_moved_since_it_was_read_is_not_validated(commune, clerk):
    known_since(commune, "2025-01-01")
    count(commune)
    indicator = commune.one(Indicator, code="core.questions")
    with commune.session() as session:
        seen = operations.fingerprint(queries.period_measures(session, indicator, 2025))
    ask(commune, when=datetime(2025, 6, 1, 12, tzinfo=UTC))
    with pytest.raises(StaleDataError):
        freeze(commune, clerk, indicator, 2025, seen=seen)


def test_to_date_is_compared_with_the_same_day(commune):
    with commune.session() as session:
        session.execute(text("UPDATE indicator SET created_at = '2024-12-01T00:00:00Z', first_period = 2025"))
        found = queries.by_code(session, "core.questions")
        assert computing.to_the_day(session, found, modules().indicators["core.questions"], 2025) == exact(0)
        assert computing.to_the_day(session, found, modules().indicators["core.questions"], 2024) == UNKNOWN
    ask(commune, when=datetime(2025, 3, 1, 12, tzinfo=UTC))
    ask(commune, when=datetime(2025, 12, 24, 12, tzinfo=UTC))
    with commune.session() as session:
        found = queries.by_code(session, "core.questions")
        same = computing.to_the_day(session, found, modules().indicators["core.questions"], 2025)
    assert same == exact(1)
    ask(commune)
    ask(commune)
    count(commune)
    sheet = shown(commune, commune.one(Indicator, code="core.questions"), same_day=same)
    assert sheet.changes[-1].label == "2026 à ce jour, comparé au même jour de 2025"
    assert sheet.changes[-1].text == "+1 (+100,0\u202f%)"


def test_the_daily_job_counts(commune, run_jobs):
    from civique.core.outbox import enqueue

    known_since(commune, "2026-02-01")
    with commune.session() as session:
        enqueue(session, "core.indicators")
    run_jobs()
    assert {m.source for m in commune.all(Measure)} == {"computed"}

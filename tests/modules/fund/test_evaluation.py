"""FON-12: the yearly evaluation is assembled from figures and text; its figures are frozen, those of the past typed."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from civique.core import clock
from civique.core.answers.models import AnswerDue
from civique.core.audit import AuditEntry
from civique.core.cases import missing
from civique.core.cases.operations import move
from civique.core.contributions.operations import pledge_contribution
from civique.core.evaluations import operations as evaluations
from civique.core.evaluations.models import Evaluation
from civique.core.evaluations.queries import find_year, shown_figures
from civique.core.evaluations.words import figure_table, part_tables
from civique.core.indicators.figures import UNKNOWN, exact
from civique.core.indicators.periods import Period
from civique.core.indicators.words import not_known
from civique.core.questions.operations import receive_question
from civique.core.registry import modules
from civique.core.territory.operations import add_territory
from civique.modules.fund.documents.evaluation import EVALUATED
from civique.modules.fund.models import Fund, FundApplication, Report
from civique.modules.fund.operations import (
    repayments,
    reports,
)
from civique.modules.fund.queries.figures import DELAYS, Part, year_figures
from civique.modules.fund.workflow import WORKFLOW
from tests.refusals import refuses


@pytest.fixture
def year(world):
    """A year: one supported of 300 €, one in part (200 of 400), one refused, one waiting, one withdrawn."""
    with world.commune.session() as session:
        quarter = add_territory(session, "quarter", "Le Port").id
    world.granted(30_000, title="Un", territory_id=quarter)
    part = world.admissible(40_000, title="Deux", channel="paper")
    world.decide(part, 20_000, "Une partie.")
    world.decide(world.admissible(10_000, title="Trois"), 0, "Hors sujet.")
    world.ask(title="Quatre")
    gone = world.ask(title="Cinq")
    with world.commune.session(world.resident) as session:
        move(session, WORKFLOW, session.get(FundApplication, gone.id), "withdraw")
    return world


def figures(world):
    with world.commune.session() as session:
        return year_figures(session, session.get(Fund, world.fund.id))


def test_fon_12_figures_are_counted(year):
    found = figures(year)
    assert (found.received, found.supported, found.declined, found.waiting, found.given_up) == (5, 2, 1, 1, 1)
    assert (found.asked, found.granted, found.mean_grant) == (140_000, 50_000, 25_000)
    assert found.acceptance == 66.7
    assert found.cost == 70_000
    assert (found.leverage, found.cash_leverage) == (0.4, 0.4)
    assert found.delay_median == 0
    assert found.channels == {
        "web": Part(4, 1, 30_000, acceptance=50.0, mean_grant=30_000, leverage=0.0, cash_leverage=0.0),
        "paper": Part(1, 1, 20_000, acceptance=100.0, mean_grant=20_000, leverage=1.0, cash_leverage=1.0),
    }
    assert sum(part.received for part in found.territories.values()) == 5


def test_fon_12_the_ratios_of_the_year_split_by_channel(year):
    """§1.9: indicators are always splittable by channel."""
    with year.commune.session() as session:
        found = {code: by_channel(session, f"fund.{code}") for code in ("acceptance", "mean_grant", "leverage")}
    assert found["acceptance"] == {"": exact(Decimal("66.7")), "web": exact(50), "paper": exact(100)}
    assert found["mean_grant"] == {"": exact(250), "web": exact(300), "paper": exact(200)}
    assert found["leverage"] == {"": exact(Decimal("0.4")), "web": exact(0), "paper": exact(1)}


def by_channel(session, code):
    year = session.query(Fund).one().year
    return {one.channel: one.figure for one in computed(session, code, year)}


def test_leverage_counts_things_and_time_beside_cash(year):
    with year.commune.session() as session:
        first = session.query(FundApplication).filter_by(title="Un").one()
        from civique.core.contributions.operations import record_contribution

        record_contribution(session, first, "human", description="Maçon", quantity=8, unit="heures", value_cents=20_000)
    found = figures(year)
    assert (found.leverage, found.cash_leverage) == (0.8, 0.4)
    assert [found.channels[name].leverage for name in ("web", "paper")] == [0.67, 1.0], (
        "each with what was brought to its own"
    )
    assert found.in_kind == {"material": 0, "human": 20_000}


def spent(world, application, cents):
    """The report says what was spent; it is accepted, and what was paid beyond is paid back."""
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {found.lines[0].id: cents}, text="Semé.")
        reports.send_report(session, found)
    world.move(application, "settle")
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        for asked in found.repayments:
            repayments.note_received(session, found, asked, world.commune.today)


def test_money_paid_back_is_not_other_cash(world):
    """A plan of 300 € of which 100 € was spent, all from the fund: nobody else gave anything."""
    spent(world, world.paid(30_000), 10_000)
    found = figures(world)
    assert (found.granted, found.returned, found.cost) == (10_000, 20_000, 10_000)
    assert (found.leverage, found.cash_leverage) == (0.0, 0.0)


def test_what_is_spent_counts_once_the_report_is_accepted(world):
    """A project of 800 € helped at 200 € costs its plan until its report is accepted, then what it spent: 500 €."""
    application = world.admissible(40_000, title="Un")
    with world.commune.session() as session:
        session.get(FundApplication, application.id).lines[0].amount_cents = 80_000
    world.decide(application, 20_000, "Une partie.")
    assert (figures(world).cost, figures(world).cash_leverage) == (80_000, 3.0)
    with world.commune.session() as session:
        found = session.get(FundApplication, application.id)
        found.lines[0].spent_cents = 50_000
        found.report = Report(text="Semé.")
    assert figures(world).cash_leverage == 3.0
    with world.commune.session() as session:
        session.get(FundApplication, application.id).report.accepted_at = clock.now()
    assert (figures(world).cost, figures(world).cash_leverage) == (50_000, 1.5)


def test_one_project_does_not_pay_for_another(world):
    """One spent less than the fund still holds in it, the other has 300 € beside the fund's 300 €."""
    world.commune.sql("UPDATE fund SET cap_cents = 60000")
    world.decide(world.admissible(60_000, title="Un"), 30_000, "Une partie.")
    application = world.paid(30_000, title="Deux")
    world.revised(application, settle_without_repayment, 10_000)
    found = figures(world)
    assert (found.granted, found.cost, found.cash_leverage) == (60_000, 70_000, 0.5)


def settle_without_repayment(session, application, cents, revision):
    """What was not spent is left to the applicant."""
    reports.keep_report(session, application, {application.lines[0].id: cents}, text="Semé.")
    reports.send_report(session, application)
    move(session, WORKFLOW, application, "settle", revision=application.revision, repay_cents=0)


def test_what_a_lapsed_project_holds_is_granted_but_lifts_nothing(world):
    """One is helped at 300 € of 600 €; one was paid 200 €, then given up and not paid back yet."""
    world.commune.sql("UPDATE fund SET cap_cents = 60000")
    world.decide(world.admissible(60_000, title="Un", channel="paper"), 30_000, "Une partie.")
    world.move(world.paid(20_000, title="Deux"), "give_up", motive="Abandon.")
    found = figures(world)
    assert (found.granted, found.cost, found.supported, found.given_up) == (50_000, 60_000, 1, 1)
    assert (found.cash_leverage, found.acceptance) == (1.0, 100.0)
    assert found.channels == {
        "paper": Part(1, 1, 30_000, acceptance=100.0, mean_grant=30_000, leverage=1.0, cash_leverage=1.0),
        "web": Part(1, 0, 20_000, acceptance=100.0),
    }


def test_acceptance_counts_decisions(world):
    """Accepted then given up was accepted; refused and inadmissible were not; adjourned is not decided."""
    world.move(world.granted(title="Un"), "give_up", motive="Abandon.")
    world.decide(world.admissible(title="Deux"), 0, "Hors sujet.")
    world.move(world.ask(title="Trois"), "declare_inadmissible", motive="Un particulier.")
    world.move(world.admissible(title="Quatre"), "adjourn", motive="Plus tard.")
    found = figures(world)
    assert (found.supported, found.declined, found.acceptance) == (0, 2, 33.3)


def test_without_any_grant_nothing_is_divided(world):
    world.ask()
    found = figures(world)
    assert (found.mean_grant, found.leverage, found.cash_leverage, found.acceptance, found.delay_median) == (None,) * 5


def test_what_came_back_is_no_longer_granted(world):
    application = world.granted(30_000)
    world.move(application, "give_up", motive="Abandon.")
    found = figures(world)
    assert (found.granted, found.returned, found.supported, found.given_up) == (0, 30_000, 0, 1)


def test_partners_are_counted_by_nature_and_kind(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        pledge_contribution(session, fund, "material", giver_name="Filature", description="Tissu", quantity=Decimal(5))
        pledge_contribution(session, fund, "financial", giver_name="Filature", value_cents=10_000)
        pledge_contribution(session, fund, "human", giver_name="Club", description="Couture", quantity=Decimal(5))
    found = figures(world)
    assert (found.partners, found.partner_kinds) == (2, {"other": 2})
    assert found.pledges == {"financial": [1, 10_000], "material": [1, 0], "human": [1, 0]}


@pytest.mark.parametrize(
    ("course", "days"),
    [
        ([("submitted", date(2026, 5, 4)), ("granted", date(2026, 5, 7))], 3),
        # The 8th of May and the week-end do not count.
        ([("submitted", date(2026, 5, 7)), ("refused", date(2026, 5, 11))], 1),
        # From Tuesday to Thursday it waited for its applicant.
        (
            [
                ("submitted", date(2026, 6, 1)),
                ("to_complete", date(2026, 6, 2)),
                ("submitted", date(2026, 6, 4)),
                ("inadmissible", date(2026, 6, 5)),
            ],
            1,
        ),
        ([("submitted", date(2026, 6, 1)), ("withdrawn", date(2026, 6, 5))], None),
        ([("submitted", date(2026, 6, 1)), ("adjourned", date(2026, 6, 2)), ("granted", date(2026, 6, 3))], 2),
    ],
)
def test_delays_are_working_days_less_what_waits_for_the_applicant(course, days):
    assert DELAYS.of(course, "49") == days


def test_fon_12_a_published_evaluation_keeps_its_figures(year):
    with year.commune.session(year.secretary) as session:
        with refuses("evaluation_empty"):
            evaluations.publish_evaluation(session, find_year(session, "fonds", 2026))
        evaluations.write_evaluation(session, find_year(session, "fonds", 2026), 0, introduction="Une belle année.")
        evaluations.publish_evaluation(session, find_year(session, "fonds", 2026))
    year.granted(10_000, title="Six")
    with year.commune.session() as session:
        found = find_year(session, "fonds", 2026)
        assert shown_figures(session, found)[0]["received"] == 5
        assert figures_of(session, 2026).received == 6
        evaluations.withdraw_evaluation(session, found)
        assert shown_figures(session, found)[0]["received"] == 6
        published = session.query(AuditEntry).filter_by(action="evaluation.published").one()
        assert published.data == {"module": "fund", "year": 2026, "received": 5, "supported": 2, "granted": 50_000}


def figures_of(session, year):
    return year_figures(session, session.query(Fund).filter_by(year=year).one())


def test_a_year_before_the_software_is_typed_and_says_where_from(world):
    typed = {"envelope": 500_000, "received": 12, "supported": 9, "granted": 310_000, "partners": None}
    with world.commune.session() as session:
        with refuses("more_projects"):
            evaluations.enter_past_year(session, "fonds", 2023, "Compte", typed | {"supported": 13})
        session.rollback()
        evaluations.enter_past_year(session, "fonds", 2023, "Compte administratif 2023", typed)
        kept = session.query(Evaluation).one()
        assert (kept.figures, kept.source) == (typed, "Compte administratif 2023")
        found = figures_of(session, 2023)
        assert (found.received, found.supported, found.granted, found.acceptance) == (12, 9, 310_000, None)
        unknown = (
            found.leverage,
            found.cash_leverage,
            found.returned,
            found.paid,
            found.declined,
            found.given_up,
            found.waiting,
            found.asked,
            found.cost,
            found.partners,
            found.partners_cash,
        )
        assert set(unknown) == {None}
        known = [text for _label, text in figure_table(EVALUATED, kept.figures, {}) if text != not_known()]
        assert len(known) == 4, "what was typed, and nothing else"
        assert all(counted(session, code) == UNKNOWN for code in ("fund.leverage", "fund.acceptance"))
        assert computed(session, "fund.resources")[0].figure == UNKNOWN
        with refuses("one_a_year"):
            evaluations.enter_past_year(session, "fonds", 2023, "Encore", typed)


def test_the_year_before_stands_beside(year):
    """2025 was typed: what it did not know is « n. d. », its pledges too."""
    typed = {"envelope": 500_000, "received": 12, "supported": 9, "granted": 310_000, "partners": None}
    with year.commune.session() as session:
        evaluations.enter_past_year(session, "fonds", 2025, "Compte administratif", typed)
        fund = session.get(Fund, year.fund.id)
        pledge_contribution(session, fund, "financial", giver_name="Filature", value_cents=10_000)
        lines = {
            line[0]: line[1:]
            for line in figure_table(EVALUATED, *shown_figures(session, find_year(session, "fonds", 2026)))
        }
    assert lines["Demandes reçues"] == ["5", "12"]
    assert lines["Demandes acceptées, parmi celles qui ont reçu une décision"] == ["66,7\u202f%", "n.\u00a0d."]
    assert [line for line in lines if line.startswith("Promesses")] == ["Promesses des partenaires\u00a0: argent"]
    assert lines["Promesses des partenaires\u00a0: argent"] == ["1 (100,00\u00a0€)", "n.\u00a0d."]


def computed(session, code, year=2023):
    return modules().indicators[code].compute(session, Period("civil", year))


def counted(session, code, year=2023):
    return next(one.figure for one in computed(session, code, year) if one.part == (None, "", ""))


def test_a_decision_of_last_year_corrected_this_year_counts_last_year_alone(world):
    """Decided on 15 December, for more on 20 January: one project of the year before, answered that day."""
    codes = ("fund.projects", "fund.delay", "fund.delay_p90")
    world.commune.sql("UPDATE fund SET opens_on = '2025-12-01'")
    with time_machine.travel("2025-12-01T10:00:00Z", tick=False):
        application = world.admissible(channel="paper")
    with time_machine.travel("2025-12-15T10:00:00Z", tick=False):
        world.decide(application, 20_000, "Une partie.")
    with time_machine.travel("2026-01-20T10:00:00Z", tick=False):
        world.move(application, "correct", amount_cents=30_000, because="Une erreur de plume.")
    with world.commune.session() as session:
        assert [counted(session, code, 2025) for code in codes] == [exact(1), exact(10), exact(10)]
        assert [counted(session, code, 2026) for code in codes] == [exact(0), UNKNOWN, UNKNOWN]


def test_the_time_to_the_answer_is_split_by_channel(world):
    year = world.commune.today.year
    for channel in ("web", "web", "paper"):
        world.granted(10_000, title=channel, channel=channel)
    world.commune.sql(
        "UPDATE case_step SET at = at - interval '21 days' WHERE state <> 'granted' AND object_id IN (SELECT id FROM fund_application WHERE channel = 'paper')"
    )
    with world.commune.session() as session:
        for code in ("fund.delay", "fund.delay_p90"):
            found = {one.channel: one for one in computed(session, code, year)}
            assert {channel: one.base for channel, one in found.items()} == {"": 3, "web": 2, "paper": 1}
            assert found["web"].figure == exact(0)
            assert found["paper"].figure.value >= 12


def test_what_the_mairie_owes_is_one_figure_with_the_time_of_the_fund(world):
    """Received on 1 June, waited for its applicant from the 2nd to the 12th, answered on the 16th: 2 working days for the
    fund and for the answers due, which are counted apart from those to questions."""
    with time_machine.travel("2026-06-01T10:00:00Z", tick=False):
        application = world.ask(channel="counter")
        with world.commune.session() as session:
            receive_question(session, text="Où ?", name="Karim", channel="web", created_at=clock.now())
    with time_machine.travel("2026-06-02T10:00:00Z", tick=False):
        world.move(application, "ask_missing", labels=["Un devis"])
    with time_machine.travel("2026-06-12T10:00:00Z", tick=False):
        with world.commune.session(world.resident) as session:
            found = session.get(FundApplication, application.id)
            missing.give(session, found, found.missing[0], "Le voici.")
        world.move(application, "declare_admissible")
    with time_machine.travel("2026-06-16T10:00:00Z", tick=False):
        world.decide(application, 30_000)
    with world.commune.session() as session:
        assert counted(session, "fund.delay", 2026) == counted(session, "core.answer_delay", 2026) == exact(2)
        shares = {one.category or one.channel: one.figure for one in computed(session, "core.answered", 2026)}
        assert shares == {"": exact(50), "web": exact(0), "counter": exact(100), "core": exact(0), "fund": exact(100)}


@pytest.mark.parametrize("back", ["declare_complete", "lapse"])
def test_an_application_that_no_longer_waits_for_its_applicant_runs_again(world, back):
    application = world.ask()
    world.move(application, "ask_missing", labels=["Un devis"])
    assert world.commune.one(AnswerDue).paused_on == world.commune.today
    world.move(application, back, motive="Jamais complété." if back == "lapse" else "")
    due = world.commune.one(AnswerDue)
    assert (due.paused_on, len(due.pauses)) == (None, 1)
    assert due.state == ("dropped" if back == "lapse" else "due")


def test_frozen_figures_read_back_as_they_were(year):
    found = asdict(figures(year))
    kept = json.loads(json.dumps(found | {"of_a_later_release": 1}))
    assert figure_table(EVALUATED, kept, {}) == figure_table(EVALUATED, found, {})
    assert part_tables(EVALUATED, kept) == part_tables(EVALUATED, found)

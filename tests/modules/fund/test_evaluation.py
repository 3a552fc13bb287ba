"""FON-12: the yearly evaluation is assembled from figures and text; its figures are frozen, those of the past typed."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.orm.exc import StaleDataError

from civique.core.audit import AuditEntry
from civique.modules.fund.figures import Part, YearFigures, delay_of, year_figures
from civique.modules.fund.models import Evaluation, Fund, FundRequest
from civique.modules.fund.operations import evaluations, partners, reports, requests
from civique.modules.fund.operations.course import RuleBroken


@pytest.fixture
def year(world):
    """A year: one supported of 300 €, one in part (200 of 400), one refused, one waiting, one withdrawn."""
    village = world.commune.sql("SELECT id FROM territory WHERE kind = 'delegated' ORDER BY name LIMIT 1")[0].id
    world.granted(30_000, title="Un", territory_id=village)
    part = world.admissible(40_000, title="Deux", channel="paper")
    world.decide(part, 20_000, "Une partie.")
    world.decide(world.admissible(10_000, title="Trois"), 0, "Hors sujet.")
    world.ask(title="Quatre")
    gone = world.ask(title="Cinq")
    with world.commune.session(world.resident) as session:
        requests.withdraw_request(session, session.get(FundRequest, gone.id))
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
    assert found.channels == {"web": Part(4, 1, 30_000), "paper": Part(1, 1, 20_000)}
    assert sum(part.received for part in found.territories.values()) == 5


def test_leverage_counts_things_and_time_beside_cash(year):
    with year.commune.session() as session:
        first = session.query(FundRequest).filter_by(title="Un").one()
        from civique.core.contributions.operations import promise

        promise(session, first, "human", description="Maçon", quantity=8, unit="heures", value_cents=20_000)
    found = figures(year)
    assert (found.leverage, found.cash_leverage) == (0.8, 0.4)
    assert found.in_kind == {"material": 0, "human": 20_000}


def test_without_any_grant_nothing_is_divided(world):
    world.ask()
    found = figures(world)
    assert (found.mean_grant, found.leverage, found.cash_leverage, found.acceptance, found.delay_median) == (None,) * 5


def test_what_came_back_is_no_longer_granted(world):
    demand = world.granted(30_000)
    world.revised(demand, reports.give_up, "Abandon.")
    found = figures(world)
    assert (found.granted, found.returned, found.supported, found.given_up) == (0, 30_000, 0, 1)


def test_partners_are_counted_by_nature_and_kind(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        partners.pledge(session, fund, "material", giver_name="Filature", description="Tissu", quantity=Decimal(5))
        partners.pledge(session, fund, "financial", giver_name="Filature", value_cents=10_000)
        partners.pledge(session, fund, "human", giver_name="Club", description="Couture", quantity=Decimal(5))
    found = figures(world)
    assert (found.partners, found.partner_kinds) == (2, {"other": 2})
    assert found.pledges == {"financial": [1, 10_000], "material": [1, 0], "human": [1, 0]}


@pytest.mark.parametrize(
    ("course", "days"),
    [
        ([("submitted", date(2026, 5, 4)), ("granted", date(2026, 5, 7))], 3),
        # The 8th of May and the week-end do not count.
        ([("submitted", date(2026, 5, 7)), ("refused", date(2026, 5, 11))], 1),
        # From Tuesday to Thursday it waited for its holder.
        ([("submitted", date(2026, 6, 1)), ("to_complete", date(2026, 6, 2)), ("submitted", date(2026, 6, 4)), ("inadmissible", date(2026, 6, 5))], 1),
        ([("submitted", date(2026, 6, 1)), ("withdrawn", date(2026, 6, 5))], None),
        ([("submitted", date(2026, 6, 1)), ("adjourned", date(2026, 6, 2)), ("granted", date(2026, 6, 3))], 2),
    ],
)  # fmt: skip
def test_delays_are_working_days_less_what_waits_for_the_holder(course, days):
    assert delay_of(course, "49") == days


def test_fon_12_a_published_evaluation_keeps_its_figures(year):
    with year.commune.session(year.secretary) as session:
        fund = session.get(Fund, year.fund.id)
        with pytest.raises(RuleBroken, match="evaluation_empty"):
            evaluations.publish_evaluation(session, fund)
        evaluations.write_evaluation(session, fund, 0, introduction="Une belle année.")
        evaluations.publish_evaluation(session, fund)
    year.granted(10_000, title="Six")
    with year.commune.session() as session:
        fund, kept = session.get(Fund, year.fund.id), session.query(Evaluation).one()
        assert evaluations.figures_of(session, fund, kept).received == 5
        assert year_figures(session, fund).received == 6
        evaluations.withdraw_evaluation(session, fund)
        assert evaluations.figures_of(session, fund, kept).received == 6
        assert session.query(AuditEntry).filter_by(action="fund.evaluation_published").count() == 1


def test_two_agents_on_one_evaluation(world):
    with world.commune.session() as session:
        fund = session.get(Fund, world.fund.id)
        evaluations.write_evaluation(session, fund, 0, introduction="Un.")
        evaluations.write_evaluation(session, fund, 1, introduction="Deux.")
        with pytest.raises(StaleDataError):
            evaluations.write_evaluation(session, fund, 1, introduction="Trois.")


def test_a_year_before_the_software_is_typed_and_says_where_from(world):
    with world.commune.session() as session:
        kept = evaluations.enter_past_year(
            session, 2023, "Compte administratif 2023", envelope=500_000, received=12, supported=9, granted=310_000
        )
        fund = session.get(Fund, kept.fund_id)
        found = evaluations.figures_of(session, fund, kept)
        assert (found.received, found.supported, found.granted, found.acceptance) == (12, 9, 310_000, None)
        assert kept.figures["by_hand"] == "Compte administratif 2023"
        with pytest.raises(RuleBroken, match="one_a_year"):
            evaluations.enter_past_year(session, 2023, "Encore", envelope=1)
        with pytest.raises(RuleBroken, match="year_to_come"):
            evaluations.enter_past_year(session, 2099, "Demain", envelope=1)


def test_frozen_figures_read_back_as_they_were(year):
    found = figures(year)
    assert YearFigures.from_json(found.as_json() | {"of_a_later_release": 1}) == found

"""Figures, periods and working days: what must always hold."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civique.core.indicators.figures import (
    UNKNOWN,
    Figure,
    Qualifier,
    about,
    against_target,
    between,
    compare,
    exact,
    more_than,
)
from civique.core.indicators.formulas import median, percentile
from civique.core.indicators.periods import KINDS, Period
from civique.core.workdays import department_of, holidays, is_working_day, working_days

counts = st.integers(0, 10_000)
figures = st.one_of(
    counts.map(exact),
    counts.map(about),
    counts.map(more_than),
    st.just(UNKNOWN),
    st.tuples(counts, counts).map(lambda pair: between(min(pair), max(pair))),
)


@given(figures, figures)
def test_a_difference_is_bounded_by_what_the_figures_may_be(before, after):
    found = compare("count", before, after)
    if not (before.known and after.known):
        assert not found.known
        return
    if found.low is not None and found.high is not None:
        assert found.low <= found.high
    exact_ones = before.qualifier is after.qualifier is Qualifier.EXACT
    assert (found.relative is not None) == (exact_ones and before.value > 0)
    back = compare("count", after, before)
    assert (back.low, back.high) == (
        found.high if found.high is None else -found.high,
        found.low if found.low is None else -found.low,
    )


@given(st.integers(1, 10_000), counts)
def test_a_relative_difference_brings_back_to_the_second_figure(before, after):
    relative = compare("count", exact(before), exact(after)).relative
    assert abs(before * (1 + relative / 100) - after) <= Decimal(before) / 2000 + Decimal("0.0001")


@given(counts, counts)
def test_percentages_have_points_and_no_percent(before, after):
    found = compare("percentage", exact(before), exact(after))
    assert found.points
    assert found.relative is None
    assert not found.new


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": Decimal(1)},
        {"qualifier": Qualifier.EXACT},
        {"qualifier": Qualifier.RANGE, "lower": Decimal(1)},
        {"qualifier": Qualifier.RANGE, "lower": Decimal(2), "upper": Decimal(1)},
        {"qualifier": Qualifier.EXACT, "value": Decimal("NaN")},
        {"qualifier": Qualifier.EXACT, "value": Decimal(1), "lower": Decimal(1), "upper": Decimal(1)},
    ],
)
def test_a_figure_that_means_nothing_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 (several messages)
        Figure(**wrong)


def test_an_unknown_nature_and_an_unknown_target_are_refused():
    with pytest.raises(ValueError, match="mood"):
        compare("mood", exact(1), exact(2))
    with pytest.raises(ValueError, match="no target"):
        against_target(3, UNKNOWN)


@given(st.lists(counts, min_size=1))
def test_median_and_percentile_lie_among_the_values(values):
    assert min(values) <= median(values).value <= max(values)
    assert percentile(values).value in values
    assert sum(v <= percentile(values).value for v in values) >= len(values) * 0.9


# Periods ---------------------------------------------------------------------------------------------------------------


@given(st.sampled_from(KINDS), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_is_in_its_period_and_the_next_one_follows(kind, day):
    period = Period.containing(kind, day)
    assert period.start <= day <= period.end
    assert period.after().start == period.last_day + timedelta(days=1)
    assert period.after(3).after(-3) == period
    assert period.is_over(day) is False


def test_school_years_and_terms():
    assert Period.containing("school", date(2026, 8, 31)) == Period("school", 2025)
    assert Period.containing("school", date(2026, 9, 1)) == Period("school", 2026)
    assert Period.containing("term", date(2026, 3, 31)) == Period("term", 2020)
    assert Period.containing("term", date(2026, 4, 1)).last_day == date(2032, 3, 31)


def test_the_same_day_of_another_year():
    now = Period("civil", 2028)
    assert Period("civil", 2027).to_the_same_day(date(2028, 2, 29), now).end == date(2027, 2, 28)
    school = Period("school", 2025).to_the_same_day(date(2027, 2, 3), Period("school", 2026))
    assert (school.start, school.end) == (date(2025, 9, 1), date(2026, 2, 3))


# Working days ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1961, date(1961, 4, 2)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2011, date(2011, 4, 24)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_the_monday_after_easter_the_ascension_and_whit_monday(year, day):
    assert {day + timedelta(days=n) for n in (1, 39, 50)} <= holidays(year)


def test_the_eleven_holidays_of_2026():
    days = ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"]
    assert sorted(d.strftime("%m-%d") for d in holidays(2026)) == days


def test_alsace_moselle_and_overseas():
    more = holidays(2026, "67") - holidays(2026)
    assert more == {date(2026, 4, 3), date(2026, 12, 26)}
    assert holidays(2026, "974") - holidays(2026) == {date(2026, 12, 20)}
    assert holidays(2026, "973") - holidays(2026) == {date(2026, 6, 10)}
    assert holidays(2026, "977") - holidays(2026) == {date(2026, 10, 9)}
    assert [department_of(code) for code in ("49307", "2A004", "97411")] == ["49", "2A", "974"]


def test_two_holidays_on_one_day_are_one():
    assert len(holidays(2008)) == 10  # 1 May 2008 was Ascension day


def test_working_days_of_a_holiday_week():
    assert working_days(date(2026, 5, 7), date(2026, 5, 7)) == 0
    assert working_days(date(2026, 5, 7), date(2026, 5, 11)) == 1  # Friday 8 May and the weekend do not count
    assert working_days(date(2026, 4, 2), date(2026, 4, 7)) == 2
    assert working_days(date(2026, 4, 2), date(2026, 4, 7), "68") == 1
    with pytest.raises(ValueError, match="before"):
        working_days(date(2026, 5, 2), date(2026, 5, 1))


def test_pauses_are_taken_off_once():
    monday, friday = date(2026, 6, 1), date(2026, 6, 12)
    pause = (date(2026, 6, 3), date(2026, 6, 5))
    assert working_days(monday, friday) == 9
    assert working_days(monday, friday, pauses=[pause]) == 6
    assert working_days(monday, friday, pauses=[pause, (date(2026, 6, 5), date(2026, 6, 8))]) == 5


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 90), st.integers(0, 90))
def test_working_days_add_up(start, first, second):
    middle, end = start + timedelta(days=first), start + timedelta(days=first + second)
    assert working_days(start, end) == working_days(start, middle) + working_days(middle, end)
    assert not is_working_day(date(start.year, 5, 1))

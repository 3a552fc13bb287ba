"""The figures of the sources (DOMAIN 5.1) and the comparisons (5.2), one test a line."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import civique
from civique.core import i18n
from civique.core.indicators import formulas, words
from civique.core.indicators.figures import (
    UNKNOWN,
    Trend,
    about,
    against_target,
    between,
    compare,
    compare_categories,
    count_slots,
    exact,
    more_than,
)
from civique.core.indicators.periods import Period

N, NB = "\u202f", "\u00a0"


@pytest.fixture(autouse=True)
def french():
    with i18n.speaking("fr"):
        yield


@pytest.fixture(scope="module")
def plan():
    path = Path(civique.__file__).parent / "demonstration" / "loire_authion.json"
    return json.loads(path.read_text())["actions"]


def text(before, after, nature="count", **options):
    return words.comparison_text(compare(nature, before, after, **options), nature)


# 5.1 From the sources --------------------------------------------------------------------------------------------------


def test_ml_ideas_proposals_actions():
    shares = [formulas.percent(43, 200), formulas.percent(7, 43), formulas.percent(7, 200)]
    assert [words.figure_text(s, "percentage") for s in shares] == [f"21,5{N}%", f"16,3{N}%", f"3,5{N}%"]


def test_ml_votes_are_not_voters():
    poll = formulas.Poll(votes=1893)
    assert words.plain(formulas.per(poll.votes, 43).value, decimals=1) == "44,0"
    assert words.figure_text(poll.voters_figure()) == f"n.{NB}d."
    assert poll.turnout(800_000) == UNKNOWN
    assert words.figure_text(exact(1893)) == f"1{N}893"


def test_ml_participants_per_action_with_their_flag():
    assert words.figure_text(formulas.per(184, 7)) == "26,3"
    assert words.headcount_text(formulas.Headcount(184)) == f"participations ou personnes{NB}: non précisé"
    assert words.headcount_text(formulas.Headcount(184, distinct=True)) == "personnes"
    assert words.headcount_text(formulas.Headcount(184, distinct=False)) == "participations"


def test_al_voters_of_the_inhabitants():
    assert formulas.Poll(voters=928).turnout(11_200) == exact(Decimal("8.3"))


def test_al_more_than_65_projects_then_64():
    comparison = compare("count", more_than(65), exact(64))
    assert words.comparison_text(comparison) == "au moins \u22122"
    assert words.change_text(comparison) == "plus de 65 → 64, en baisse"
    assert comparison.relative is None


def test_al_five_meetings_for_a_target_of_about_seven():
    held = against_target(5, about(7))
    assert words.held_text(held) == "5 sur environ 7"
    assert words.target_text(held) == "2 de moins que l’objectif"


def test_al_range_of_seven_to_eight_meetings():
    target = between(7, 8)
    assert words.figure_text(target) == "de 7 à 8"
    found = [words.target_text(against_target(held, target)) for held in (7, 8, 6, 9)]
    assert found == ["dans l’objectif", "dans l’objectif", "1 de moins que l’objectif", "1 de plus que l’objectif"]


def test_sq_eight_thousand_calls_a_year():
    assert words.short_text(formulas.per_day(about(8000))) == f"≈{NB}22"
    assert words.short_text(formulas.per_month(about(8000))) == f"≈{NB}667"
    assert words.figure_text(about(8000)) == f"environ 8{N}000"


def test_bf_person_days_and_presence():
    assert formulas.person_days(50, 3) == 150
    assert words.figure_text(formulas.percent(46, 50), "percentage") == f"92{N}%"


def test_aj_joint_session_counted_once_for_the_network_and_once_in_each_group():
    sessions = [{"structuration"}, {"structuration"}, {"mobilisation"}, {"structuration", "mobilisation"}]
    count = formulas.count_sessions(sessions)
    assert count.total == 4
    assert count.by_group == {"structuration": 3, "mobilisation": 2}


def test_la_slots_of_the_sheets(plan):
    sheets = [[(i["libelle"], i["a_completer"]) for i in action["indicateurs"]] for action in plan]
    slots = count_slots(slot for sheet in sheets for slot in sheet)
    assert (len(sheets), slots.total, slots.labelled, slots.blank, slots.to_complete) == (31, 101, 43, 58, 4)
    each = [count_slots(sheet) for sheet in sheets]
    assert sum(one.labelled > 0 for one in each) == 14
    assert sum(one.total > 0 and one.labelled == 0 for one in each) == 16
    assert sum(one.total == 0 for one in each) == 1
    unfinished = {
        a["id"]: count_slots(s).to_complete for a, s in zip(plan, sheets, strict=True) if count_slots(s).to_complete
    }
    assert unfinished == {"LA-19": 1, "LA-20": 3}


def test_la_deadlines(plan):
    deadlines = [
        formulas.Deadline(
            a["echeance"]["report_vers"], a["echeance"]["statut"] == "reportee", sheet=bool(a["indicateurs"])
        )
        for a in plan
    ]
    states = [deadline.state(date(2022, 12, 31)) for deadline in deadlines]
    assert {state: states.count(state) for state in states} == {"postponed": 2, "undefined": 28, "no_sheet": 1}
    assert sorted(d.year for d in deadlines if d.postponed) == [2023, 2024]
    assert "late" in {d.state(date(2024, 1, 1)) for d in deadlines}


# 5.2 Comparisons -------------------------------------------------------------------------------------------------------


def test_four_then_six():
    assert text(exact(4), exact(6)) == f"+2 (+50,0{N}%)"


def test_zero_then_three_is_new():
    assert text(exact(0), exact(3)) == "+3 (nouveau)"


def test_blank_then_five():
    assert text(UNKNOWN, exact(5)) == f"n.{NB}d."


def test_five_then_blank():
    assert text(exact(5), UNKNOWN) == f"n.{NB}d."


def test_percentages_differ_in_points():
    assert text(exact(62), exact(70), "percentage") == "+8 points"
    assert text(exact(62), exact(70), "satisfaction") == "+8 points"


def test_expected_while_the_period_is_not_over():
    later = Period("civil", 2022).after(3)
    expected = words.expected_year(later, date(2024, 6, 1))
    assert text(exact(12), UNKNOWN, expected=expected) == "attendu en 2025"
    assert words.expected_year(later, date(2025, 12, 31)) == 2025
    assert words.expected_year(later, date(2026, 1, 1)) is None


def test_typology_category_by_category():
    before = {"matériel": exact(3), "financier": exact(5)}
    after = {"financier": exact(4), "humain": exact(2)}
    found = {name: words.comparison_text(one) for name, one in compare_categories("typology", before, after).items()}
    assert list(found) == ["financier", "humain", "matériel"]
    assert found["financier"] == f"\u22121 (\u221220,0{N}%)"
    assert found["matériel"] == "\u22123 (disparu)"
    assert found["humain"] == "+2 (nouveau)"


# What the rules of 1.1 also say ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (exact(64), more_than(65), "au moins +2"),
        (more_than(65), exact(70), "+4 ou moins"),
        (exact(70), more_than(65), "\u22124 ou plus"),
        (more_than(65), more_than(70), f"n.{NB}d."),
        (between(7, 8), exact(10), "de +2 à +3"),
        (about(7), exact(9), "environ +2"),
        (exact(4), exact(4), "sans changement"),
        (exact(0), exact(0), "sans changement"),
        (exact(0), about(3), "environ +3 (nouveau)"),
        (exact(2000), exact(12_000), f"+10{N}000 (+500,0{N}%)"),
    ],
)
def test_qualified_differences(before, after, said):
    assert text(before, after) == said


def test_points_agree_with_their_number():
    assert text(exact(62), exact(Decimal("63.5")), "percentage") == "+1,5 point"
    assert text(exact(62), exact(60), "percentage") == "\u22122 points"
    assert text(exact(0), exact(60), "percentage") == "+60 points"


def test_amounts():
    assert text(exact(1000), exact(Decimal("1250.5")), "amount") == f"+250,50{NB}€ (+25,1{N}%)"
    assert words.figure_text(exact(Decimal("1250.5")), "amount") == f"1{N}250,50{NB}€"


def test_a_missing_part_of_a_composite_is_unknown_and_not_zero():
    found = compare_categories("composite", {"offertes": exact(3)}, {"suivies": exact(2)})
    assert [one.known for one in found.values()] == [False, False]


def test_trends():
    assert compare("count", exact(4), exact(6)).trend is Trend.UP
    assert compare("count", between(4, 9), exact(6)).trend is Trend.UNSURE
    assert compare("count", exact(4), exact(4)).trend is Trend.SAME


def test_satisfaction_leaves_out_those_who_do_not_say():
    found = formulas.satisfaction([5, 4, 3, 2, 4, None], asked=12)
    assert (found.answers, found.mean, found.share) == (5, exact(Decimal("3.6")), exact(60))
    assert found.response_rate == exact(50)
    assert found.public() is found
    assert formulas.satisfaction([5, 4, 3, 2, None]).public() is None
    with pytest.raises(ValueError, match="1 to 5"):
        formulas.satisfaction([0])


def test_median_and_ninth_decile_of_delays():
    delays = [1, 2, 2, 3, 4, 5, 6, 8, 13, 40]
    assert formulas.median(delays) == exact(Decimal("4.5"))
    assert formulas.percentile(delays) == exact(13)
    assert formulas.median([]) == formulas.percentile([]) == UNKNOWN
    assert formulas.percentile([7]) == exact(7)


def test_english_is_written_too():
    with i18n.speaking("en"):
        assert text(exact(4), exact(6)) == "+2 (+50.0%)"
        assert text(exact(62), exact(70), "percentage") == "+8 points"
        assert text(more_than(65), exact(64)) == "at least \u22122"

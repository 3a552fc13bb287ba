"""Yearly evaluations as any module meets them: collections in a village, without the fund."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm.exc import StaleDataError

from civique.core import search
from civique.core.audit import AuditEntry
from civique.core.evaluations import operations as evaluations
from civique.core.evaluations.declarations import Evaluated, Row
from civique.core.evaluations.documents import evaluation_pdf
from civique.core.evaluations.models import Evaluation
from civique.core.evaluations.queries import find_year, find_years, present_figures, shown_figures
from civique.core.evaluations.words import figure_table, part_tables, text_of
from civique.core.refused import Refused
from civique.core.switching import switch_off
from tests.fixtures import VILLAGE
from tests.refusals import refuses
from tests.sample.operations import ask_pickup
from tests.snapshot import pdf_words

CODE = "encombrants"


@pytest.fixture
def village(make_commune):
    """Two collections in 2026, one in 2025; no fund."""
    commune = make_commune(VILLAGE, "sample")
    with commune.session() as session:
        for day in (date(2025, 5, 4), date(2026, 5, 4), date(2026, 6, 4)):
            ask_pickup(session, None, "Un sommier", day)
    return commune


def year_of(session, year=2026):
    return find_year(session, CODE, year)


def published(session, year=2026):
    evaluations.write_evaluation(session, year_of(session, year), 0, introduction="Une belle année.")
    return evaluations.publish_evaluation(session, year_of(session, year))


def one_more(session):
    return ask_pickup(session, None, "Un matelas", date(2026, 7, 4))


def counted(figures):
    return [year.get("pickups") for year in figures]


def test_the_years_of_a_module_are_counted_beside_the_year_before(village):
    with village.session() as session:
        years = find_years(session, lambda permission: permission == "indicators.read")
        assert [one.year for one in years] == [2026, 2025]
        assert counted(shown_figures(session, years[0])) == [2, 1]
        assert counted(shown_figures(session, years[1])) == [1, None]
        assert find_years(session, lambda permission: False) == []
        assert (year_of(session, 2024), find_year(session, "inconnu", 2026)) == (None, None)


def test_what_is_published_is_frozen_with_the_year_before(village):
    with village.session() as session:
        published(session)
    with village.session() as session:
        one_more(session)
        ask_pickup(session, None, "Un autre", date(2025, 8, 4))
        one = year_of(session)
        assert counted(shown_figures(session, one)) == [2, 1]
        assert counted(present_figures(session, one)) == [3, 2]
        evaluations.publish_evaluation(session, one)
        assert counted(shown_figures(session, one)) == [3, 2]
        evaluations.withdraw_evaluation(session, one)
        one_more(session)
        assert counted(shown_figures(session, one)) == [4, 2]
        lines = session.query(AuditEntry).filter_by(action="evaluation.published").order_by(AuditEntry.at)
        assert [line.data["pickups"] for line in lines] == [2, 3], "the trail keeps both"


def test_a_year_compares_with_what_was_published_of_the_one_before(village):
    with village.session() as session:
        published(session, 2025)
        ask_pickup(session, None, "Un autre", date(2025, 8, 4))
        assert counted(shown_figures(session, year_of(session))) == [2, 1]


def test_nothing_is_published_without_words(village):
    with village.session() as session:
        with refuses("evaluation_empty"):
            evaluations.publish_evaluation(session, year_of(session))
        evaluations.write_evaluation(session, year_of(session), 0, introduction="", went_well="  ")
        with refuses("evaluation_empty"):
            evaluations.publish_evaluation(session, year_of(session))


def test_what_is_published_is_found_until_it_is_withdrawn(village):
    with village.session() as session:
        published(session)
        (entry,) = session.scalars(search.find("belle année", ("evaluation",)))
        assert (entry.path, entry.title) == ("/evaluations/encombrants/2026", year_of(session).title)
        evaluations.withdraw_evaluation(session, year_of(session))
        assert session.scalars(search.find("belle année", ("evaluation",))).all() == []


def test_two_agents_on_one_evaluation(village):
    with village.session() as session:
        one = year_of(session)
        assert evaluations.write_evaluation(session, one, 0, introduction="Un.").revision == 1
        assert evaluations.write_evaluation(session, one, 1, introduction="Deux.").revision == 2
        assert evaluations.write_evaluation(session, one, 1, introduction="Deux.").revision == 2, "sent twice"
        with pytest.raises(StaleDataError):
            evaluations.write_evaluation(session, one, 1, introduction="Trois.")


def test_a_past_year_is_typed_once_with_its_source(village):
    with village.session() as session:
        evaluations.enter_past_year(session, CODE, 2019, "Registre du gardien", {"pickups": 7})
        kept = session.query(Evaluation).one()
        assert (kept.module, kept.year, kept.figures, kept.source) == (
            "sample",
            2019,
            {"pickups": 7},
            "Registre du gardien",
        )
        assert counted(shown_figures(session, year_of(session, 2019))) == [7, None]
        published_one = evaluations.write_evaluation(session, year_of(session, 2019), kept.revision, went_well="Tout.")
        evaluations.publish_evaluation(session, year_of(session, 2019))
        evaluations.withdraw_evaluation(session, year_of(session, 2019))
        assert published_one.figures == {"pickups": 7}, "what was typed stays"
        for year, rule in ((2019, "one_a_year"), (2025, "one_a_year"), (2026, "year_to_come"), (2099, "year_to_come")):
            with refuses(rule):
                evaluations.enter_past_year(session, CODE, year, "Encore", {"pickups": 1})


def test_a_module_may_refuse_a_past_year(village, monkeypatch):
    from civique.core.registry import modules

    def enter(_session, _year, figures):
        raise Refused("Trop.", "pickups", rule="too_many")

    manifest = modules()["sample"]
    monkeypatch.setitem(
        modules().by_name, "sample", replace(manifest, evaluated=replace(manifest.evaluated, enter=enter))
    )
    with village.session() as session, refuses("too_many"):
        evaluations.enter_past_year(session, CODE, 2019, "Registre", {"pickups": 7_000})


def test_while_a_module_is_off_what_is_written_is_read_and_printed(village):
    with village.session() as session:
        published(session)
    village.tenant = switch_off(village.tenant, "sample")
    with village.session() as session:
        assert [one.year for one in find_years(session, lambda permission: True)] == [2026], "nothing is said of 2025"
        one = year_of(session)
        assert not one.on
        assert counted(shown_figures(session, one)) == [2, 1]
        assert "Une belle année." in pdf_words(evaluation_pdf(session, one))
        for refused in (
            lambda: evaluations.write_evaluation(session, one, 1, introduction="Non."),
            lambda: evaluations.publish_evaluation(session, one),
            lambda: evaluations.withdraw_evaluation(session, one),
            lambda: evaluations.enter_past_year(session, CODE, 2019, "Registre", {"pickups": 7}),
        ):
            with refuses("switched_off"):
                refused()
        assert session.query(Evaluation).count() == 1


# In words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("number", 1_250, "1\u202f250"),
        ("money", 125_050, "1\u202f250,50\u00a0€"),
        ("percent", 66.7, "66,7\u202f%"),
        ("days", 12.5, "12,5 jours ouvrés"),
        ("for_one_euro", 0.4, "0,40\u00a0€"),
        ("gifts", [3, 12_000], "3 (120,00\u00a0€)"),
        ("gifts", [3, 0], "3"),
        ("number", 0, "0"),
        ("money", None, "n.\u00a0d."),
    ],
)
def test_a_figure_is_written_in_its_unit(unit, value, text):
    assert text_of(Row("a.b", "x", unit), {"a": {"b": value}}) == text


def test_an_optional_figure_has_a_line_when_one_of_two_years_has_some():
    rows = (Row("kept", "Gardés"), Row("given", "Donnés", "gifts", optional=True))
    declared = Evaluated("x", "x", "x", lambda session: [], lambda session, year: {}, rows)
    assert figure_table(declared, {"kept": 0, "given": [0, 0]}, {}) == [["Gardés", "0"]]
    assert figure_table(declared, {"kept": 0, "given": [0, 0]}, {"kept": 1, "given": [2, 0]}) == [
        ["Gardés", "0", "1"],
        ["Donnés", "0", "2"],
    ]


def test_parts_are_tables_and_one_village_is_none():
    declared = Evaluated("x", "x", "x", lambda session: [], lambda session, year: {}, (), (Row("n", "Nombre"),))
    figures = {"territories": {"Blou": {"n": 3}}, "channels": {"paper": {"n": 1}, "web": {"n": 2}}}
    assert part_tables(declared, figures) == [
        ("Par canal", [["Canal", "Nombre"], ["Sur le site", "2"], ["Formulaire papier", "1"]])
    ]
    figures["territories"][""] = {"n": 4}
    assert part_tables(declared, figures)[0] == (
        "Par village",
        [["Commune déléguée", "Nombre"], ["Toute la commune", "4"], ["Blou", "3"]],
    )
    assert part_tables(replace(declared, columns=()), figures) == []

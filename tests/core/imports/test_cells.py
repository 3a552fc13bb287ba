"""How cells are read: French dates and numbers, zeros that spreadsheets drop, sentences for the rest."""

from datetime import date
from decimal import Decimal

import pytest

from civique.core import i18n
from civique.core.imports import cells
from civique.core.indicators import imports as figures
from civique.core.indicators.figures import UNKNOWN, about, between, exact, more_than
from civique.core.organisations.imports import KINDS
from civique.core.refused import Refused


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("01/02/2026", date(2026, 2, 1)),
        ("1-2-2026", date(2026, 2, 1)),
        ("1.2.2026", date(2026, 2, 1)),
        ("2026-02-01", date(2026, 2, 1)),
        ("2026-02-01T00:00:00", date(2026, 2, 1)),
        ("46054", date(2026, 2, 1)),
        ("31/12/1950", date(1950, 12, 31)),
        ("18628", date(1950, 12, 31)),
    ],
)
def test_a_day_is_read_the_french_way(cell, expected):
    assert cells.day(cell) == expected


@pytest.mark.parametrize(
    "cell", ["31/02/2026", "02/13/2026", "1/2/26", "hier", "2026", "999999", "0", "2026-13-01", "1e5"]
)
def test_what_is_no_day_is_said(cell):
    with pytest.raises(Refused, match="31/12/1950"):
        cells.day(cell)


def test_the_zeros_that_a_spreadsheet_drops_come_back():
    assert cells.phone("241000000") == cells.phone("02 41 00 00 00") == "+33241000000"
    assert cells.postal_code("1000") == "01000"
    assert cells.postal_code("49 250") == "49250"
    assert cells.siret("73282932000074") == "73282932000074"
    assert cells.rna("w491234567") == "W491234567"


@pytest.mark.parametrize(
    ("read", "cell", "sentence"),
    [
        (cells.email, "jean.exemple.fr", "adresse e-mail|adresse électronique"),
        (cells.phone, "12", "téléphone"),
        (cells.siret, "123", "SIRET"),
        (cells.rna, "491234567", "RNA"),
        (cells.postal_code, "492500", "cinq chiffres"),
        (cells.text(5), "abcdef", "5 caractères"),
        (cells.year, "24", "quatre chiffres"),
        (cells.choice(KINDS), "secte", "Association"),
    ],
)
def test_each_refusal_says_what_to_write(read, cell, sentence):
    with i18n.speaking("fr"), pytest.raises(Refused, match=sentence):
        read(cell)


@pytest.mark.parametrize("cell", ["Association", "ASSO", "association loi 1901", " Association "])
def test_a_choice_is_told_by_its_words(cell):
    assert cells.choice(KINDS)(cell) == "association"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1 250,50", exact(Decimal("1250.50"))),
        ("1\u202f250,50 €", exact(Decimal("1250.50"))),
        ("1250.5", exact(Decimal("1250.5"))),
        ("1.250", exact(1250)),
        ("environ 7", about(7)),
        ("Plus de 65", more_than(65)),
        ("de 7 à 8", between(7, 8)),
        ("n. d.", UNKNOWN),
        ("ND", UNKNOWN),
        ("12,5 %", exact(Decimal("12.5"))),
        ("0", exact(0)),
    ],
)
def test_a_figure_is_read_as_people_say_it(cell, expected):
    assert figures.figure(cell) == expected


@pytest.mark.parametrize("cell", ["beaucoup", "de 8 à 7", "environ", "1,2,3", "9" * 40, "12 34", "NaN", "1e9"])
def test_what_is_no_figure_is_said(cell):
    with pytest.raises(Refused):
        figures.figure(cell)

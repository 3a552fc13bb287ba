"""What a spreadsheet would run is neutralised in CSV, typed as text in XLSX, and comes back as it was."""

import io

import pytest

from civique.core import i18n
from civique.core.formulas import neutral, restored
from civique.core.typed import trimmed
from civique.services.sheets import read_sheet
from civique.web.table_files import ListFile, write
from tests.defences import defence, replaced

RUNS = [
    "=1+1",
    "+33 2 41 00 00 00",
    "@SUM(A1)",
    "-2+3+cmd|'/c calc'!A1",
    "- pain",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "|cmd",
    "%0A",
    " =1+1",
    "\u00a0=1+1",
]
MARKED = ["\u200b=1+1", "\ufeff=1+1", "\u200f\u202e@A1", "\u00ad-1+1", "\u2060\u200d+1", "\u200b \u200b=1"]
CONTROLS = ["\t=1", "\tx", "\r=1", "\n=1", "\u200b\t=1"]
QUIET = ["", "Zoé", "-5", "-1 250,50 €", "-3 %", "12", "a=b", "1-2", "l'été", "'tis", "é@exemple.fr", "100 %"]


@pytest.mark.parametrize("text", [*RUNS, *MARKED, *CONTROLS, "'=1+1", "''=1"])
def test_what_runs_is_behind_an_apostrophe_and_comes_back(text):
    assert neutral(text) == f"'{text}"
    assert restored(neutral(text)) == text


@pytest.mark.parametrize("text", QUIET)
def test_what_does_not_run_is_left_alone(text):
    assert neutral(text) == restored(text) == text


def listing(kind):
    texts = [*RUNS, *QUIET, "'=1+1", "{=1+1}", "https://example.org"]
    return write(
        ListFile(kind, "liste", "Liste", "Blou", (), ["Nom", "=Titre"], [[text, text] for text in texts])
    ), texts


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_that_comes_back_says_the_same(services, kind):
    with i18n.speaking("fr"):
        data, texts = listing(kind)
    rows = [[trimmed(restored(trimmed(cell))) for cell in row] for row in read_sheet(data, 100)]
    expected = [trimmed(text) for text in texts]
    if kind == "xlsx":  # nobody's text: there, the apostrophe of a cell is read as ours
        expected[expected.index("'=1+1")] = "=1+1"
    assert [row[0] for row in rows[1:]] == expected
    assert rows[0] == ["Nom", "=Titre"]


@defence("no cell of a list is a formula", replaced("civique.web.table_files.neutral", lambda text: text))
def test_no_cell_of_a_csv_begins_a_formula(services):
    import csv

    with i18n.speaking("fr"):
        data, _texts = listing("csv")
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"):
        for cell in row:
            assert neutral(cell) == cell or cell.startswith("'"), cell


def test_a_workbook_holds_texts_and_no_formula(services):
    import zipfile

    with i18n.speaking("fr"):
        data, _texts = listing("xlsx")
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<f " not in sheet
    assert "hyperlink" not in sheet

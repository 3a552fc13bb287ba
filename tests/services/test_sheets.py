"""Spreadsheets that people bring, good and bad: rows of texts, or a code."""

import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from civique.services.sheets import MOST_BYTES, SheetRefused, read_sheet

ROWS = [["Nom", "Téléphone"], ["Été", "02 41 00 00 00"], ["a;b, c", "x"]]


def book(write, **options):
    """An XLSX made by a function of a sheet and its book."""
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, options)
    write(made.add_worksheet(), made)
    made.close()
    return buffer.getvalue()


def ods(cells):
    """An ODS with one row of cells."""
    return ods_rows([cells])


def ods_rows(rows):
    """An ODS with rows of cells, written by hand."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = "".join(
        f"<table:table-row>{''.join(cell.format(each) for each in cells)}</table:table-row>" for cells in rows
    )
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    xml = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="A">{row}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<x/>")
        archive.writestr("content.xml", xml)
    return buffer.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_of_every_kind(encoding, delimiter):
    import csv

    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows(ROWS)
    assert read_sheet(buffer.getvalue().encode(encoding), 10) == ROWS


def test_the_line_that_excel_writes_for_itself_is_not_a_row():
    assert read_sheet(b'sep=,\r\nNom,Prix\r\n"1;2",3\r\n', 10) == [["Nom", "Prix"], ["1;2", "3"]]


def test_a_workbook_gives_what_it_shows():
    def write(sheet, made):
        sheet.write_row(1, 0, ["Nom", "Né le", "N"])
        sheet.write(2, 0, "Zoé")
        sheet.write_datetime(2, 1, datetime(2026, 2, 1), made.add_format({"num_format": "dd/mm/yyyy"}))  # noqa: DTZ001
        sheet.write(2, 2, 12345678901234)
        sheet.write_formula(3, 0, '=HYPERLINK("http://x")', None, "montré")
        sheet.write(3, 2, 1250.5)
        sheet.write_boolean(4, 2, True)

    assert read_sheet(book(write), 10) == [
        ["", "", ""],
        ["Nom", "Né le", "N"],
        ["Zoé", "2026-02-01", "12345678901234"],
        ["montré", "", "1250.5"],
        ["", "", "oui"],
    ]
    assert read_sheet(ods(["Nom", "Été"]), 10) == [["Nom", "Été"]]


def many(sheet, _made):
    for number in range(60):
        sheet.write(number, 0, number)


def far(sheet, _made):
    sheet.write(0, 0, "a")
    sheet.write(1_048_575, 16_383, "b")


def swollen():
    """A small archive that holds half a gigabyte of spaces where a sheet should be, and says so or lies."""
    source = zipfile.ZipFile(io.BytesIO(book(many)))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            data = source.read(entry)
            archive.writestr(entry.filename, data + b" " * 250_000_000 if "sheet1" in entry.filename else data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\r\n;;\r\n", "empty"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (b"MZ\x90\x00\x03\x00\x00\x00" * 50, "not_a_table"),
        (b"\x7fELF\x02\x01\x01\x00" * 9, "not_a_table"),
        (b"%PDF-1.7 x", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        (b"PK\x03\x04 broken", "broken"),
        (b"a;b\n" * 30, "too_many_lines"),
        (b";".join([b"a"] * 101), "too_many_columns"),
    ],
)
def test_what_is_no_list_is_refused_with_a_code(data, code):
    with pytest.raises(SheetRefused) as refused:
        read_sheet(data, 20)
    assert refused.value.code == code


def test_archives_made_to_harm_end_nothing_but_their_own_process():
    for data, codes in (
        (book(many), {"too_many_lines"}),
        (book(far), {"broken", "too_many_lines", "too_many_columns"}),
    ):
        with pytest.raises(SheetRefused) as refused:
            read_sheet(data, 20)
        assert refused.value.code in codes
    big = swollen()
    assert len(big) < 1_000_000
    with pytest.raises(SheetRefused, match="too_large"):
        read_sheet(big, 20)
    docx = io.BytesIO()
    with zipfile.ZipFile(docx, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(SheetRefused, match="not_a_table"):
        read_sheet(docx.getvalue(), 20)

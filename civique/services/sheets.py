"""What people's spreadsheets hold: CSV, XLSX or ODS as rows of texts, without trusting the file.

Workbooks are read by the process of ``analysis``: a file made to swell (an archive of zeros, a cell at the end of the sheet)
ends that process and nothing else.
"""

import csv
import io
import zipfile

from civique.services.analysis import AnalysisFailed, analyse
from civique.services.encodings import decoded

MOST_BYTES = 10_000_000
MOST_COLUMNS = 100
MOST_INSIDE = 80_000_000
"""Bytes inside the archive: ten thousand lines of a hundred columns are fifty million."""
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NO_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"#!", b"<!", b"<html", b"{\\rtf")
DELIMITERS = (";", "\t", ",")
CODES = ("empty", "too_large", "not_a_table", "old_excel", "broken", "busy", "too_many_lines", "too_many_columns")
# The size of a cell is the caller's to judge, line by line: the file itself is bounded.
csv.field_size_limit(MOST_BYTES * 2)


class SheetRefused(ValueError):
    """A file that is not a table we read; `code` says why, in a word of CODES that the caller translates."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_sheet(data: bytes, most_lines: int) -> list[list[str]]:
    """Rows of the first sheet that holds something, as many as in the file, empty ones included.

    Dates are ISO 8601, numbers without needless decimals and with a point, yes and no are « oui » and « non ».
    Raises SheetRefused.
    """
    if len(data) > MOST_BYTES:
        raise SheetRefused("too_large")
    if data.startswith(OLD_EXCEL):
        raise SheetRefused("old_excel")
    rows = _workbook(data, most_lines) if data.startswith(b"PK") else _text(data, most_lines)
    if not any(any(row) for row in rows):
        raise SheetRefused("empty")
    return rows


def _text(data: bytes, most_lines: int) -> list[list[str]]:
    text = _decoded(data)
    lines = text.split("\n", 1)
    delimiter = None
    if lines[0].strip().lower().startswith("sep=") and len(lines) > 1:  # what Excel writes for itself
        delimiter, text = lines[0].strip()[4:5], lines[1]
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text)):
            if len(rows) >= most_lines and any(cell.strip() for cell in row):
                raise SheetRefused("too_many_lines")
            if len(row) > MOST_COLUMNS and any(cell.strip() for cell in row[MOST_COLUMNS:]):
                raise SheetRefused("too_many_columns")
            if len(rows) < most_lines:
                rows.append([cell.strip() for cell in row[:MOST_COLUMNS]])
    except csv.Error as error:
        raise SheetRefused("broken") from error
    return rows


def _decoded(data: bytes) -> str:
    """What holds bytes of zero is no text, but for UTF-16 with its mark."""
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")) and (b"\0" in data or data.startswith(NO_TEXT)):
        raise SheetRefused("not_a_table")
    try:
        return decoded(data)
    except UnicodeError as error:
        raise SheetRefused("not_a_table") from error


def _delimiter(text: str) -> str:
    """The one that cuts the first lines most, outside quotes; in doubt, the French one."""
    first = "\n".join([line for line in text[:20_000].splitlines() if line.strip()][:5])
    bare = "".join(part for number, part in enumerate(first.split('"')) if number % 2 == 0)
    return max(DELIMITERS, key=lambda delimiter: (bare.count(delimiter), -DELIMITERS.index(delimiter)))


def _workbook(data: bytes, most_lines: int) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise SheetRefused("broken") from error
    names = {entry.filename for entry in entries}
    if not {"xl/workbook.xml", "content.xml"} & names or any(name.startswith("word/") for name in names):
        raise SheetRefused("not_a_table")
    if len(entries) > 2_000 or sum(entry.file_size for entry in entries) > MOST_INSIDE:
        raise SheetRefused("too_large")
    return _read_apart(data, most_lines)


def _read_apart(data: bytes, most_lines: int) -> list[list[str]]:
    try:
        answer, _nothing = analyse("workbook", data, most_lines, MOST_COLUMNS)
    except AnalysisFailed as error:
        raise SheetRefused("busy" if error.reason == "busy" else "broken") from error
    if isinstance(answer, str):
        raise SheetRefused(answer)
    return [[str(cell) for cell in row] for row in answer]

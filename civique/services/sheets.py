"""What people's spreadsheets hold: CSV, XLSX or ODS as rows of texts, without trusting the file.

Workbooks are read by a process of its own, with little memory and little time: a file made to swell (an archive of zeros,
a cell at the end of the sheet) ends that process and nothing else. Formulas are never computed: what the spreadsheet last
showed is read.
"""

import csv
import io
import json
import resource
import subprocess
import sys
import zipfile
from datetime import date, datetime
from typing import Any

MOST_BYTES = 10_000_000
MOST_COLUMNS = 100
# Bytes inside the archive, memory and seconds of the process that reads it.
MOST_INSIDE, MEMORY, SECONDS = 200_000_000, 1_000_000_000, 20
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
NO_TEXT = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"#!", b"<!", b"<html", b"{\\rtf")
DELIMITERS = (";", "\t", ",")
CODES = ("empty", "too_large", "not_a_table", "old_excel", "broken", "too_many_lines", "too_many_columns")
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
    from civique.services.encodings import decoded

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
    # This very file as a program: it imports nothing of ours. Its folder stays out of the path (-P).
    command = [sys.executable, "-P", __file__, str(most_lines)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS * 2, check=False)
    except subprocess.TimeoutExpired as error:
        raise SheetRefused("broken") from error
    if done.returncode != 0:
        raise SheetRefused("broken")
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        raise SheetRefused(answer)
    return [[str(cell) for cell in row] for row in answer]


def _main() -> None:
    """What the process that reads a workbook runs: rows, or a code, as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook

    most_lines = int(sys.argv[1])
    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    found: Any = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        height, width = sheet.end or (-1, -1)
        if sheet.start is None:
            continue
        found = _cells(sheet, height, width, most_lines)
        break
    sys.stdout.write(json.dumps(found, ensure_ascii=True))


def _cells(sheet: Any, height: int, width: int, most_lines: int) -> Any:
    if width >= MOST_COLUMNS:
        return "too_many_columns"
    if height >= most_lines:
        return "too_many_lines"
    return [[_plain(cell).strip() for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.10f}".rstrip("0")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


if __name__ == "__main__":
    _main()

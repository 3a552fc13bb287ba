"""The cells of an XLSX or ODS workbook as texts; read in the process of ``analysis``. Formulas are never computed: what the
spreadsheet last showed is read.
"""

from datetime import date, datetime
from typing import IO, Any

LONGEST_CELL = 32_767
"""Characters: what spreadsheets themselves allow."""


def read_workbook(source: IO[bytes], most_lines: int, most_columns: int) -> tuple[Any, list[bytes]]:
    """Rows of the first sheet that holds something, or a code of ``sheets.CODES``."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(source)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.end is not None:
            height, width = sheet.end
            if width >= most_columns:
                return "too_many_columns", []
            return ("too_many_lines" if height >= most_lines else _rows(sheet)), []
    return [], []


def _rows(sheet: Any) -> Any:
    rows = [[_plain(cell).strip() for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    return "too_large" if any(len(cell) > LONGEST_CELL for row in rows for cell in row) else rows


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.10f}".rstrip("0")
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)

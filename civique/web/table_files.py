"""A list as CSV that a French spreadsheet opens as it is, as XLSX, or as an accessible PDF to print: plain values in, bytes
out. Needs no database, so that no transaction waits while a long list is written."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from civique.core import clock, i18n
from civique.core.formulas import neutral
from civique.core.i18n import gettext as _
from civique.core.i18n import ngettext
from civique.services.pdf import render_pdf

# From this number of columns on, the sheet lies.
MANY_COLUMNS = 6
# Shares of the page's width that a column may have, in characters.
NARROWEST, WIDEST = 6, 34
LONG_WORD = re.compile(r"\S{23,}")
BETWEEN_WORDS = re.compile(r"[ \t\n\u200b]+|(?<=[^\W\d]-)(?=[^\W\d])")
GOOD_CUTS = re.compile(r"[@./_-](?=\S)|\S{22}")


@dataclass(frozen=True)
class ListFile:
    """A list ready to be written: plain values, and what the paper says above them."""

    kind: str
    name: str
    title: str
    author: str
    filters: Sequence[tuple[str, str]]
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]

    @property
    def file_name(self) -> str:
        """Its name with its ending."""
        return f"{self.name}.{self.kind}"


def write(file: ListFile) -> bytes:
    """The file itself."""
    return WRITERS[file.kind](file)


def _csv(file: ListFile) -> bytes:
    """Semicolons, decimal commas and a byte-order mark: what French spreadsheets expect."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    for row in (file.head, *file.rows):
        writer.writerow([neutral(value) if isinstance(value, str) else _french(value) for value in row])
    return "\ufeff".encode() + buffer.getvalue().encode()


def _french(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, datetime):
        return clock.local(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return "" if value is None else value


def _xlsx(file: ListFile) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    for number, label in enumerate(file.head):
        sheet.write_string(0, number, label, bold)
    for line, row in enumerate(file.rows, start=1):
        for number, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, number, value)  # whatever it begins with
            elif isinstance(value, datetime):
                sheet.write_datetime(line, number, clock.local(value).replace(tzinfo=None), day)
            elif isinstance(value, date):
                sheet.write_datetime(line, number, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif value is not None:
                sheet.write(line, number, value)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return buffer.getvalue()


def list_paper(file: ListFile) -> bytes:
    """PDF/UA-1, dated, with what was looked for said in words."""
    cells = [[_printed(value) for value in row] for row in file.rows]
    colon = _(": ")
    about = [f"{label}{colon} {value}".replace("  ", " ") for label, value in file.filters]
    count = ngettext("One line", "%(num)s lines", len(cells)) if cells else _("No line")
    about.append(f"{count}, {i18n.long_date(clock.today(), weekday=False)}")
    return render_pdf(
        "list.typ",
        {
            "language": i18n.get_locale(),
            "title": file.title,
            "author": file.author,
            "about": about,
            "head": list(file.head),
            "widths": [_share(file.head, cells, n) for n in range(len(file.head))],
            "longest": [_longest(file.head, cells, n) for n in range(len(file.head))],
            "right": [_are_numbers(file.rows, n) for n in range(len(file.head))],
            "rows": cells,
            "lying": len(file.head) >= MANY_COLUMNS,
        },
    )


def _printed(value: Any) -> str:
    """A value as one reads it; an address without spaces may be cut between two lines."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        whole, _point, rest = (f"{value:,.2f}" if isinstance(value, float) else f"{value}").partition(".")
        return whole.replace(",", i18n.NARROW) + (f",{rest}" if rest else "")
    return LONG_WORD.sub(
        lambda long: GOOD_CUTS.sub(lambda cut: f"{cut.group()}\u200b", long.group()), str(_french(value))
    )


def _share(head: Sequence[str], cells: Sequence[Sequence[str]], number: int) -> int:
    """Width of a column: that of its longest usual cell and of the longest word of its heading."""
    lengths = sorted(len(row[number]) for row in cells)
    usual = lengths[int(len(lengths) * 0.9)] if lengths else 0
    words = max((len(word) for row in cells for word in row[number].replace("\u200b", " ").split()), default=0)
    heading = max((len(word) for word in head[number].split()), default=0)
    return max(NARROWEST, min(WIDEST, max(usual, min(words, 22), heading + 1)))


def _longest(head: Sequence[str], cells: Sequence[Sequence[str]], number: int) -> tuple[str, str]:
    """The longest words of a column and of its heading, as they are cut between two lines: its width is not less."""
    words = (word for row in cells for word in BETWEEN_WORDS.split(row[number]))
    return max(words, key=len, default=""), max(BETWEEN_WORDS.split(head[number]), key=len)


def _are_numbers(rows: Sequence[Sequence[Any]], number: int) -> bool:
    values = [row[number] for row in rows if row[number] not in (None, "")]
    return bool(values) and all(isinstance(value, (int, float)) for value in values)


WRITERS: dict[str, Callable[[ListFile], bytes]] = {"csv": _csv, "xlsx": _xlsx, "pdf": list_paper}
TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}

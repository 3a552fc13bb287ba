"""A list as a file: CSV that a French spreadsheet opens as it is, or XLSX. The columns are declared once for both."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

from civique.core import clock

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Column:
    """A column: its heading, and how to read its value in a row. Amounts are given in euros."""

    label: Any
    value: Callable[[Any], Any]


def download(kind: str, name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """The list as ``csv`` or ``xlsx``, to be kept under a name without ending."""
    body = _xlsx(columns, rows) if kind == "xlsx" else _csv(columns, rows)
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" if kind == "xlsx" else "text/csv"
    response = current_app.response_class(body, mimetype=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{"xlsx" if kind == "xlsx" else "csv"}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def neutral(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula is prefixed with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


def _csv(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """Semicolons, decimal commas and a byte-order mark: what French spreadsheets expect."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([str(column.label) for column in columns])
    for row in rows:
        writer.writerow([_french(neutral(column.value(row))) for column in columns])
    return "\ufeff".encode() + buffer.getvalue().encode()


def _french(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, datetime):
        return clock.local(value).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return "" if value is None else value


def _xlsx(columns: Sequence[Column], rows: Iterable[Any]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    for number, column in enumerate(columns):
        sheet.write_string(0, number, str(column.label), bold)
    for line, row in enumerate(rows, start=1):
        for number, column in enumerate(columns):
            value = column.value(row)
            if isinstance(value, datetime):
                sheet.write_datetime(line, number, clock.local(value).replace(tzinfo=None), day)
            elif isinstance(value, date):
                sheet.write_datetime(line, number, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif value is not None:
                sheet.write(line, number, value)
    sheet.freeze_panes(1, 0)
    sheet.autofit()
    book.close()
    return buffer.getvalue()

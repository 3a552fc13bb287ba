"""From a file to the columns of an importer: which heading is which column, which lines hold something."""

from collections.abc import Iterable, Sequence
from typing import Any

from civique.core import i18n
from civique.core.folding import fold
from civique.core.formulas import restored
from civique.core.i18n import gettext as _
from civique.core.imports.declarations import ImportColumn, Importer
from civique.core.refused import Refused
from civique.core.typed import trimmed
from civique.services.sheets import SheetRefused, read_sheet

MOST_LINES = 10_000
LOST = "\ufffd"
"""What a program writes for a letter that it could not read."""
# Titles and empty lines may stand above the headings.
MOST_ABOVE = 10


def read_list(importer: Importer, data: bytes) -> dict[str, Any]:
    """Content of a :class:`civique.core.imports.models.ListImport`.

    Raises:
        Refused: not a table, too long, without its headings or without lines.
    """
    try:
        rows = [[trimmed(cell) for cell in row] for row in read_sheet(data, MOST_LINES + MOST_ABOVE)]
    except SheetRefused as refusal:
        raise Refused(_sentence(refusal.code), "file") from refusal
    _refuse_lost_letters(rows)
    found, start = _headings(importer, rows)
    columns = [column.name for column in found.values()]
    lines = [
        [number, *(restored(row[place]) if place < len(row) else "" for place in found)]
        for number, row in enumerate(rows[start + 1 :], start=start + 2)
        if any(row)
    ]
    if not lines:
        raise Refused(_("This file has headings but no line under them."), "file")
    if len(lines) > MOST_LINES:
        raise Refused(_sentence("too_many_lines"), "file")
    ignored = [label[:80] for place, label in enumerate(rows[start]) if label and place not in found]
    return {"columns": columns, "lines": lines, "ignored": ignored}


def _refuse_lost_letters(rows: Iterable[Sequence[str]]) -> None:
    """A letter that was lost before is not kept in silence."""
    lost = next((cell for row in rows for cell in row if LOST in cell), None)
    if lost is not None:
        sentence = _(
            "Letters of this list were lost when it was saved: “%(text)s”. Save it anew, as XLSX.", text=lost[:80]
        )
        raise Refused(sentence, "file")


def _headings(importer: Importer, rows: Sequence[Sequence[str]]) -> tuple[dict[int, ImportColumn], int]:
    """Which place holds which column, and on which row the headings are: the first of those that name the most columns."""
    names = _names(importer)
    best = max(
        range(min(len(rows), MOST_ABOVE)), key=lambda n: (len({names.get(fold(c)) for c in rows[n]} - {None}), -n)
    )
    found: dict[int, ImportColumn] = {}
    for place, cell in enumerate(rows[best]):
        column = names.get(fold(cell))
        if column is None:
            continue
        if column in found.values():
            raise Refused(_("Two columns are “%(label)s”. Keep one of them.", label=str(column.label)), "file")
        found[place] = column
    missing = [str(c.label) for c in importer.columns if c.required and c not in found.values()]
    if missing:
        raise Refused(
            _(
                "These columns are missing: %(labels)s. Their names stand on the first line of the list, as in the model.",
                labels=", ".join(missing),
            ),
            "file",
        )
    return found, best


def _names(importer: Importer) -> dict[str, ImportColumn]:
    """Folded headings that people use, in both languages."""
    names: dict[str, ImportColumn] = {}
    for column in importer.columns:
        for locale in i18n.LOCALES:
            with i18n.speaking(locale):
                names.setdefault(fold(str(column.label)), column)
        for synonym in (*column.synonyms, column.name.replace("_", " ")):
            names.setdefault(fold(synonym), column)
    return names


def _sentence(code: str) -> str:
    return {
        "empty": _("This file is empty."),
        "too_large": _("This file is too large: 10 MB at most. Keep only the list, without pictures."),
        "not_a_table": _("This is not a list that we can read. Save it from your spreadsheet as CSV, XLSX or ODS."),
        "old_excel": _("This is a file of an old Excel. Open it, then save it as XLSX."),
        "busy": _("Other files are being read at this moment. Send this one again in a minute."),
        "broken": _("This file cannot be read: it is damaged, or much too large. Save it again from your spreadsheet."),
        "too_many_lines": _(
            "This list is too long: %(most)s lines at most. Cut it into several files.", most=i18n.number(MOST_LINES)
        ),
        "too_many_columns": _("This list has too many columns: 100 at most. Keep those of the model."),
    }[code]

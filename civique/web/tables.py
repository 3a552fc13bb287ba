"""A list as a file. The columns are declared once for CSV, XLSX and PDF; a long list is written by a worker.

A list of ``civique.web.desk_list`` gives it by itself; one inside another page needs one call: ``file = list_file(…)``, ``if file:
return file``, and ``parts.files()`` in its template.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import abort, current_app, g, request
from sqlalchemy import Select, func, select
from werkzeug.wrappers import Response

from civique.core import clock, commune, settings
from civique.core.i18n import gettext as _
from civique.core.i18n import number
from civique.core.refused import Refused
from civique.core.tasks import start_task, task_under_way
from civique.web.pages import go_path, notice
from civique.web.table_files import TYPES, ListFile, write
from tenants.db import db
from tenants.session import current_tenant

# Rows from which a worker writes the file: about a second of work for the page. Paper is slower.
LONG = {"csv": 2_000, "xlsx": 2_000, "pdf": 300}
# Rows at most. Nobody reads more on paper, and a PDF takes 300 kB of memory a line.
MOST = {"csv": 50_000, "xlsx": 50_000, "pdf": 2_000}
LONGEST_ADDRESS = 2_000
Rows = Select[Any] | Sequence[Any]


@dataclass(frozen=True)
class Column:
    """A column: its heading, and how to read its value in a row. Amounts are given in euros."""

    label: Any
    value: Callable[[Any], Any]


Columns = Sequence[Column] | Callable[[Sequence[Any]], Sequence[Column]]


def list_file(
    name: str, title: Any, columns: Columns, rows: Rows, *, filters: Iterable[tuple[Any, Any]] = ()
) -> Response | None:
    """The whole list as the file that ``?format=csv|xlsx|pdf`` asks for; None when a page is asked.

    A long list leads to a task with progress: the worker asks the same address again in the name of the person, with the
    rights that they have then.

    Args:
        name: of the file, without date and ending.
        title: of the document on paper.
        columns: or a function that gives them for the rows (names to be looked up once).
        rows: a query of objects, or rows.
        filters: label and value in words of each filter; those without value are left out.
    """
    kind = request.args.get("format", "")
    if kind not in TYPES:
        return None
    try:
        total = _count(kind, rows)
    except Refused as refusal:
        if "long_list" in g:
            raise
        notice(str(refusal), "wait")
        return go_path(_page_address())
    if "long_list" not in g and total > LONG[kind] and not current_tenant().is_platform:
        return _later(str(title))
    chosen = [(str(label), str(value)) for label, value in filters if value]
    file = _read(kind, f"{name}-{clock.today().isoformat()}", str(title), columns, rows, chosen)
    if "long_list" in g:
        g.long_list = file
        return current_app.response_class()
    return as_answer(file)


def _count(kind: str, rows: Rows) -> int:
    if isinstance(rows, Select):
        total = db.session.execute(select(func.count()).select_from(rows.order_by(None).subquery())).scalar_one()
    else:
        total = len(rows)
    if total > MOST[kind]:
        said = {"lines": number(total), "most": number(MOST[kind])}
        if kind == "pdf":
            raise Refused(
                _(
                    "This list is too long for paper: %(lines)s lines, and %(most)s at most. Choose filters, or take the spreadsheet.",
                    **said,
                )
            )
        raise Refused(
            _(
                "This list is too long for one file: %(lines)s lines, and %(most)s at most. Choose filters, then ask for each part.",
                **said,
            )
        )
    return int(total)


def _page_address() -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in {"format", "page"}]
    return request.path + (f"?{urlencode(kept)}" if kept else "")


def _later(title: str) -> Response:
    """Follow the task that writes this very list: the one under way, or a new one."""
    address = request.full_path
    if len(address) > LONGEST_ADDRESS:
        abort(414)
    task = task_under_way(db.session, db.session.actor_id, address)
    if task is None:
        task = start_task(db.session, _("List: %(title)s", title=title)[:200], "core.write_list", asked=address)
    return go_path(f"/mairie/taches/{task.id}")


def _read(
    kind: str, name: str, title: str, columns: Columns, rows: Rows, filters: Sequence[tuple[str, str]]
) -> ListFile:
    """Every value, read from the database once."""
    found: Sequence[Any] = db.session.scalars(rows).unique().all() if isinstance(rows, Select) else rows
    chosen = columns(found) if callable(columns) else columns
    identity = settings.get(db.session, commune.Identity) if not current_tenant().is_platform else commune.Identity()
    return ListFile(
        kind,
        name,
        title,
        commune.sender_name(current_tenant(), identity),
        filters,
        [str(column.label) for column in chosen],
        [[column.value(row) for column in chosen] for row in found],
    )


def download(kind: str, name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Rows as ``csv`` or ``xlsx`` at an address of its own (open data, a model to fill in), under a name without ending."""
    values = [[column.value(row) for column in columns] for row in rows]
    return as_answer(ListFile(kind, name, "", "", (), [str(column.label) for column in columns], values))


def as_answer(file: ListFile) -> Response:
    """The file, to be kept; no cache keeps it."""
    response = current_app.response_class(write(file), mimetype=TYPES[file.kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{file.file_name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

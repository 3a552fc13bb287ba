"""Bringing a list: what it must hold, what it would change, yes. One set of pages for every importer of every module."""

from datetime import date
from operator import attrgetter, itemgetter
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response
from wtforms import HiddenField

from civique.core import i18n
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.imports import operations as imports
from civique.core.imports.checking import Line, Report, check
from civique.core.imports.declarations import CREATED, UNCHANGED, UPDATED, Importer
from civique.core.imports.models import ListImport
from civique.core.imports.reading import MOST_LINES, read_list
from civique.core.indicators.figures import Figure
from civique.core.indicators.words import figure_text
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.tasks import Task
from civique.services.identifiers import format_phone
from civique.services.sheets import MOST_BYTES
from civique.web.access import STAFF, allow, me, visitor
from civique.web.forms import BaseForm, OnceForm, required
from civique.web.lists import row_or_404
from civique.web.pages import go_path, notice, page
from civique.web.submit import attempt, submit
from civique.web.tables import Column, download
from civique.web.uploads import UploadField, end_of_reading
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("imports", __name__, url_prefix="/mairie")
# Rows shown of each kind; the file of the bad lines has them all.
SHOWN, FAULTS_SHOWN = 10, 50
Answer = tuple[Importer, Any]


class ListForm(OnceForm):
    """The file of a list."""

    file = UploadField(
        _l("Your list"), [required(_l("Choose a file."))], kept=False, render_kw={"accept": ".csv,.xlsx,.ods,.txt,.tsv"}
    )


class SeenForm(BaseForm):
    """What was read before saying yes."""

    seen = HiddenField()


@blueprint.get("/importer/<name>/modele")
@allow(STAFF)
def model(name: str) -> Response:
    """A file with the headings and an example."""
    importer, _about = _importer(name, request.args.get("pour", ""))
    columns = [Column(column.label, attrgetter(f"{column.name}.example")) for column in importer.columns]
    examples = SimpleNamespace(**{column.name: column for column in importer.columns})
    kind = "xlsx" if request.args.get("format") == "xlsx" else "csv"
    return download(kind, "modele-" + name.replace(".", "-"), columns, [examples])


@blueprint.route("/importer/<name>", methods=["GET", "POST"])
@allow(STAFF)
def start(name: str) -> Response:
    """What the list must hold, its model; the file is read and what it holds is kept, nothing else is written."""
    importer, about = _importer(name, request.args.get("pour", ""))
    form = ListForm()
    content: dict[str, Any] = {}

    def read() -> bool:
        """A workbook may take seconds: before anything is written."""
        if form.file.data is None:
            return False
        end_of_reading()
        try:
            content.update(read_list(importer, form.file.data.stream.read(MOST_BYTES + 1)))
        except Refused as refused:
            form.refuse(refused)
        return bool(content)

    def do() -> ListImport:
        assert form.file.data is not None, "it was read"
        file_name = Path(form.file.data.filename or "").name
        return imports.keep_list(db.session, importer, content, file_name, about.id if about else None)

    return submit(
        form,
        do,
        check=read,
        again=lambda: _start(form, importer, about),
        to=lambda wanted: url_for("imports.preview", import_id=wanted.id),
    )


@blueprint.get("/imports/<uuid:import_id>")
@allow(STAFF)
def preview(import_id: UUID) -> Response:
    """What the list would do, each bad line; or what it did."""
    wanted, importer, about = _mine(import_id)
    return _preview(wanted, importer, about)


@blueprint.get("/imports/<uuid:import_id>/lignes-a-corriger")
@allow(STAFF)
def bad_lines(import_id: UUID) -> Response:
    """The bad lines as CSV, with what is wrong in each."""
    wanted, importer, _about = _mine(import_id)
    report = check(db.session, importer, wanted)
    said: dict[int, list[str]] = {}
    for fault in report.faults:
        said.setdefault(fault.line, []).append((fault.column + _(": ") + " " + fault.sentence).replace("  ", " "))
    columns = [Column(_("Line"), itemgetter(0)), Column(_("To correct"), lambda line: " ".join(said[line[0]]))]
    for place, name in enumerate(wanted.content.get("columns", []), start=1):
        columns.append(Column(importer.column(name).label, itemgetter(place)))
    return download("csv", "lignes-a-corriger", columns, [line for line in wanted.lines if line[0] in said])


@blueprint.post("/imports/<uuid:import_id>/confirmer")
@allow(STAFF)
def confirm(import_id: UUID) -> Response:
    """Take the whole list, or nothing of it."""
    wanted, importer, about = _mine(import_id)
    form = SeenForm()

    def to(task_id: UUID | None) -> str:
        if task_id:
            return f"/mairie/taches/{task_id}"
        notice(_("The list is imported."))
        return url_for("imports.preview", import_id=import_id)

    return submit(
        form,
        lambda: imports.say_yes(db.session, importer, wanted, form.seen.data or ""),
        again=lambda: _preview(wanted, importer, about, form),
        to=to,
    )


@blueprint.post("/imports/<uuid:import_id>/arreter")
@allow(STAFF)
def stop(import_id: UUID) -> Response:
    """Change one's mind while the list waits for its worker."""
    wanted, _by, _for = _mine(import_id)
    return attempt(
        lambda: imports.change_mind(db.session, wanted),
        url_for("imports.preview", import_id=import_id),
        _("Nothing is imported. The list waits here: import it, or forget it."),
    )


@blueprint.post("/imports/<uuid:import_id>/abandonner")
@allow(STAFF)
def drop(import_id: UUID) -> Response:
    """Forget the list."""
    wanted, importer, about = _mine(import_id)
    if wanted.state == "waiting":
        imports.drop_list(db.session, wanted)
        notice(_("The list is forgotten. Nothing was imported."))
    return go_path(_list_of(importer, about))


def _importer(name: str, about_id: str) -> Answer:
    """An importer of a module that is on, for who may use it, with the object that the list is about."""
    importer = modules().importers.get(name)
    module = name.partition(".")[0]
    if importer is None or (module != "core" and module not in current_tenant().modules):
        abort(404)
    if not visitor().can(importer.permission):
        abort(403)
    if importer.about is None:
        return importer, None
    try:
        about = db.session.get(importer.about, UUID(about_id))
    except ValueError:
        about = None
    if about is None or not importer.ready(about):
        abort(404)
    return importer, about


def _mine(import_id: UUID) -> tuple[ListImport, Importer, Any]:
    """A list that the visitor brought; another's does not exist."""
    wanted = row_or_404(ListImport, import_id, person_id=me().id)
    return wanted, *_importer(wanted.importer, str(wanted.about_id or ""))


def _list_of(importer: Importer, about: Any) -> str:
    return url_for(importer.endpoint, **({importer.argument: about.id} if about else {}))


def _start(form: ListForm, importer: Importer, about: Any) -> Response:
    return page(
        "desk/imports/start.html",
        form=form,
        importer=importer,
        about=about,
        back=_list_of(importer, about),
        most=MOST_LINES,
        most_bytes=MOST_BYTES,
    )


def _preview(wanted: ListImport, importer: Importer, about: Any, form: SeenForm | None = None) -> Response:
    report = check(db.session, importer, wanted) if wanted.state == "waiting" else Report(None)
    return page(
        "desk/imports/preview.html",
        form=form,
        wanted=wanted,
        importer=importer,
        about=about,
        report=report,
        queued=_queued(wanted),
        back=_list_of(importer, about),
        cells=_cells(wanted, importer),
        before_after=_before_after,
        shown=SHOWN,
        faults_shown=FAULTS_SHOWN,
        counted=_counted(report),
        headings=[importer.column(name).label for name in wanted.content.get("columns", [])],
    )


def _queued(wanted: ListImport) -> bool:
    """Whether somebody said yes and no worker has begun."""
    task = db.session.get(Task, wanted.task_id) if wanted.state == "running" and wanted.task_id else None
    return task is not None and task.state == "waiting"


def _counted(report: Report) -> list[str]:
    new, moved, same = (report.counts[outcome] for outcome in (CREATED, UPDATED, UNCHANGED))
    told = (
        (new, ngettext("One new line", "%(num)s new lines", new)),
        (moved, ngettext("One line that changes something", "%(num)s lines that change something", moved)),
        (same, ngettext("One line already there as it is", "%(num)s lines already there as they are", same)),
    )
    return [text for number, text in told if number]


def _cells(wanted: ListImport, importer: Importer) -> Any:
    """Gives the cells of a line as they were understood: a date in words, a figure with its qualifier."""
    texts = {line[0]: line[1:] for line in wanted.lines}

    def cells(line: Line) -> list[str]:
        names = wanted.content["columns"]
        return [understood(line.values[name], text) for name, text in zip(names, texts[line.number], strict=True)]

    return cells


def understood(value: Any, text: str) -> str:
    """A value in words when the text of the file could be read otherwise."""
    if isinstance(value, date):
        return i18n.long_date(value, weekday=False)
    return figure_text(value) if isinstance(value, Figure) else text


def _as_text(name: str, value: Any) -> str:
    return format_phone(value) if name == "phone" else str(value or "")


def _before_after(importer: Importer, line: Line) -> list[tuple[Any, str, str]]:
    """Heading, what is there, what the list says, for each change of a line."""
    row = line.decision.row
    return [
        (importer.column(name).label, understood(now, _as_text(name, now)), understood(then, _as_text(name, then)))
        for name, then in line.decision.changes.items()
        for now in [getattr(row, name, None)]
    ]

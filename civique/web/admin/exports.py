"""Export of the whole commune, and the page that follows any long work."""

from uuid import UUID

from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response

from civique.core import audit, clock
from civique.core.i18n import gettext as _
from civique.core.i18n import speaking
from civique.core.personalised.operations import personalised
from civique.core.tasks import Task, forget_results, result_path, start_task, tasks_of
from civique.web.access import STAFF, allow, ask_second_factor, me, visitor
from civique.web.forms import OnceForm
from civique.web.list_jobs import may_open
from civique.web.lists import row_or_404
from civique.web.pages import go_path, page, partial
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("exports", __name__, url_prefix="/mairie")


@blueprint.get("/export")
@allow("core.export")
def export() -> Response:
    """What the archive holds, the button, the last ones."""
    mine = [task for task in tasks_of(db.session, me().id) if task.label == export_label()]
    return page("admin/export.html", form=OnceForm(), tasks=mine)


def export_label() -> str:
    """Label of the task, which also finds the former archives again: in French whoever asks."""
    with speaking("fr"):
        return _("Export of the whole commune")


@blueprint.post("/export")
@allow("core.export")
def start() -> Response:
    """Ask for an archive; a new one replaces the former ones."""
    form = OnceForm()
    earlier = form.already()
    if earlier:
        return go_path(earlier.path)
    forget_results(db.session, clock.now(), export_label())
    task = start_task(db.session, export_label(), "core.export_tenant")
    audit.record(db.session, "data.tenant_export_asked", task)
    return go_path(form.leads_to(f"/mairie/taches/{task.id}"))


@blueprint.get("/taches")
@allow(STAFF)
def tasks() -> Response:
    """The long works that I asked for."""
    return page("admin/tasks.html", tasks=tasks_of(db.session, me().id))


@blueprint.get("/taches/<uuid:task_id>")
@allow(STAFF)
def task(task_id: UUID) -> Response:
    """How far one work is; the page asks again by itself, and a link does it without JavaScript."""
    return page("admin/task.html", "progress", task=_mine(task_id), now=clock.now(), partial=partial())


@blueprint.get("/taches/<uuid:task_id>/fichier")
@allow(STAFF)
def task_file(task_id: UUID) -> Response:
    """The file that a work left: for who asked it, with the second factor."""
    task = _mine(task_id)
    if not visitor().strong:
        return ask_second_factor()
    if task.file is None:
        abort(404)
    if task.asked and not may_open(task.asked):
        abort(403)
    if task.document and not _may_fetch(task.document):
        abort(403)
    if task.path is not None:
        return go_path(task.path)  # its own page says who may have the file
    if task.label == export_label():
        if not visitor().can("core.export"):
            abort(403)
        audit.record(db.session, "data.tenant_export_fetched", task)
    path = result_path(current_tenant(), task.id)
    if not path.exists():
        abort(404)
    response = send_file(path, mimetype=task.file.mime, as_attachment=True, download_name=task.file.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _may_fetch(document: str) -> bool:
    """Whether the visitor may still have personalised documents."""
    declared = personalised(db.session, document)
    return declared is not None and visitor().can(declared.permission)


def _mine(task_id: UUID) -> Task:
    """A work of the person who looks; another's does not exist."""
    return row_or_404(Task, task_id, person_id=me().id)

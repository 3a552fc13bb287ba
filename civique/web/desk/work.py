"""« À faire aujourd’hui »: what waits, most urgent first, from every module."""

from flask import Blueprint
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.answers.queries import open_answers
from civique.core.manifest import WorkItem
from civique.core.registry import modules
from civique.web.access import allow, visitor
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("desk", __name__, url_prefix="/mairie")


@blueprint.get("")
@allow("core.work")
def work() -> Response:
    """The work list."""
    on = list(modules().of(current_tenant()))
    items = [
        WorkItem(a.title, a.path, a.whom, a.opened_at, a.due_on, a.state)
        for a in open_answers(db.session, [m.name for m in on])
    ]
    for manifest in on:
        if manifest.work_items:
            items += manifest.work_items(db.session, visitor())
    return page("desk/work.html", items=items, today=clock.today())

"""The stall (« stand »): a page that a tablet keeps for when the network is poor, and what it sends when it is back.

The page says nothing of anybody, so that it may be kept: no name, no token, no number of things that wait.
"""

from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.stall import operations
from civique.core.stall.forms import StallForm
from civique.core.stall.sheet import stall_sheet
from civique.web.access import allow
from civique.web.desk.spelling import NAMES
from civique.web.desk.stall_forms import StallPageForm, fields_of
from civique.web.lists import asked_number
from civique.web.pages import as_pdf, page
from civique.web.shell import csrf_token
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("desk_stall", __name__, url_prefix="/mairie/stand")
PERMISSION = "core.counter"
SHEETS = 10
"""Pages of a paper sheet at most."""


@blueprint.get("")
@allow(PERMISSION)
def stall() -> Response:
    """The page of the tablet."""
    form = StallPageForm()
    form.offer_channels()
    kinds = [(kind, fields_of(kind)) for kind in forms() if kind.when is None or kind.when(db.session)]
    response = page("desk/stall.html", form=form, kinds=kinds, names=" ".join(NAMES.values()))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/jeton")
@allow(PERMISSION)
def token() -> Response:
    """The form token, asked for when the tablet sends: the page that it kept has none."""
    response = jsonify(token=csrf_token())
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/entrees")
@allow(PERMISSION)
def receive() -> Response:
    """One entry of the tablet: received, received already (same answer), refused with the reason, or in conflict."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        return _told(400, problem=_("This is not an entry of a tablet."))
    try:
        entry, new = operations.receive_entry(db.session, forms(), sent)
    except Refused as refused:
        if refused.rule == operations.TAKEN:
            return _told(409, problem=str(refused))
        return _told(422, errors={refused.field: str(refused)})
    return _told(201 if new else 200, reference=entry.reference, answered=entry.answered)


@blueprint.get("/feuille.pdf")
@allow(PERMISSION)
def sheet() -> Response:
    """The paper twin: numbered lines to fill in by hand, then to enter at the counter."""
    pages = min(asked_number("pages") or 2, SHEETS)
    return as_pdf(stall_sheet(db.session, pages), "feuille-de-stand")


def forms() -> list[StallForm]:
    """What may be entered here: the kinds of every module that is on."""
    return [form for manifest in modules().of(current_tenant()) for form in manifest.stall_forms]


def _told(status: int, **facts: Any) -> Response:
    response = jsonify(**facts)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response

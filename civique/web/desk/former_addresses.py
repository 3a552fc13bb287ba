"""Where agreements stood in the back office when they belonged to the fund: found by the request that they are about. Other
former addresses are in :mod:`civique.web.moved`."""

from uuid import UUID

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from civique.core.agreements.queries import last_version
from civique.core.agreements.subjects import find_about
from civique.web.access import allow
from tenants.db import db

blueprint = Blueprint("desk_former", __name__, url_prefix="/mairie/fonds")


@blueprint.get("/demandes/<uuid:object_id>/convention")
@allow("core.agreements")
def write_agreement(object_id: UUID) -> Response:
    """Where the agreement of a request was written."""
    known = last_version(db.session, object_id)
    if known is not None:
        return redirect(url_for("desk_agreements.agreement", agreement_id=known.id), 308)
    if find_about(db.session, object_id) is None:
        abort(404)
    return redirect(url_for("desk_agreements.write", object_id=object_id), 308)


@blueprint.get("/demandes/<uuid:object_id>/convention.pdf")
@allow("core.agreements_read")
def agreement(object_id: UUID) -> Response:
    """Where it was printed."""
    known = last_version(db.session, object_id) or abort(404)
    return redirect(url_for("desk_agreements.pdf", agreement_id=known.id), 308)

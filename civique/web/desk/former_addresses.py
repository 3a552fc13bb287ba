"""Addresses that pages of the back office had before; they lead to the new ones for good."""

from uuid import UUID

from flask import Blueprint, abort, redirect, url_for
from werkzeug.wrappers import Response

from civique.core.agreements.queries import last_version
from civique.core.agreements.subjects import find_about
from civique.core.committees.models import Committee
from civique.core.gatherings.models import Gathering
from civique.web.access import allow
from civique.web.desk.lists import row_or_404
from tenants.db import db

blueprint = Blueprint("desk_former", __name__, url_prefix="/mairie/fonds")


@blueprint.get("/comites")
@allow("gatherings.read")
def committees() -> Response:
    """The list of committees."""
    return redirect(url_for("desk_committees.listing"), 308)


@blueprint.get("/comites/nouveau")
@allow("committees.manage")
def new_committee() -> Response:
    """The form of a new committee."""
    return redirect(url_for("desk_committees.new"), 308)


@blueprint.get("/comites/<uuid:committee_id>")
@allow("gatherings.read")
def committee(committee_id: UUID) -> Response:
    """A committee."""
    row_or_404(Committee, committee_id)
    return redirect(url_for("desk_committees.committee", committee_id=committee_id), 308)


@blueprint.get("/reunions/<uuid:gathering_id>")
@allow("gatherings.read")
def meeting(gathering_id: UUID) -> Response:
    """A meeting."""
    row_or_404(Gathering, gathering_id)
    return redirect(url_for("desk_gatherings.gathering", gathering_id=gathering_id), 308)


@blueprint.get("/reunions/<uuid:gathering_id>.pdf")
@allow("gatherings.read")
def minutes(gathering_id: UUID) -> Response:
    """The minutes of a meeting."""
    row_or_404(Gathering, gathering_id)
    return redirect(url_for("desk_gatherings.minutes", gathering_id=gathering_id), 308)


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

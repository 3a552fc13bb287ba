"""Addresses that pages of the back office had before; they lead to the new ones for good."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from civique.core.committees.models import Committee
from civique.core.gatherings.models import Gathering
from civique.web.access import allow
from civique.web.desk.lists import row_or_404

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

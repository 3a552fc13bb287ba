"""The door of a gathering: a page that a telephone keeps for when the network is poor, and what it sends when it is back.

The page says nothing of anybody, so that it may be kept; the guests are read apart, with as little as a door needs: no
address, no need.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, jsonify, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.gatherings.declarations import REGISTRATION_STATES
from civique.core.gatherings.door import MOST, add_at_door, check_in
from civique.core.gatherings.models import Gathering, Opening, Registration, RegistrationState
from civique.core.gatherings.queries import registrations
from civique.core.i18n import date_and_time
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.web.access import GATHERINGS, allow
from civique.web.desk.kinds import REGISTER, gathering_or_404, may
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.shell import csrf_token
from tenants.db import db

blueprint = Blueprint("desk_door", __name__, url_prefix="/mairie/porte")
BEFORE, AFTER = timedelta(days=14), timedelta(days=2)
"""How long before it begins, and after, the door of a gathering is offered."""
ABSENT = (RegistrationState.CANCELLED, RegistrationState.DECLINED)


@blueprint.get("")
@allow(GATHERINGS)
def door() -> Response:
    """The page of the telephone."""
    response = page("desk/door.html", most=MOST)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/jeton")
@allow(GATHERINGS)
def token() -> Response:
    """The form token, asked for when the telephone sends: the page that it kept has none."""
    return _told(200, token=csrf_token())


@blueprint.get("/rencontres")
@allow(GATHERINGS)
def near() -> Response:
    """Gatherings of these days that take registrations."""
    now = clock.now()
    query = select(Gathering).join(Gathering.event).join(Opening, Opening.gathering_id == Gathering.id)
    query = query.where(Event.state != "cancelled", Event.starts_at.between(now - AFTER, now + BEFORE))
    rows = db.session.scalars(query.order_by(Event.starts_at)).unique()
    return _told(200, gatherings=[_summary(found) for found in rows if may(REGISTER, found.kind)])


@blueprint.get("/<uuid:gathering_id>/invites")
@allow(GATHERINGS)
def guests(gathering_id: UUID) -> Response:
    """The guests of a gathering: those who are expected, and those who came."""
    found = gathering_or_404(gathering_id, REGISTER)
    rows = [row for row in db.session.scalars(registrations(found.id)) if row.name]
    listed = [_guest(row) for row in rows if row.state not in ABSENT or row.came]
    return _told(200, **_summary(found), guests=listed)


@blueprint.post("/<uuid:gathering_id>/arrivees")
@allow(GATHERINGS)
def arrive(gathering_id: UUID) -> Response:
    """One arrival: noted, noted already (by whom and when), or refused with the reason."""
    found, sent = gathering_or_404(gathering_id, REGISTER), request.get_json(silent=True)
    try:
        facts = _facts(sent)
    except (KeyError, TypeError, ValueError, OverflowError):
        return _told(400, problem=_("This is not an arrival."))
    known = (
        row_or_404(Registration, facts.pop("registration"), gathering_id=found.id) if "registration" in facts else None
    )
    name, instead_of = facts.pop("name", ""), facts.pop("instead_of", None)
    try:
        row = (
            check_in(db.session, known, **facts, instead_of=instead_of)
            if known is not None
            else add_at_door(db.session, found, name=name, **facts)
        )
    except Refused as refused:
        db.session.rollback()
        return _told(422, problem=str(refused))
    return _told(200, guest=_guest(row), mine=row.came_key == facts["key"])


def _facts(sent: Any) -> dict[str, Any]:
    """What a telephone sent, of the right kinds.

    Raises:
        KeyError, TypeError, ValueError, OverflowError: it is something else.
    """
    if not isinstance(sent, Mapping) or not isinstance(sent["came"], int):
        raise TypeError("not an arrival")
    at = datetime.fromtimestamp(float(sent["at"]) / 1000, UTC)
    facts: dict[str, Any] = {"key": UUID(sent["key"]), "came": sent["came"], "at": at}
    for name in ("registration", "instead_of"):
        if sent.get(name):
            facts[name] = UUID(sent[name])
    if "registration" not in facts:
        facts["name"] = str(sent["name"])
    return facts


def _summary(found: Gathering) -> dict[str, Any]:
    event = found.event
    return {
        "id": str(found.id),
        "title": event.title,
        "when": date_and_time(event.starts_at),
        "starts": event.starts_at.isoformat(),
        "until": (event.ends_at or event.starts_at).isoformat(),
    }


def _guest(row: Registration) -> dict[str, Any]:
    """A guest as a door needs it."""
    return {
        "id": str(row.id),
        "name": row.name,
        "party": row.party,
        "state": row.state,
        "label": str(REGISTRATION_STATES[row.state]),
        "came": row.came,
        "key": str(row.came_key) if row.came_key else None,
        "by": row.came_by.name if row.came_by else "",
        "at": row.came_at.isoformat() if row.came_at else None,
    }


def _told(status: int, **facts: Any) -> Response:
    response = jsonify(**facts)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response

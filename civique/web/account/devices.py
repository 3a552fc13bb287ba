"""Browsers in which I am signed in."""

from flask import request
from werkzeug.wrappers import Response

from civique.core.access import operations as access
from civique.core.access import queries
from civique.core.i18n import gettext as _
from civique.web.access import SIGNED_IN, allow, cookie_name, me
from civique.web.account.blueprint import blueprint, my_session
from civique.web.browsers import device_name
from civique.web.pages import go, notice, page
from tenants.db import db


@blueprint.get("/appareils")
@allow(SIGNED_IN)
def devices() -> Response:
    """Where I am signed in."""
    rows = queries.sessions_of(db.session, me())
    return page("account/devices.html", rows=rows, here=my_session(), device_name=device_name)


@blueprint.post("/appareils/<hashed>/quitter")
@allow(SIGNED_IN)
def close_device(hashed: str) -> Response:
    """Sign one of my browsers out."""
    try:
        raw = bytes.fromhex(hashed)
    except ValueError:
        raw = b""
    if raw != my_session().token_hash:
        access.close_one_session(db.session, me(), raw)
        notice(_("This device is signed out."))
    return go("account.devices")


@blueprint.post("/appareils/quitter")
@allow(SIGNED_IN)
def close_others() -> Response:
    """Sign every other browser out."""
    access.close_all_sessions(db.session, me(), keep=request.cookies.get(cookie_name()))
    notice(_("Every other device is signed out."))
    return go("account.devices")

"""The blueprint of « Mon compte », and what its sensitive pages ask first."""

from flask import Blueprint
from werkzeug.wrappers import Response

from civique.core.access import queries
from civique.core.access.models import WebSession
from civique.web.access import ask_second_factor, me, visitor
from tenants.db import db

blueprint = Blueprint("account", __name__, url_prefix="/mon-compte")


def proof_first() -> Response | None:
    """Who has a second check gives it before changing how one enters; otherwise a stolen mailbox could add its own key."""
    if visitor().strong or not queries.factors(db.session, me(), "totp", "passkey"):
        return None
    return ask_second_factor()


def my_session() -> WebSession:
    """The row of this browser."""
    row = visitor().web_session
    assert row is not None, "this page does not ask for a signed-in person"
    return row

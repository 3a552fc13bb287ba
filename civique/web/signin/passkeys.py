"""A passkey as the second check, and what its pages share."""

import json
from typing import Any

from flask import abort, current_app, request
from werkzeug.wrappers import Response

from civique.core.access import passkeys
from civique.core.i18n import gettext as _
from civique.web.access import SIGNED_IN, allow, safe_path, visitor
from civique.web.application import limiter
from civique.web.pages import keep_anyway
from civique.web.signin.views import blueprint, second_check_given
from tenants.db import db

LONGEST_ANSWER = 20_000


def host() -> str:
    """Host that passkeys are tied to: this very site's, without port."""
    return request.host.rsplit(":", 1)[0]


def origin() -> str:
    """What the browser says it was on."""
    return f"{request.scheme}://{request.host}"


def json_answer(value: dict[str, Any], status: int = 200) -> Response:
    """A small JSON answer for our own script."""
    return current_app.response_class(json.dumps(value), status=status, mimetype="application/json")


@blueprint.post("/cle/options")
@allow(SIGNED_IN)
@limiter.limit("20 per 5 minutes")
def passkey_options() -> Response:
    """What the browser needs to ask for a passkey."""
    web_session = visitor().web_session
    assert web_session is not None
    body = passkeys.start_authentication(db.session, web_session, host())
    return current_app.response_class(body, mimetype="application/json")


@blueprint.post("/cle")
@allow(SIGNED_IN)
@limiter.limit("20 per 5 minutes")
def check_passkey() -> Response:
    """Accept a passkey as the second check."""
    if (request.content_length or 0) > LONGEST_ANSWER:
        abort(413)
    web_session = visitor().web_session
    assert web_session is not None
    try:
        answer = passkeys.parse_answer(request.get_data())
        next_page = safe_path(str(answer.pop("suite", "/")))
        passkeys.check_passkey(db.session, web_session, answer, host=host(), origin=origin())
    except passkeys.PasskeyRefused:
        keep_anyway()  # the challenge is spent
        return json_answer({"error": _("This passkey was not recognised here. Try again, or use a code.")}, 422)
    second_check_given()
    return json_answer({"next": next_page})

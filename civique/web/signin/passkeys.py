"""A passkey that signs in, or is the second check, and what its pages share."""

import json
from typing import Any

from flask import abort, current_app, request, session
from werkzeug.wrappers import Response

from civique.core.access import passkeys
from civique.core.i18n import gettext as _
from civique.web.access import PUBLIC, SIGNED_IN, allow, safe_path, visitor
from civique.web.application import limiter
from civique.web.pages import keep_anyway
from civique.web.signin import challenge
from civique.web.signin.challenge import host, origin
from civique.web.signin.forms import AddressForm
from civique.web.signin.views import blueprint, door, enter, second_check_given
from tenants.db import db
from tenants.session import current_tenant

LONGEST_ANSWER = 20_000


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
        return json_answer({"error": _not_recognised()}, 422)
    second_check_given()
    return json_answer({"next": next_page})


def _not_recognised() -> str:
    return _("This passkey was not recognised here. Try again, or use a code.")


@blueprint.post("/cle-d-acces/options")
@allow(PUBLIC)
@limiter.limit("120 per 5 minutes")
def door_options() -> Response:
    """What the browser needs to ask for a passkey of anybody; it keeps the challenge for five minutes."""
    asked, body = passkeys.start_sign_in(host())
    response = current_app.response_class(body, mimetype="application/json")
    challenge.keep(response, asked)
    return response


def _this_browser() -> str:
    return f"{current_tenant().schema}|{session.get('csrf_token', '')}"


def _was_refused(response: Response) -> bool:
    return response.status_code == 422


@blueprint.route("/cle-d-acces", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per 5 minutes; 400 per day", methods=["POST"], deduct_when=_was_refused)
@limiter.limit("10 per 5 minutes", methods=["POST"], key_func=_this_browser, deduct_when=_was_refused)
def enter_by_passkey() -> Response:
    """Come in with a passkey, without address nor code. It is two factors: the device, and what unlocks it."""
    next_page, text = safe_path(request.values.get("suite")), request.form.get("answer", "")
    if request.method == "GET":
        return door(AddressForm(), next_page)
    try:
        answer = passkeys.parse_answer(text[:LONGEST_ANSWER].encode())
        person = passkeys.sign_in(db.session, challenge.kept(), answer, host=host(), origin=origin())
    except passkeys.PasskeyRefused:
        keep_anyway()  # the challenge is spent
        response = door(AddressForm(formdata=None), next_page, refused=_not_recognised())
        response.status_code = 422
        return response
    session["suite"] = next_page
    return enter(person, strong=True)

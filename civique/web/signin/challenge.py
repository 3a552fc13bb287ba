"""What a passkey is asked for: this very site, and the challenge that a browser keeps while nobody is signed in."""

import base64
import json
from datetime import datetime

from flask import current_app, request
from werkzeug.wrappers import Response

from civique.core.access.passkeys import CHALLENGE_LIFE, Challenge
from civique.core.access.secret import seal, unseal


def host() -> str:
    """Host that passkeys are tied to: this very site's, without port."""
    return request.host.rsplit(":", 1)[0]


def origin() -> str:
    """What the browser says it was on."""
    return f"{request.scheme}://{request.host}"


def keep(response: Response, challenge: Challenge) -> None:
    """Give the challenge to this browser. A cookie of its own: the page asks for it by itself while a form may be sent, and
    the later of two answers would overwrite what the visit says."""
    value = seal(json.dumps([base64.b64encode(challenge.value).decode(), challenge.until.isoformat()]))
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(
        _name(), value, max_age=CHALLENGE_LIFE, httponly=True, secure=secure, samesite="Strict", path="/"
    )


def kept() -> Challenge | None:
    """The challenge that this browser keeps; None when it has none of this commune."""
    try:
        value, until = json.loads(unseal(request.cookies.get(_name(), "")))
    except ValueError:
        return None
    return Challenge(base64.b64decode(value), datetime.fromisoformat(until))


def _name() -> str:
    return "__Host-cle" if current_app.config["SESSION_COOKIE_SECURE"] else "cle"

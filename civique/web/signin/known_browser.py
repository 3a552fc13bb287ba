"""Browsers in which somebody came in before. Their tries are counted apart from everybody else's, so that whoever tries an
address from elsewhere does not keep its people out. It opens nothing: a code, a password, a second check stay due."""

import hashlib
import json
import secrets
from datetime import timedelta

from flask import after_this_request, current_app, request
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.access.secret import seal, unseal
from tenants.session import current_tenant

LIFE = timedelta(days=365)
MOST = 8
"""Addresses and people that a browser remembers: the last ones, for a family or the computer of a town hall."""


def browser_of(subject: str) -> str:
    """Identifier of this browser when ``subject`` (an address, or a person who gave a second check) came in here before, at
    this commune; empty otherwise, and when the cookie was altered, is too old or is another commune's."""
    browser, known = _read()
    return browser if _mark(subject) in known else ""


def tries_key(subject: str) -> str:
    """What the tries of somebody are counted by: the commune, who it is, and this browser when it knows them; all the
    others count together."""
    return f"{current_tenant().schema}|{subject}|{browser_of(subject) or 'unknown'}"


def remember(*subjects: str) -> None:
    """Note with the answer of this request that they came in here."""
    browser, known = _read()
    marks = [_mark(subject) for subject in subjects]
    kept = [*marks, *(mark for mark in known if mark not in marks)][:MOST]
    until = (clock.now() + LIFE).timestamp()
    value = seal(json.dumps([browser or secrets.token_hex(8), int(until), kept]))

    @after_this_request
    def keep(response: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(_name(), value, max_age=LIFE, httponly=True, secure=secure, samesite="Lax", path="/")
        return response


def _name() -> str:
    return "__Host-connu" if current_app.config["SESSION_COOKIE_SECURE"] else "connu"


def _mark(subject: str) -> str:
    return hashlib.sha256(subject.encode()).hexdigest()[:16]


def _read() -> tuple[str, list[str]]:
    try:
        browser, until, known = json.loads(unseal(request.cookies.get(_name(), "")))
    except ValueError:
        return "", []
    return (browser, known) if until > clock.now().timestamp() else ("", [])

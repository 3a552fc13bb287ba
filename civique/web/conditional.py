"""304 for anonymous pages: the ETag is the commune's change counter, so that a repeated visit costs one short query.

A page that carries a form, a notice or a signed-in person has no ETag and is never kept. A view whose answer depends on
something else of the visit (a receipt) says it with ``personal()``.
"""

import hashlib
from functools import cache

from flask import Flask, current_app, g, request, session
from werkzeug.wrappers import Response

from civique.core import clock, state
from civique.core.config import ROOT
from civique.core.i18n import get_locale
from civique.web.access import cookie_name
from tenants.db import db
from tenants.session import current_tenant


@cache
def build() -> str:
    """Changes with the code, the templates and the styles."""
    digest = hashlib.sha256()
    for folder in ("civique", "templates", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".po"}:
                digest.update(f"{path}{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


def _etag() -> str:
    tenant = current_tenant()
    parts = (
        build(),
        tenant.schema,
        str(state.version(db.session)),
        tenant.state,
        ",".join(sorted(tenant.modules)),
        get_locale(),
        clock.local(clock.now()).strftime("%Y%m%d%H"),
        request.full_path,
        request.headers.get("HX-Request-Type", ""),
    )
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


def personal() -> None:
    """Say that this answer is for this visitor alone, though nobody is signed in: no ETag, kept by nobody."""
    g.personal = True


def _candidate() -> bool:
    return (
        request.method == "GET"
        and request.endpoint not in {None, "static"}
        and cookie_name() not in request.cookies
        and "_flashes" not in session
    )


def answer_unchanged() -> Response | None:
    """Before the view: 304 when the visitor has this very page already.

    The counter is read before the content: what changes in between gives a page an ETag too old, never one too new. It
    is also read in the view's transaction, which ends by a commit; one more, rolled back, would make psycopg forget
    every prepared statement at each request.
    """
    if not _candidate():
        return None
    g.etag = _etag()
    if not request.if_none_match.contains_weak(g.etag):
        return None
    response = current_app.response_class(status=304)
    _mark(response, g.etag)
    return response


def add_etag(response: Response) -> Response:
    """After the view: an ETag for what is the same for everybody; nothing kept of the rest."""
    if response.direct_passthrough or "Cache-Control" in response.headers:
        return response
    plain = response.status_code == 200 and response.mimetype in {"text/html", "application/atom+xml", "text/calendar"}
    if plain and g.get("etag") and not g.get("csrf_token") and not g.get("personal") and "_flashes" not in session:
        _mark(response, g.etag)
    elif response.status_code != 304:
        response.headers["Cache-Control"] = "no-store"
    return response


def _mark(response: Response, etag: str) -> None:
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Accept-Language", "Cookie", "HX-Request-Type"))


def init_app(app: Flask) -> None:
    """Tie conditional answers to an application."""
    app.before_request(answer_unchanged)
    app.after_request(add_etag)

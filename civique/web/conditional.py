"""Anonymous pages are written once: the ETag is made of the commune's change counter and of all that the page depends on.

Who has the page already is answered 304, who has not gets the body that this process kept under the ETag: one short query
each. A page that carries a form, a notice or a signed-in person has no ETag and is never kept. A view whose answer depends
on something else of the visit (a receipt) says it with ``personal()``; a browser whose visit holds anything at all is given
no kept page.
"""

import hashlib
from functools import cache, lru_cache

from flask import Flask, current_app, g, request, session
from werkzeug.wrappers import Response

from civique.core import clock, settings
from civique.core.config import ROOT
from civique.core.i18n import get_locale
from civique.web.access import cookie_name, visitor
from civique.web.kept_pages import KeptPages
from tenants.changes import count_of
from tenants.db import db
from tenants.session import current_tenant
from tenants.tenant import Tenant

kept = KeptPages()


@cache
def build() -> str:
    """Changes with the code, the templates and the styles."""
    digest = hashlib.sha256()
    for folder in ("civique", "templates", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".po"}:
                digest.update(f"{path}{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=2000)
def _registered(tenant: Tenant) -> str:
    """All that the registry says of a commune, in words that every process finds the same."""
    facts = vars(tenant) | {"modules": sorted(tenant.modules)}
    return repr(sorted(facts.items()))


def _etag() -> str:
    tenant = current_tenant()
    count = count_of(db.commune_engines.platform, tenant.schema)
    settings.unchanged_since(db.session, count)
    parts = (
        build(),
        _registered(tenant),
        str(count),
        get_locale(),
        clock.local(clock.now()).strftime("%Y%m%d%H"),
        request.host_url,
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
        and visitor().person is None  # the worker asks in somebody's name without a cookie
        and "_flashes" not in session
    )


def answer_known() -> Response | None:
    """Before the view: 304 when the visitor has this very page already, its body when this process has it.

    The counter is read before the content: what changes in between gives a page an ETag too old, never one too new. It
    is also read in the view's transaction, which ends by a commit; one more, rolled back, would make psycopg forget
    every prepared statement at each request.
    """
    if not _candidate():
        return None
    g.etag = _etag()
    if request.if_none_match.contains_weak(g.etag):
        response = current_app.response_class(status=304)
        _mark(response, g.etag)
        return response
    page = None if session else kept.get(g.etag)
    return None if page is None else current_app.response_class(page.body, headers=page.headers)


def add_etag(response: Response) -> Response:
    """After the view: an ETag for what is the same for everybody; nothing kept of the rest."""
    if response.direct_passthrough or "Cache-Control" in response.headers:
        return response
    plain = response.status_code == 200 and response.mimetype in {"text/html", "application/atom+xml", "text/calendar"}
    if plain and g.get("etag") and not g.get("csrf_token") and not g.get("personal") and "_flashes" not in session:
        _mark(response, g.etag)
        if not session and not session.modified and "Set-Cookie" not in response.headers:
            kept.keep(g.etag, response.get_data(), tuple(response.headers))
    elif response.status_code != 304:
        response.headers["Cache-Control"] = "no-store"
    return response


def _mark(response: Response, etag: str) -> None:
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Accept-Language", "Cookie", "HX-Request-Type"))


def init_app(app: Flask) -> None:
    """Tie conditional answers to an application."""
    app.before_request(answer_known)
    app.after_request(add_etag)

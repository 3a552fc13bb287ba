"""Nothing typed is lost when a session or a form's token has ended: the form comes back filled, and is sent by hand.

A form that may not be sent is kept (``civique.core.unsent``) and its address leads back to it, with ``?reprendre=…``. The view
that would have received it is then run to *show* it: ``submit`` gives the page that holds the form, and nothing that the view
does is ever committed. The same serves an address of forms alone, opened by a visit: after a refused form, another language
or a reload shows the form, not an error.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from flask import Flask, current_app, g, request, session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from civique.core import unsent
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.unsent import Fields, UnsentForm
from civique.web.pages import go_path, notice, page
from tenants.db import db

ARGUMENT = "reprendre"
SECRETS = frozenset({"code", "password", "again", "pin"})
"""Names of the fields of codes and passwords, in every form: they are never kept."""
OF_THE_FORM = frozenset({"csrf_token", "once", "revision"})
"""Names of the fields that nobody types."""


def typed() -> Fields:
    """What this request sends and somebody typed or chose; empty when that is nothing, or when it comes from elsewhere."""
    forms = {"application/x-www-form-urlencoded", "multipart/form-data"}
    if request.method != "POST" or request.mimetype not in forms or not _from_here():
        return []
    fields = [(n, v) for n, v in request.form.items(multi=True) if n != "csrf_token" and n not in SECRETS]
    return fields if any(value.strip() for name, value in fields if name not in OF_THE_FORM) else []


def to_send_again() -> Fields:
    """What an error page may offer to send again as it was; empty when a code, a password or a file would miss."""
    try:
        sent = set(request.form) if request.method == "POST" else set()
    except (HTTPException, OSError):  # too large to be read; no room on the disk for its files
        return []
    return [] if sent & SECRETS or any(file.filename for file in request.files.values()) else typed()


def _from_here() -> bool:
    """Whether the form was on a page of this very site; older browsers say only from which origin."""
    site = request.headers.get("Sec-Fetch-Site")
    return site == "same-origin" if site else urlsplit(request.headers.get("Origin", "")).netloc == request.host


def keep(person_id: UUID | None) -> str:
    """Keep what this request sends.

    Args:
        person_id: whom the session names, or named before it ended.

    Returns:
        Path where it comes back; empty when there is nothing to keep, or when it cannot be kept.
    """
    fields = typed()
    if not fields:
        return ""
    session.setdefault("browser", secrets.token_urlsafe(16))
    files = any(file.filename for file in request.files.values())
    kept = unsent.keep(db.session, _browser(), person_id, request.path, fields, with_files=files)
    if kept is None:
        return ""
    asked = [(n, v) for n, v in request.args.items(multi=True) if n != ARGUMENT]
    return f"{request.path}?{urlencode([*asked, (ARGUMENT, str(kept))])}"


def _browser() -> bytes:
    return hashlib.sha256(str(session.get("browser", "")).encode()).digest()


def forget_sent() -> None:
    """A form that was kept has now been sent."""
    if request.method == "POST" and "browser" in session:
        unsent.forget(db.session, _browser(), request.path)


def prepare(person_id: UUID | None) -> None:
    """Before the view: this visit shows a form that was kept, or one whose address only receives forms."""
    if request.method != "GET":
        return
    row = _asked_row(person_id)
    refusal = request.routing_exception
    forms_alone = isinstance(refusal, MethodNotAllowed) and "POST" in (refusal.valid_methods or ())
    if row is None and not forms_alone:
        return
    try:
        rule, arguments = _match("POST")
    except HTTPException:
        return
    g.shown_only, g.unsent = True, row
    request.url_rule, request.view_args, request.routing_exception = rule, arguments, None
    request.method = "POST"
    request.form = ImmutableMultiDict(row.pairs() if row else ())
    request.files = ImmutableMultiDict()


def _match(method: str, path: str | None = None) -> Any:
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None, "a request has an address"
    return adapter.match(path, method=method, return_rule=True)


def _asked_row(person_id: UUID | None) -> UnsentForm | None:
    if ARGUMENT not in request.args:
        return None
    try:
        row = unsent.find(db.session, UUID(request.args[ARGUMENT]), _browser(), person_id)
    except ValueError:
        return None
    return row if row is not None and row.path == request.path else None


def shown_only() -> bool:
    """Whether this request shows a form and sends nothing: nothing that its view does will be kept."""
    return "shown_only" in g


def showing() -> None:
    """Said by whoever answers the page of the form itself."""
    g.shown = True
    if g.unsent is not None:
        sentence = _("What you had written was not sent. Here it is: read it again, then send it.")
        notice(sentence, "wait")
        if g.unsent.with_files:
            notice(_("Choose your files again: they were not kept."), "wait")


def answer(run: Callable[[], Response]) -> Response:
    """Run a view to show its form, and undo whatever else it does.

    Args:
        run: the view; its answer counts when it says that it shows the form.
    """
    before, row = dict(session), g.unsent
    words = row.pairs() if row else []
    try:
        response = run()
    except (HTTPException, Refused, StaleDataError) as error:
        if row is None and isinstance(error, (Forbidden, NotFound)):
            raise
        g.pop("shown", None)
        response = current_app.response_class()
    db.session.rollback()
    if "shown" in g:
        response.status_code = 200
        response.headers["Cache-Control"] = "no-store"
        return response
    session.clear()
    session.update(before)
    if not words:
        return go_path(_page_above())
    texts = [value for name, value in words if name not in OF_THE_FORM and value.strip()]
    return page("_layout/unsent.html", texts=texts, above=_page_above())


def _page_above() -> str:
    """The nearest address above this one that may be visited, with what it was asked."""
    path = request.path
    while path != "/":
        path = path.rpartition("/")[0] or "/"
        try:
            _match("GET", path)
        except RequestRedirect:
            break
        except HTTPException:
            continue
        break
    asked = urlencode([(n, v) for n, v in request.args.items(multi=True) if n != ARGUMENT])
    return f"{path}?{asked}" if asked else path


def init_app(app: Flask) -> None:
    """Give the error pages what may be sent again."""
    app.jinja_env.globals["to_send_again"] = to_send_again

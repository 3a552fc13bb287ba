"""Pages for what goes wrong: what happened, what to do next, who to call. What was typed can be sent again.

The page of a database that is away needs neither it nor a file: when the commune's own page cannot be drawn, a bare one is.
"""

import errno
from typing import Any

import structlog
from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from civique.core.i18n import get_locale
from civique.core.i18n import gettext as _
from civique.core.outbox import OutboxFull
from civique.core.refused import Refused
from civique.web.unsent import to_send_again
from tenants.db import db
from tenants.session import current_tenant

log = structlog.get_logger()
# Classes of SQLSTATE of a server that cannot work now and will later: resources (disk full…), operator intervention
# (shutdown, time-out), system error; then a standby that only reads, a transaction or a session that was idle too long.
AWAY_CLASSES = frozenset({"53", "57", "58"})
AWAY = frozenset({"25006", "25P03", "25P04"})
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


def sentences(status: int) -> tuple[str, str]:
    """Title and advice of an error page."""
    return {
        400: (_("This request is not complete"), _("Go back, check what you typed and send it again.")),
        403: (_("This page is not open to you"), _("If you think it should be, ask the town hall.")),
        404: (_("This page does not exist"), _("The address may have changed. Try the search or the home page.")),
        405: (_("This cannot be opened this way"), _("Go back to the page you came from and start again.")),
        409: (
            _("Somebody changed this file while you were reading it"),
            _("Nothing was overwritten. Open the file again to see what changed, then do what you wanted to do."),
        ),
        410: (_("This commune has left Civique"), _("Its data were returned to it and deleted here.")),
        413: (
            _("This file is too large"),
            _("A photo may weigh 30 MB, another file 15 MB. Choose a lighter one, then send the form again."),
        ),
        429: (_("Too many attempts"), _("Wait a few minutes, then try again.")),
        503: (_("The site is not available for the moment"), _away()),
    }.get(status, (_("Something went wrong on our side"), _("We have been told. Try again in a few minutes.")))


def _away() -> str:
    """What is true of what was sent: nothing was recorded, unless the connection was lost during the commit itself."""
    if request.method in {"GET", "HEAD"}:
        return _("Try again in a few minutes.")
    if g.get("committing"):
        return _("Perhaps what you have just sent was not received. Send it again in a few minutes.")
    if request.headers.get("HX-Request") == "true":
        return _("Nothing was recorded. What you had written is still on this page: send it again in a few minutes.")
    if to_send_again():
        return _("Nothing was recorded. Your text is still here: send it again in a few minutes.")
    return _("Nothing was recorded. Go back to the form, and send it again in a few minutes.")


def error_page(status: int, title: str | None = None, advice: str | None = None, *, bare: bool = False) -> Response:
    """Page of an error, or its notice for htmx (never swapped into a widget).

    Args:
        bare: the database cannot be reached: nothing is asked of it.
    """
    default_title, default_advice = sentences(status)
    context = {"status": status, "title": title or default_title, "advice": advice or default_advice}
    notice = request.headers.get("HX-Request") == "true"
    try:
        body = _bare(notice, context) if bare else render_template(_template(notice, "error"), **context)
    except Exception:  # it went away meanwhile: the shell cannot know how the commune is reached, nor who is signed in
        log.warning("error page without shell", status=status)
        _forget_session()
        body = _bare(notice, context)
    response = current_app.response_class(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    if status in {429, 503}:
        response.headers["Retry-After"] = "60"
    return response


def _template(notice: bool, page: str) -> str:
    return f"_layout/{'error_notice' if notice else page}.html"


def _bare(notice: bool, context: dict[str, Any]) -> str:
    """The page or the notice without the shell: no context processor runs."""
    name = "" if request.environ.get("civique.away") else current_tenant().name
    template = current_app.jinja_env.get_template(_template(notice, "error_bare"))
    return template.render(**context, name=name, locale=get_locale())


def token_again() -> str:
    """Token of the form that sends the same again: the one that came, when nobody can tell for which commune it was."""
    if request.environ.get("civique.away"):
        return request.form.get("csrf_token", "")
    return str(generate_csrf())


def init_app(app: Flask) -> None:
    """Tie error pages to an application."""
    app.jinja_env.globals["token_again"] = token_again

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        cause = getattr(error, "original_exception", None)
        if cause is not None:  # raised outside a view: while the answer was being finished
            return database_away(cause) if isinstance(cause, OperationalError) else unexpected(cause)
        db.session.rollback()
        status = error.code or 500
        return error if status < 400 else error_page(status)

    @app.errorhandler(CSRFError)
    def csrf(error: CSRFError) -> Response:
        db.session.rollback()
        why = _("It had been open for too long, or your browser refuses the cookies of this site.")
        then = "" if to_send_again() else _("Open the form again, then send it.")
        return error_page(400, _("This form was not sent"), f"{why} {then}".strip())

    @app.errorhandler(StaleDataError)
    def stale(error: StaleDataError) -> Response:
        db.session.rollback()
        return error_page(409)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        db.session.rollback()
        return error_page(422, _("This could not be done"), str(error))

    @app.errorhandler(OutboxFull)
    def outbox_full(error: OutboxFull) -> Response:
        log.error("outbox full", request_id=g.get("request_id"))
        db.session.rollback()
        return error_page(
            503,
            _("Too many things are waiting to be sent"),
            _("Nothing was kept of what you just sent. Try again in an hour; if it goes on, call the town hall."),
        )

    @app.errorhandler(OperationalError)
    @app.errorhandler(PoolTimeout)
    def database_away(error: Exception) -> Response:
        log.error("database away", error=type(error).__name__, detail=str(getattr(error, "orig", error))[:300])
        state = _server_state(error)
        _forget_session()
        return error_page(410) if _has_left(app) else error_page(503, bare=state is None)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error", request_id=g.get("request_id"))
        state = _server_state(error) or ""
        _forget_session()
        if isinstance(error, DBAPIError) and _has_left(app):
            return error_page(410)
        no_room = isinstance(error, OSError) and error.errno in NO_ROOM
        return error_page(503 if no_room or state in AWAY or state[:2] in AWAY_CLASSES else 500)


def _server_state(error: Exception) -> str | None:
    """SQLSTATE that the database answered, None when it did not answer. An answer to a commit says that it was refused,
    unless the connection was ended (57P01…)."""
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state is not None and not state.startswith("57P0"):
        g.pop("committing", None)
    return state


def _has_left(app: Flask) -> bool:
    """Whether the commune was deleted while this request was being answered; no when nobody can say."""
    try:
        return bool(app.config["REGISTRY"].has_left(current_tenant()))
    except SQLAlchemyError:
        return False


def _forget_session() -> None:
    try:
        db.session.rollback()
    except Exception:
        db.session.close()

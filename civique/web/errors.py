"""Pages for what goes wrong: what happened, what to do next, who to call. What was typed can be sent again."""

from typing import Any

import structlog
from flask import Flask, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.outbox import OutboxFull
from civique.core.refused import Refused
from civique.web.unsent import to_send_again
from tenants.db import db
from tenants.session import current_tenant

log = structlog.get_logger()
# SQLSTATE of a server that cannot write or is going away: disk full, out of memory, too many connections, shutdown.
AWAY = frozenset({"53100", "53200", "53300", "57P01", "57P02", "57P03"})


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
    """What is true of a form when the database is away: nobody knows whether it was received."""
    if request.method == "POST":
        return _("Perhaps what you have just sent was not received. Send it again in a few minutes.")
    return _("Try again in a few minutes.")


def error_page(status: int, title: str | None = None, advice: str | None = None) -> Response:
    """Page of an error, or its notice for htmx (never swapped into a widget)."""
    default_title, default_advice = sentences(status)
    context = {"status": status, "title": title or default_title, "advice": advice or default_advice}
    template = "_layout/error_notice.html" if request.headers.get("HX-Request") == "true" else "_layout/error.html"
    try:
        body = render_template(template, **context)
    except Exception:  # the database is away: the shell cannot know the commune's name, nor who is signed in
        log.warning("error page without shell", status=status)
        body = current_app.jinja_env.get_template("_layout/error_bare.html").render(**context)
    response = current_app.response_class(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    if status in {429, 503}:
        response.headers["Retry-After"] = "60"
    return response


def init_app(app: Flask) -> None:
    """Tie error pages to an application."""

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
        _forget_session()
        return error_page(503)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.exception("unexpected error", request_id=g.get("request_id"))
        _forget_session()
        if isinstance(error, DBAPIError):
            if _has_left(app):
                return error_page(410)
            return error_page(503 if getattr(error.orig, "sqlstate", None) in AWAY else 500)
        return error_page(500)


def _has_left(app: Flask) -> bool:
    """Whether the commune was deleted while this request was being answered."""
    registry = app.config["REGISTRY"]
    registry.forget()
    found = registry.by_schema(current_tenant().schema)
    return found is None or found.state in {"deleting", "deleted"}


def _forget_session() -> None:
    try:
        db.session.rollback()
    except Exception:
        db.session.close()

"""What the commune's application and the apex's have in common."""

from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog
from flask import Flask, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from flask_limiter import Limiter
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from itsdangerous import URLSafeTimedSerializer
from werkzeug import routing
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from civique.core import i18n
from civique.core.config import ROOT, Config
from civique.web import access, conditional, errors, headers, shell, unsent
from civique.web import request as border
from civique.web.lists import DIGITS
from civique.web.pages import go_path
from tenants.db import db
from tenants.engines import Engines
from tenants.session import current_tenant

log = structlog.get_logger()
csrf = CSRFProtect()


def limit_key() -> str:
    """Limits are counted a commune and an address."""
    return f"{current_tenant().schema}|{request.remote_addr}"


limiter = Limiter(key_func=limit_key, headers_enabled=False, swallow_errors=True, in_memory_fallback_enabled=True)


class CommuneCookie(SecureCookieSessionInterface):
    """The small signed cookie of a visit (form token, notices). Its signature is bound to the commune: replayed at the
    neighbour's, it reads as empty."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Serializer whose salt holds the commune."""
        self.salt = f"civique-visit-{current_tenant().id}"
        return super().get_signing_serializer(app)


class IntegerConverter(routing.IntegerConverter):
    """``<int:year>`` of at most nine digits: a longer number is the address of nothing, not an error of the database."""

    regex = rf"\d{{1,{DIGITS}}}"


class Application(Flask):
    """Flask with one place for the commit: after the view, before the answer leaves, when the view succeeded."""

    session_interface = CommuneCookie()

    def dispatch_request(self) -> Response:
        """Run the view, then commit what it did, or nothing when it answered an error, or only showed a form."""
        if unsent.shown_only():
            return unsent.answer(lambda: self.make_response(super(Application, self).dispatch_request()))
        response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            unsent.forget_sent()
        return self._settle(response)

    def preprocess_request(self) -> Response | None:
        """What answers before the view (304, sign-in) may have written too: an unknown cookie leaves a line."""
        early = super().preprocess_request()
        return None if early is None else self._settle(self.make_response(early))

    @staticmethod
    def _settle(response: Response) -> Response:
        if response.status_code < 400 or g.get("commit_anyway"):
            g.committing = True
            db.session.commit()
            g.pop("committing")
        else:
            db.session.rollback()
        return response


def create_application(name: str, config: Config, engines: Engines, **flask_config: Any) -> Application:
    """A Flask application with the house's rules; the caller registers its blueprints."""
    app = Application(name, root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.update(
        ENGINES=engines,
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.old_secret_keys),
        SESSION_COOKIE_NAME="__Host-visite" if config.scheme == "https" else "visite",
        SESSION_COOKIE_SECURE=config.scheme == "https",
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=32_000_000,
        MAX_FORM_MEMORY_SIZE=600_000,
        MAX_FORM_PARTS=500,
        SEND_FILE_MAX_AGE_DEFAULT=31_536_000,
        MODULE_OF_BLUEPRINT={},
        DESK="desk.work",
        RATELIMIT_STORAGE_URI=config.redis_url.replace("unix://", "redis+unix://", 1) or "memory://",
        # A form waits for each of its limits: without counters that answer, a second, then those of this process count.
        RATELIMIT_STORAGE_OPTIONS={"socket_timeout": 1, "socket_connect_timeout": 1},
        RATELIMIT_KEY_PREFIX="limites",
        RATELIMIT_ENABLED=config.limits,
        **flask_config,
    )
    if not config.local:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.url_map.converters["int"] = IntegerConverter
    app.before_request(_number_request)
    border.init_app(app)
    app.teardown_request(_forget_language)
    db.init_app(app)
    headers.init_app(app)
    csrf.init_app(app)
    app.before_request(_check_token)
    access.init_app(app)
    app.before_request(_show_form)
    app.before_request(_choose_language)
    conditional.init_app(app)
    app.before_request(access.enforce)
    limiter.init_app(app)
    errors.init_app(app)
    app.after_request(_log_request)
    shell.init_app(app)
    unsent.init_app(app)
    return app


def _choose_language() -> None:
    """The language of the person, or that of their choice in this browser; at a first visit, the browser's. A file of ours
    has none, and is given while the database is away."""
    if request.endpoint == "static":
        return
    person = access.visitor().person
    i18n.use(person.locale if person else _language_of_browser())


def _language_of_browser() -> str | None:
    return request.cookies.get("langue") or request.accept_languages.best_match(i18n.LOCALES)


def _check_token() -> Response | None:
    """Refuse a form whose token has ended, or was never ours; one of our own pages comes back filled, with a fresh token."""
    if request.endpoint is None or not current_app.config["WTF_CSRF_ENABLED"]:
        return None
    try:
        csrf.protect()
    except CSRFError:
        path = access.keep_unsent()
        if not path:
            raise
        return go_path(path)
    return None


def _show_form() -> None:
    if unsent.ARGUMENT in request.args or request.routing_exception is not None:
        unsent.prepare(access.visitor().person_id)


def _number_request() -> None:
    # Before the visitor is known, for what answers early.
    i18n.use(_language_of_browser())
    g.request_id = uuid4().hex[:12]
    g.started = perf_counter()


def _forget_language(_error: BaseException | None) -> None:
    # The thread goes on to other people.
    i18n.use(None)


def _log_request(response: Response) -> Response:
    """One line a request, with the commune's opaque name and never a person's data."""
    if request.endpoint != "static":
        log.info(
            "request",
            tenant=current_tenant().schema,
            id=g.get("request_id"),
            method=request.method,
            endpoint=request.endpoint,
            status=response.status_code,
            ms=round((perf_counter() - g.get("started", perf_counter())) * 1000, 1),
        )
    return response

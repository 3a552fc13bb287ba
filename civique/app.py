"""Composition of the web process: which host leads to which application, and what they share."""

import gc
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from flask import Flask, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from civique.core import logs, settings
from civique.core.commune import SetUp
from civique.core.config import Config, config
from civique.core.i18n import gettext as _
from civique.core.process import engines, registry
from civique.platform.manifest import APEX_BLUEPRINTS
from civique.platform.subscription.queries import publisher
from civique.services.memory import return_memory_early
from civique.web.access import visitor
from civique.web.application import create_application
from civique.web.conditional import personal
from civique.web.errors import error_page
from civique.web.list_jobs import create_commune_pages
from civique.web.manifest import SHARED_BLUEPRINTS
from civique.web.pages import page
from civique.web.read_only import OPEN_WHEN_SUSPENDED, close_forms
from tenants.db import db
from tenants.engines import Engines
from tenants.registry import Registry
from tenants.session import entered
from tenants.tenant import PLATFORM, Tenant

LOOPBACK = frozenset({"127.0.0.1", "::1"})
StartResponse = Callable[..., Any]


def create_commune_app(settings: Config, engines: Engines) -> Flask:
    """The application that answers at a commune's host."""
    app = create_commune_pages("civique.commune", settings, engines)
    app.config["PUBLISHER"] = publisher
    app.before_request_funcs[None].insert(1, _respect_state)
    app.before_request(_respect_publication)
    app.after_request(close_forms)
    return app


def create_apex_app(settings: Config, engines: Engines) -> Flask:
    """The application that answers at the apex."""
    app = create_application("civique.apex", settings, engines)
    app.config["DESK"] = "operations.work"
    for blueprint in (*SHARED_BLUEPRINTS, *APEX_BLUEPRINTS):
        app.register_blueprint(blueprint)
    app.before_request_funcs[None].insert(1, _refuse_unknown_host)
    return app


def _respect_state() -> Response | None:
    """Suspended: read-only, exports stay open. Closed: 503 with the reason. Deleted while being read: 410."""
    tenant: Tenant = request.environ["civique.tenant"]
    if request.endpoint == "static" or request.blueprint == "shell":
        return None
    if tenant.state in {"closed", "creating"}:
        return error_page(503, None, tenant.state_reason)
    if tenant.state == "deleting":
        return error_page(410)
    writes = request.method not in {"GET", "HEAD", "OPTIONS"}
    if tenant.read_only and writes and request.blueprint not in OPEN_WHEN_SUSPENDED:
        return error_page(403, _("This site is read-only for the moment."), tenant.state_reason)
    return None


def _respect_publication() -> Response | None:
    """Not published yet: the staff see the site, others that it opens soon. One signs in, and reads who publishes."""
    if request.endpoint == "static" or request.blueprint in {"shell", "access", "account", "legal"}:
        return None
    if settings.get(db.session, SetUp).published or visitor().rights.staff:
        return None
    personal()
    response = page("site/soon.html")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _refuse_unknown_host() -> Response | None:
    """Nobody answers at this host: one page that says so and leads to the apex, by its full address. Nobody knows who
    answers while the database is away."""
    if request.environ.get("civique.away") and request.endpoint != "static":
        return error_page(503, bare=True)
    if request.environ.get("civique.unknown_host") and request.endpoint not in {"static", "shell.theme_css"}:
        if current_app.config["REGISTRY"].left(_host(request.environ)):
            return error_page(410)
        return page("platform/unknown_host.html", status=404)
    return None


class Dispatcher:
    """WSGI application: finds who answers at the host, enters the commune, hands over."""

    def __init__(self, settings: Config, engines: Engines, registry: Registry) -> None:
        self.settings = settings
        self.engines = engines
        self.registry = registry
        self.commune = create_commune_app(settings, engines)
        self.apex = create_apex_app(settings, engines)
        for app in (self.commune, self.apex):
            app.config["REGISTRY"] = registry

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path in {"/healthz", "/readyz", "/metrics"}:
            return self._health(path, environ, start_response)
        if path == "/_tls":
            return self._tls(environ, start_response)
        try:
            tenant = self.registry.by_host(_host(environ))
        except SQLAlchemyError:
            return self._away(environ, start_response)
        environ["civique.tenant"] = tenant or PLATFORM
        environ["civique.unknown_host"] = tenant is None
        with entered(tenant or PLATFORM) as current:
            app = self.apex if current.is_platform else self.commune
            return app(environ, start_response)

    def _away(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """The database is away, and this process does not know the commune yet: the page that needs nothing."""
        environ["civique.tenant"], environ["civique.away"] = PLATFORM, True
        with entered(PLATFORM):
            return self.apex(environ, start_response)

    def _health(self, path: str, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        from civique import health

        if path == "/healthz":
            return _plain(start_response, "200 OK", "ok")
        if path == "/metrics":
            if environ.get("HTTP_X_FORWARDED_FOR"):
                return _plain(start_response, "404 Not Found", "")
            try:
                return _plain(start_response, "200 OK", health.metrics(self.engines))
            except SQLAlchemyError:
                return _plain(start_response, "503 Service Unavailable", "")
        problems = health.problems(self.settings, self.engines)
        return _plain(
            start_response, "503 Service Unavailable" if problems else "200 OK", "\n".join(problems) or "ready"
        )

    def _tls(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """What the web server on this machine asks before it gets a certificate: whether somebody answers at a domain.

        Nobody else may ask: what comes through the web server carries ``X-Forwarded-For``.
        """
        domain = parse_qs(environ.get("QUERY_STRING", "")).get("domain", [""])[0]
        asked_here = environ.get("REMOTE_ADDR") in LOOPBACK and not environ.get("HTTP_X_FORWARDED_FOR")
        if not asked_here or not domain or "\0" in domain:
            return _plain(start_response, "404 Not Found", "")
        try:
            tenant = self.registry.by_host(domain)
        except SQLAlchemyError:
            return _plain(start_response, "503 Service Unavailable", "")
        known = tenant is not None and tenant.state not in {"creating", "deleting"}
        return _plain(start_response, "200 OK" if known else "404 Not Found", "")


def _host(environ: dict[str, Any]) -> str:
    return str(environ.get("HTTP_HOST", "")).rsplit(":", 1)[0].strip("[]")


def _plain(start_response: StartResponse, status: str, body: str) -> Iterable[bytes]:
    data = body.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(data)))]
    headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
    start_response(status, headers)
    return [data]


def create_wsgi(settings: Config | None = None) -> Dispatcher:
    """The whole web process, from the environment."""
    return_memory_early()
    settings = settings or config()
    logs.configure(local=settings.local)
    dispatcher = Dispatcher(settings, engines(), registry())
    gc.collect()
    gc.freeze()  # code and tables stay to the end: looking at them at each collection costs a tenth of every page
    return dispatcher

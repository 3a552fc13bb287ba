"""Security headers, and the refusal of writes that come from another site."""

from flask import Flask, abort, request
from werkzeug.wrappers import Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors {ancestors}"
)


def add_headers(response: Response) -> Response:
    """Same headers on every answer; only the block to embed may be framed by another site."""
    embeddable = response.headers.pop("X-Embeddable", None) is not None
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP.format(ancestors="*" if embeddable else "'none'"))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=(), interest-cohort=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers.setdefault("Cross-Origin-Resource-Policy", "same-site")
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def refuse_foreign_writes() -> None:
    """A form sent from another site is refused, besides the CSRF token (browsers say where a request comes from)."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403)


def init_app(app: Flask) -> None:
    """Tie the headers to an application."""
    app.before_request(refuse_foreign_writes)
    app.after_request(add_headers)

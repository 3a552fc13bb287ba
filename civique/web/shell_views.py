"""Small shared addresses: the colour's style sheet, the language, files, the installable application."""

from uuid import UUID

from flask import Blueprint, abort, current_app, jsonify, request, send_file
from werkzeug.wrappers import Response

from civique.core import commune, settings
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import store
from civique.core.people.models import Person
from civique.core.registry import modules
from civique.web import theme
from civique.web.access import PUBLIC, allow, safe_path, visitor
from civique.web.pages import go_path, page
from civique.web.shell import static
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("shell", __name__)


@blueprint.get("/theme-<fingerprint>.css")
@allow(PUBLIC)
def theme_css(fingerprint: str) -> Response:
    """The commune's colour; its address changes with it, so it is kept for a year."""
    colour = settings.get(db.session, commune.Identity).colour
    response = current_app.response_class(theme.stylesheet(colour), mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/langue/<code>")
@allow(PUBLIC)
def language(code: str) -> Response:
    """Choose a language for this browser."""
    response = go_path(safe_path(request.args.get("suite")))
    response.set_cookie("langue", code if code in {"fr", "en"} else "fr", max_age=31536000, samesite="Lax", path="/")
    return response


@blueprint.get("/fichiers/<uuid:file_id>/<name>")
@allow(PUBLIC)
def file(file_id: UUID, name: str) -> Response:
    """A file of this commune: public ones for all, others for staff, for who sent them, and for whom a module says."""
    row = db.session.get(StoredFile, file_id)
    if row is None or not _may_read(row):
        abort(404)
    small = request.args.get("taille") == "petite" and row.thumbnail_sha256
    path = store().path(current_tenant().schema, str(row.thumbnail_sha256 if small else row.sha256))
    shown = row.mime in {"image/webp", "application/pdf"}
    response = send_file(path, mimetype=row.mime, as_attachment=not shown, download_name=row.name, conditional=True)
    public = row.visibility == "public"
    response.headers["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _may_read(row: StoredFile) -> bool:
    if row.visibility == "public":
        return True
    who = visitor()
    if row.visibility == "staff" and who.rights.staff:
        return True
    if who.person is None:
        return False
    return row.person_id == who.person.id or (row.visibility == "staff" and _a_module_says_so(row, who.person))


def _a_module_says_so(row: StoredFile, person: Person) -> bool:
    """Whether the file belongs to something that this person follows with others; « private » files are never shared."""
    answers = (module.reads_file for module in modules().of(current_tenant()))
    return any(reads(db.session, row, person) for reads in answers if reads is not None)


@blueprint.get("/manifest.webmanifest")
@allow(PUBLIC)
def web_manifest() -> Response:
    """Lets the site be installed on a phone."""
    tenant = current_tenant()
    colour = theme.corrected(settings.get(db.session, commune.Identity).colour)
    response = jsonify(
        name=tenant.name, short_name=tenant.name[:24], start_url="/", scope="/", display="standalone", lang="fr",
        background_color="#fbf9f4", theme_color=colour,
        icons=[
            {"src": static("ui/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": static("ui/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        ],
    )  # fmt: skip
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get("/sw.js")
@allow(PUBLIC)
def service_worker() -> Response:
    """Keeps the offline page; served at the root so that its scope is the whole site."""
    response = send_file("static/ui/sw.js", mimetype="text/javascript", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/hors-ligne")
@allow(PUBLIC)
def offline() -> Response:
    """What shows when the network is away."""
    return page("_layout/offline.html")

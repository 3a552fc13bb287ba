"""Small shared addresses: the colour's style sheet, the language, files, the installable application."""

from uuid import UUID

from flask import Blueprint, abort, current_app, jsonify, request, send_file
from werkzeug.wrappers import Response

from civique.core import commune, events, settings
from civique.core.documents.events import FileRead
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import store
from civique.core.people.models import Person
from civique.core.registry import modules
from civique.web import theme
from civique.web.access import PUBLIC, STAFF, allow, ask_second_factor, is_sensitive, safe_path, visitor
from civique.web.applicant import first_who
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
    """A file of this commune: public ones for all, others for who sent them, for whom a module says, and for the staff who
    have its permission, with the second factor."""
    row = db.session.get(StoredFile, file_id) or abort(404)
    if not _theirs(row):
        if not _of_the_desk(row):
            abort(404)
        if is_sensitive(row.permission or STAFF) and not visitor().strong:
            return ask_second_factor()
        if row.permission:
            events.tell(db.session, FileRead(row))
    return _sent(row)


def _sent(row: StoredFile) -> Response:
    smaller = {"petite": row.thumbnail_sha256, "moyenne": row.medium_sha256}.get(request.args.get("taille", ""))
    path = store().path(current_tenant().schema, smaller or row.sha256)
    shown = row.mime in {"image/webp", "application/pdf"}
    public = row.visibility == "public"
    # By parts only when anybody may read it: each reading of the others is one request, and one line where it leaves one.
    response = send_file(path, mimetype=row.mime, as_attachment=not shown, download_name=row.name, conditional=public)
    response.headers["Cache-Control"] = "public, max-age=86400" if public else "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _theirs(row: StoredFile) -> bool:
    """Whether the visitor reads it whatever their role: public, sent by them, or of something that they follow with others
    (a module says so; « private » files are never shared)."""
    if row.visibility == "public":
        return True
    answers = [m.reads_file for m in modules().of(current_tenant()) if m.reads_file and row.visibility == "staff"]

    def reads(person: Person) -> bool:
        return row.person_id == person.id or any(answer(db.session, row, person) for answer in answers)

    return first_who(reads) is not None


def _of_the_desk(row: StoredFile) -> bool:
    """Whether the visitor's role opens it; the permission of a module that is off opens nothing."""
    rights = visitor().rights
    if row.visibility != "staff" or not rights.staff:
        return False
    codes = {permission.code for module in modules().of(current_tenant()) for permission in module.permissions}
    return not row.permission or (row.permission in codes and rights.can(row.permission))


@blueprint.get("/manifest.webmanifest")
@allow(PUBLIC)
def web_manifest() -> Response:
    """Lets the site be installed on a phone."""
    tenant = current_tenant()
    colour = theme.corrected(settings.get(db.session, commune.Identity).colour)
    response = jsonify(
        name=tenant.name,
        short_name=tenant.name[:24],
        start_url="/",
        scope="/",
        display="standalone",
        lang="fr",
        background_color="#fbf9f4",
        theme_color=colour,
        icons=[
            {"src": static("ui/icon-192.png"), "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": static("ui/icon-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        ],
    )
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

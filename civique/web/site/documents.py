"""Public documents of the commune: décisions, arrêtés, comptes rendus…"""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from civique.core.documents.queries import find_documents
from civique.web.access import PUBLIC, allow
from civique.web.desk.labels import DOCUMENT_KINDS
from civique.web.lists import paginate
from civique.web.pages import page

blueprint = Blueprint("documents", __name__)


@blueprint.get("/documents")
@allow(PUBLIC)
def listing() -> Response:
    """What everybody may read, newest first."""
    words = request.args.get("q", "").strip()[:100]
    asked = request.args.get("genre", "")
    kind = asked if asked in DOCUMENT_KINDS else None
    found = paginate(find_documents(words, kind, public_only=True))
    return page("site/documents.html", block="rows", listing=found, words=words, kind=kind, kinds=DOCUMENT_KINDS)

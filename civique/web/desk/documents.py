"""Documents of the commune: file, add a version, publish, take back, delete."""

from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.documents import operations as documents
from civique.core.documents.models import Document, DocumentVersion
from civique.core.documents.queries import find_documents
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import allow
from civique.web.desk.document_forms import DocumentFacts, DocumentForm, VersionForm, with_kinds
from civique.web.desk.labels import DOCUMENT_KINDS, TONES
from civique.web.desk_list import DeskList, Filter, Order, anywhere
from civique.web.lists import row_or_404
from civique.web.pages import go, go_path, notice, page
from civique.web.submit import submit
from civique.web.tables import Column
from civique.web.uploads import keep_upload
from tenants.db import db

blueprint = Blueprint("desk_documents", __name__, url_prefix="/mairie/documents")
PERMISSION = "core.documents"
VISIBILITIES = {"public": _l("Everybody"), "staff": _l("The town hall only"), "private": _l("One person only")}
LIST = DeskList(
    name="documents",
    title=_l("Documents"),
    select=find_documents,
    columns=(
        Column(_l("Title"), lambda d: d.title),
        Column(_l("Kind of document"), lambda d: str(DOCUMENT_KINDS[d.kind])),
        Column(_l("Number"), lambda d: d.number),
        Column(_l("Date of the document"), lambda d: d.dated),
        Column(_l("Who may read it?"), lambda d: str(VISIBILITIES[d.visibility])),
        Column(_l("Versions"), lambda d: len(d.versions)),
        Column(_l("Filed on"), lambda d: clock.local(d.created_at).date()),
    ),
    template="desk/documents/list.html",
    orders=(
        Order(
            "recents", _l("Newest first"), (Document.dated.desc().nulls_last(), Document.created_at.desc(), Document.id)
        ),
        Order("titre", _l("Title"), Document.folded),
    ),
    filters=(
        Filter("genre", _l("Kind of document"), DOCUMENT_KINDS, Document.kind),
        Filter(
            "lecture",
            _l("Who may read it?"),
            {code: VISIBILITIES[code] for code in ("public", "staff")},
            Document.visibility,
        ),
    ),
    words=anywhere(Document.folded),
    words_label=_l("Words of the title"),
)
LIST.add_to(blueprint, PERMISSION, lambda: {"kinds": DOCUMENT_KINDS, "visibilities": VISIBILITIES, "tones": TONES})


@blueprint.route("/ajouter", methods=["GET", "POST"])
@allow(PERMISSION)
def new() -> Response:
    """File a document; a refused file keeps the rest of the form."""
    form = with_kinds(DocumentForm())

    def do() -> Document:
        assert form.file.data is not None, "the field is required"
        visibility = form.visibility.data
        file = keep_upload(form.file.data, visibility=visibility, alternative=form.title.data)
        return documents.add_document(db.session, file, visibility=visibility, **form.facts())

    return submit(
        form,
        do,
        again=lambda: page("desk/documents/new.html", form=form),
        to=lambda document: _address(document.id),
        said=lambda document: _("“%(title)s” is filed.", title=document.title),
    )


@blueprint.get("/<uuid:document_id>")
@allow(PERMISSION)
def card(document_id: UUID) -> Response:
    """A document and its versions."""
    return _card(row_or_404(Document, document_id))


@blueprint.post("/<uuid:document_id>")
@allow(PERMISSION)
def correct(document_id: UUID) -> Response:
    """Correct what is said of it."""
    document, form = row_or_404(Document, document_id), with_kinds(DocumentFacts())
    return submit(
        form,
        lambda: documents.correct_document(db.session, document, **form.facts()),
        again=lambda: _card(document, facts=form),
        to=_address(document_id),
        said=_("Saved."),
    )


@blueprint.post("/<uuid:document_id>/version")
@allow(PERMISSION)
def add_version(document_id: UUID) -> Response:
    """Add a version; the former ones stay."""
    document, form = row_or_404(Document, document_id), VersionForm()

    def do() -> DocumentVersion:
        assert form.file.data is not None, "the field is required"
        file = keep_upload(form.file.data, visibility=document.visibility, alternative=document.title)
        return documents.add_version(db.session, document, file, form.note.data or "")

    return submit(
        form,
        do,
        again=lambda: _card(document, form=form),
        to=_address(document_id),
        said=lambda version: _("Version %(number)s is filed. The former ones stay.", number=version.number),
    )


@blueprint.post("/<uuid:document_id>/montrer")
@allow(PERMISSION)
def show(document_id: UUID) -> Response:
    """Everybody may read it."""
    document = row_or_404(Document, document_id)
    documents.show_document(db.session, document, "public")
    notice(_("Everybody may now read “%(title)s” on the site.", title=document.title))
    return go_path(_address(document_id))


@blueprint.post("/<uuid:document_id>/reprendre")
@allow(PERMISSION)
def take_back(document_id: UUID) -> Response:
    """Only the town hall may read it."""
    document = row_or_404(Document, document_id)
    documents.show_document(db.session, document, "staff")
    notice(_("“%(title)s” is no longer on the site.", title=document.title))
    return go_path(_address(document_id))


@blueprint.route("/<uuid:document_id>/supprimer", methods=["GET", "POST"])
@allow(PERMISSION)
def remove(document_id: UUID) -> Response:
    """Delete the document with all its versions."""
    document = row_or_404(Document, document_id)
    if request.method == "GET":
        return page("desk/documents/remove.html", document=document)
    documents.remove_document(db.session, document)
    notice(_("“%(title)s” is deleted.", title=document.title))
    return go("desk_documents.listing")


def _address(document_id: UUID) -> str:
    return url_for("desk_documents.card", document_id=document_id)


def _card(document: Document, *, form: VersionForm | None = None, facts: DocumentFacts | None = None) -> Response:
    return page(
        "desk/documents/card.html",
        document=document,
        form=form or VersionForm(formdata=None),
        facts=facts or with_kinds(DocumentFacts(formdata=None, obj=document)),
        kinds=DOCUMENT_KINDS,
        visibilities=VISIBILITIES,
        tones=TONES,
    )

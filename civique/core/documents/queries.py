"""Reading documents."""

from urllib.parse import quote

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from civique.core.documents.models import Document
from civique.core.folding import holds
from civique.core.i18n import _l
from civique.core.search import Described, SearchKind


def find_documents(text: str = "", kind: str | None = None, *, public_only: bool = False) -> Select[Document]:
    """Query of the documents whose title holds every word, newest first."""
    query = (
        select(Document)
        .options(selectinload(Document.versions))
        .order_by(Document.dated.desc().nulls_last(), Document.created_at.desc())
    )
    query = query.where(*holds(text, Document.folded))
    query = query.where(Document.kind == kind) if kind else query
    return query.where(Document.visibility == "public") if public_only else query


def _described(document: Document) -> Described:
    file = document.current.file
    return Described(document.title, document.number, f"/fichiers/{file.id}/{quote(file.name)}")


SEARCH = SearchKind(
    "document", _l("Document"), lambda session: session.scalars(find_documents(public_only=True)), _described
)

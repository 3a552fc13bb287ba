"""Writing files and documents."""

import io
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import event, func, or_, select, text
from sqlalchemy.orm import Session

from civique.core import audit, clock, search
from civique.core.config import config
from civique.core.documents.models import SIZES, Document, DocumentVersion, StoredFile
from civique.core.documents.queries import SEARCH
from civique.core.folding import fold
from civique.services.images import Picture, prepare_pictures
from civique.services.storage import FileStore
from tenants.session import TenantSession

MAX_BYTES = 15_000_000
# Seconds: no transaction of a page or a job lasts that long.
JUST_WRITTEN = 600
A_DAY = 86_400
DROPPED = "dropped_files"
WIDTHS = (1_600, *sorted(SIZES.values(), reverse=True))
"""Pixels in which a picture is kept: the whole one, then each smaller one."""
CONTENTS = (StoredFile.sha256, StoredFile.medium_sha256, StoredFile.thumbnail_sha256)


@cache
def store() -> FileStore:
    """Where the contents of files are kept."""
    return FileStore(config().var / "files")


def keep_file(
    session: TenantSession,
    stream: BinaryIO,
    *,
    name: str,
    mime: str,
    visibility: str = "staff",
    permission: str = "",
    person_id: UUID | None = None,
    max_bytes: int = MAX_BYTES,
) -> StoredFile:
    """Keep a file that was checked already; a rolled back transaction leaves content that the nightly sweep removes.

    Args:
        permission: what reading it asks of an agent, when it is not for the whole town hall.

    Raises:
        TooLarge, StorageFull: from the file store.
    """
    kept = store().put(session.tenant.schema, stream, max_bytes)
    file = StoredFile(
        sha256=kept.sha256,
        size=kept.size,
        mime=mime,
        name=name[-200:],
        visibility=visibility,
        permission=permission,
        person_id=person_id,
    )
    session.add(file)
    session.flush()
    return file


def keep_picture(session: TenantSession, data: bytes, *, name: str, alternative: str, **whose: Any) -> StoredFile:
    """Keep a picture of our own; one that somebody sent is read in another process first (``civique.services.analysis``).

    Raises:
        PictureRefused: not a picture, broken, or with too many pixels.
    """
    return keep_pictures(session, prepare_pictures(data, WIDTHS), name=name, alternative=alternative, **whose)


def keep_pictures(
    session: TenantSession,
    pictures: Sequence[Picture],
    *,
    name: str,
    alternative: str,
    visibility: str = "public",
    permission: str = "",
    person_id: UUID | None = None,
) -> StoredFile:
    """Keep a picture re-encoded without its metadata (place, device), in each of WIDTHS.

    Raises:
        TooLarge, StorageFull: from the file store.
    """
    whole, medium, small = pictures
    file = keep_file(
        session,
        io.BytesIO(whole.webp),
        name=f"{name.rpartition('.')[0] or name}.webp",
        mime="image/webp",
        visibility=visibility,
        permission=permission,
        person_id=person_id,
    )
    file.alternative, file.width, file.height = alternative, whole.width, whole.height
    put = store().put
    file.medium_sha256 = put(session.tenant.schema, io.BytesIO(medium.webp), MAX_BYTES).sha256
    file.thumbnail_sha256 = put(session.tenant.schema, io.BytesIO(small.webp), MAX_BYTES).sha256
    session.flush()
    return file


def drop_file(session: TenantSession, file: StoredFile) -> None:
    """Forget a file; its content goes when nothing else uses it, once this transaction is committed.

    Content that was written a moment ago stays until the nightly sweep: another transaction, not yet committed, may be
    keeping the same bytes.
    """
    digests = file.digests
    session.delete(file)
    session.flush()
    for digest in digests:
        used = select(func.count()).where(or_(*(column == digest for column in CONTENTS)))
        if session.execute(used).scalar_one() == 0:
            session.info.setdefault(DROPPED, set()).add(digest)


@event.listens_for(TenantSession, "after_commit")
def _delete_dropped(session: Session) -> None:
    if not session.in_nested_transaction() and (dropped := session.info.pop(DROPPED, None)):
        for digest in dropped:
            store().delete(session.tenant.schema, digest, before=clock.now().timestamp() - JUST_WRITTEN)  # type: ignore[attr-defined]


@event.listens_for(TenantSession, "after_rollback")
def _keep_dropped(session: Session) -> None:
    session.info.pop(DROPPED, None)


def sweep_files(session: TenantSession) -> int:
    """Delete content that no row refers to: of uploads whose transaction was rolled back, of files dropped just after they
    were written, of works that were killed. Only after a day, for a transaction may be under way.

    Returns:
        How many files went.
    """
    return len(
        store().sweep(session.tenant.schema, _contents(session) | _results(session), clock.now().timestamp() - A_DAY)
    )


def _contents(session: TenantSession) -> set[str]:
    """SHA-256 of all that the rows refer to."""
    return {digest for row in session.execute(select(*CONTENTS)) for digest in row if digest}


def _results(session: TenantSession) -> set[str]:
    """Names of the results of long works that are still kept (``civique.core.tasks``, which imports this module)."""
    query = text("SELECT replace(CAST(id AS text), '-', '') FROM task WHERE file_name IS NOT NULL")
    return set(session.execute(query).scalars())


def lost_files(session: TenantSession) -> list[str]:
    """SHA-256 of the files that rows refer to and whose content is not there, for ``doctor``; sorted."""
    there = {file.sha256 for file in store().iter_space(session.tenant.schema)}
    return sorted(_contents(session) - there)


def add_document(
    session: TenantSession,
    file: StoredFile,
    *,
    kind: str,
    title: str,
    visibility: str = "staff",
    number: str = "",
    dated: date | None = None,
) -> Document:
    """File a document, with its first version."""
    document = Document(
        kind=kind, title=title.strip(), folded=fold(title), number=number, dated=dated, visibility=visibility
    )
    session.add(document)
    session.flush()
    add_version(session, document, file)
    return document


def add_version(session: TenantSession, document: Document, file: StoredFile, note: str = "") -> DocumentVersion:
    """Add a version; the former ones stay."""
    session.refresh(document, with_for_update=True)
    last = select(func.coalesce(func.max(DocumentVersion.number), 0)).where(DocumentVersion.document_id == document.id)
    number = session.execute(last).scalar_one() + 1
    file.visibility = document.visibility
    version = DocumentVersion(document_id=document.id, number=number, file_id=file.id, note=note)
    session.add(version)
    session.flush()
    session.expire(document, ["versions"])
    _index(session, document)
    audit.record(session, "document.version_added", document, number=number)
    return version


def show_document(session: TenantSession, document: Document, visibility: str) -> None:
    """Publish a document or take it back, with its versions."""
    document.visibility = visibility
    for version in document.versions:
        version.file.visibility = visibility
    session.flush()
    _index(session, document)
    audit.record(session, "document.visibility", document, visibility=visibility)


def correct_document(session: TenantSession, document: Document, **facts: Any) -> None:
    """Change what is said of a document: title, kind, number, date."""
    for name, value in facts.items():
        setattr(document, name, value)
    document.folded = fold(document.title)
    session.flush()
    _index(session, document)
    audit.record(session, "document.corrected", document, fields=" ".join(sorted(facts)))


def _index(session: TenantSession, document: Document) -> None:
    """What is public can be found; what was taken back no longer."""
    if document.visibility != "public":
        search.remove(session, document)
        return
    search.index(session, SEARCH, document)


def remove_document(session: TenantSession, document: Document) -> None:
    """Remove a document and its files."""
    search.remove(session, document)
    audit.record(session, "document.removed", document)
    files = [version.file for version in document.versions]
    for version in list(document.versions):
        session.delete(version)
    session.flush()
    session.delete(document)
    session.flush()
    for file in files:
        drop_file(session, file)

"""Files that people send: refused early and clearly, never trusted for what their name says."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import g
from werkzeug.datastructures import FileStorage
from wtforms import FileField, ValidationError

from civique.core.documents import operations as documents
from civique.core.documents.models import StoredFile
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.services.analysis import AnalysisFailed, analyse
from civique.services.images import OLD_OFFICE, Picture, sniff
from civique.services.storage import StorageFull, TooLarge
from civique.web import kept_files
from tenants.db import db

MAX_BYTES = documents.MAX_BYTES
MAX_PICTURE_BYTES = 30_000_000
"""Of a photo as a telephone takes it; it is kept much smaller."""
PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"}
OFFICE = {
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
    "text/plain",
}
ZIPPED = {mime for mime in OFFICE if mime.startswith("application/")}
PDF = "application/pdf"


class UploadRefused(Refused):
    """A file that cannot be taken."""


@dataclass(frozen=True)
class Checked:
    """What a file is: its type, its pictures when it is one, or the sentence that refuses it."""

    mime: str | None
    pictures: tuple[Picture, ...] = ()
    refusal: str = ""


class UploadField(FileField):
    """A file to choose; ``data`` is None when nothing was chosen. It is looked at when the form is validated, before anything
    is done: what is wrong with it is said with the rest.

    Args:
        kept: whether it will be kept by ``keep_upload``; another file is read by who asks for it.

    Attributes:
        designation: of the chosen file, in a form that is shown again; empty when there is none.
    """

    data: FileStorage | None
    designation = ""

    def __init__(self, *args: Any, kept: bool = True, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kept = kept

    def process(self, formdata: Any, *arguments: Any, **named: Any) -> None:
        """Take the file that this form kept, when none was chosen since."""
        super().process(formdata, *arguments, **named)
        designation = formdata.get(f"{self.name}-kept", "") if formdata else ""
        if self.data is None and designation:
            self.data = kept_files.open_kept(designation)

    def keep(self) -> bool:
        """Keep the chosen file while the form is shown again; whether it could be."""
        self.designation = kept_files.keep(self.data, MAX_PICTURE_BYTES) if self.data is not None else ""
        return bool(self.designation)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the file only when one was chosen."""
        chosen = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        self.data = chosen[0] if chosen else None

    def pre_validate(self, form: Any) -> None:
        """Look at the file.

        Raises:
            ValidationError: with the sentence that refuses it.
        """
        if self.kept and self.data is not None:
            end_of_reading()
            refusal = checked(self.data).refusal
            if refusal:
                raise ValidationError(refusal)


def end_of_reading() -> None:
    """Give the connection back while a file is looked at, when nothing was written yet: it may take seconds."""
    session = db.session
    if not (session.new or session.dirty or session.deleted or session.info.get("changed")):
        session.rollback()


def keep_upload(
    upload: FileStorage,
    *,
    visibility: str,
    permission: str = "",
    alternative: str = "",
    person_id: UUID | None = None,
    pictures_only: bool = False,
    field: str = "file",
) -> StoredFile:
    """Check a file by its content and keep it; a picture is re-encoded without its metadata.

    Args:
        visibility: « staff » with a ``permission`` is for the agents who have it, without for all of them.
        field: of the form, beside which a refusal is said.

    Raises:
        UploadRefused: too large, not of an accepted kind, broken, with a script, or no room left.
    """
    name, found = Path(upload.filename or "document").name, checked(upload)
    whose: dict[str, Any] = {"visibility": visibility, "permission": permission, "person_id": person_id}
    if pictures_only and found.mime not in PICTURES:
        raise UploadRefused(_("Choose a picture: JPEG, PNG, WebP or a photo of your telephone."), field)
    if found.refusal:
        raise UploadRefused(found.refusal, field)
    try:
        if found.pictures:
            return documents.keep_pictures(db.session, found.pictures, name=name, alternative=alternative, **whose)
        content = cast(BinaryIO, upload.stream)
        return documents.keep_file(db.session, content, name=name, mime=str(found.mime), **whose)
    except TooLarge as error:
        raise UploadRefused(_too_large(), field) from error
    except StorageFull as error:
        raise UploadRefused(
            _("There is no room left for files. The rest of your form is kept: try again later."), field
        ) from error


def checked(upload: FileStorage) -> Checked:
    """What a file is, found once a request."""
    known: dict[int, Checked] = g.setdefault("checked_files", {})
    if id(upload) not in known:
        known[id(upload)] = _check(upload)
    return known[id(upload)]


def _check(upload: FileStorage) -> Checked:
    mime = sniff(upload.stream.read(8192))
    size = upload.stream.seek(0, 2)
    upload.stream.seek(0)
    if mime not in PICTURES and mime != PDF and mime not in OFFICE:
        return Checked(mime, refusal=_not_taken(mime))
    if size > (MAX_PICTURE_BYTES if mime in PICTURES else MAX_BYTES):
        return Checked(mime, refusal=_too_large())
    try:
        if mime in PICTURES:
            return _check_picture(str(mime), upload)
        if mime == PDF and analyse("pdf", cast(BinaryIO, upload.stream))[0]:
            sentence = _(
                "This PDF holds a program, other files, or a form that sends. Print it to a new PDF, then send that one."
            )
            return Checked(mime, refusal=sentence)
        if mime in ZIPPED and analyse("office", cast(BinaryIO, upload.stream))[0]:
            sentence = _("This document holds macros or other programs. Save it as PDF, then send that one.")
            return Checked(mime, refusal=sentence)
    except AnalysisFailed as error:
        return Checked(mime, refusal=_not_read(error.reason))
    return Checked(mime)


def _check_picture(mime: str, upload: FileStorage) -> Checked:
    sizes, pieces = analyse("pictures", cast(BinaryIO, upload.stream), *documents.WIDTHS)
    if sizes == "too_many_pixels":
        sentence = _(
            "This picture has too many pixels: 50 million at most for a photo (JPEG, HEIC), 24 million for another. "
            "Choose a smaller one."
        )
        return Checked(mime, refusal=sentence)
    if isinstance(sizes, str):
        return Checked(mime, refusal=_("This picture cannot be read. Choose another one."))
    return Checked(mime, tuple(Picture(webp, *size) for webp, size in zip(pieces, sizes, strict=True)))


def _not_taken(mime: str | None) -> str:
    if mime == OLD_OFFICE:
        return _(
            "Documents of this kind (.doc, .xls, .rtf, or with a password) may hold programs. Save it as PDF, then send "
            "that one."
        )
    if mime == "text/html":
        return _("Web pages and drawings in SVG may hold programs. Print it to a PDF, then send that one.")
    return _("This kind of file is not accepted. Save it as PDF, then send that one; or send a picture.")


def _too_large() -> str:
    return _("This file is too large: 30 MB at most for a photo, 15 MB for another file.")


def _not_read(reason: str) -> str:
    if reason == "busy":
        return _("Other files are being read at this moment. Send this one again in a minute.")
    return _("This file is damaged, or asks too much to be read. Save it anew, or choose another one.")

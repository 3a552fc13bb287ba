"""Files that people send: refused early and clearly, never trusted for what their name says."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID

from werkzeug.datastructures import FileStorage
from wtforms import FileField

from civique.core.documents import operations as documents
from civique.core.documents.models import StoredFile
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.services.images import PictureRefused, pdf_has_script, sniff
from civique.services.storage import StorageFull, TooLarge
from civique.web import kept_files
from tenants.db import db

MAX_BYTES = documents.MAX_BYTES
PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic"}
OFFICE = {
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
    "text/plain",
}
PDF = "application/pdf"


class UploadRefused(Refused):
    """A file that cannot be taken."""


class UploadField(FileField):
    """A file to choose; ``data`` is None when nothing was chosen.

    Attributes:
        kept: designates the chosen file in a form that is shown again; empty when there is none.
    """

    data: FileStorage | None
    kept = ""

    def process(self, formdata: Any, *arguments: Any, **named: Any) -> None:
        """Take the file that this form kept, when none was chosen since."""
        super().process(formdata, *arguments, **named)
        designation = formdata.get(f"{self.name}-kept", "") if formdata else ""
        if self.data is None and designation:
            self.data = kept_files.open_kept(designation)

    def keep(self) -> bool:
        """Keep the chosen file while the form is shown again; whether it could be."""
        self.kept = kept_files.keep(self.data) if self.data is not None else ""
        return bool(self.kept)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the file only when one was chosen."""
        chosen = [value for value in valuelist if isinstance(value, FileStorage) and value.filename]
        self.data = chosen[0] if chosen else None


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
    name = Path(upload.filename or "document").name
    kind = sniff(upload.stream.read(8192))
    upload.stream.seek(0)
    try:
        if kind in PICTURES:
            return _keep_picture(
                upload, name, alternative, visibility=visibility, permission=permission, person_id=person_id
            )
        if pictures_only:
            raise UploadRefused(_("Choose a picture: JPEG, PNG, WebP or a photo of your telephone."), field)
        if kind != PDF and kind not in OFFICE:
            raise UploadRefused(
                _("This kind of file is not accepted. Send a picture, a PDF, or an office document."), field
            )
        if kind == PDF and _has_script(upload):
            raise UploadRefused(_("This PDF holds a program. Print it to a new PDF, then send that one."), field)
        return documents.keep_file(
            db.session,
            cast(BinaryIO, upload.stream),
            name=name,
            mime=str(kind),
            visibility=visibility,
            permission=permission,
            person_id=person_id,
        )
    except PictureRefused as error:
        raise UploadRefused(_picture_sentence(error.reason), field) from error
    except TooLarge as error:
        raise UploadRefused(_("This file is too large: 15 MB at most."), field) from error
    except StorageFull as error:
        raise UploadRefused(
            _("There is no room left for files. The rest of your form is kept: try again later."), field
        ) from error


def _keep_picture(upload: FileStorage, name: str, alternative: str, **whose: Any) -> StoredFile:
    data = upload.stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge
    return documents.keep_picture(db.session, data, name=name, alternative=alternative, **whose)


def _picture_sentence(reason: str) -> str:
    if reason == "too_many_pixels":
        return _("This picture has too many pixels (24 million at most). Choose a smaller one.")
    return _("This picture cannot be read. Choose another one.")


def _has_script(upload: FileStorage) -> bool:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        shutil.copyfileobj(upload.stream, copy)
        copy.flush()
        upload.stream.seek(0)
        return pdf_has_script(Path(copy.name))

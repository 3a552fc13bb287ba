"""A file that was chosen in a form that is shown again: it is kept, so that nobody has to choose it twice.

Its content waits in the commune's files, where the nightly sweep removes what no row refers to after a day. What designates
it is signed, for one person of this commune and one hour.
"""

import io
from pathlib import Path
from typing import BinaryIO, cast

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from civique.core.documents.operations import store
from civique.core.unsent import LIFE
from civique.services.storage import StorageFull, TooLarge
from civique.web.access import visitor
from tenants.session import current_tenant


def _signer() -> URLSafeTimedSerializer:
    salt = f"civique-kept-file-{current_tenant().id}-{visitor().get_id()}"
    return URLSafeTimedSerializer([*current_app.config["SECRET_KEY_FALLBACKS"], current_app.secret_key], salt=salt)


def keep(upload: FileStorage, most: int) -> str:
    """Keep a chosen file for the same form.

    Args:
        most: bytes that it may have.

    Returns:
        What designates it; empty for somebody who is not signed in, or when there is no room.
    """
    if not visitor().is_authenticated:
        return ""
    upload.stream.seek(0)
    try:
        kept = store().put(current_tenant().schema, cast(BinaryIO, upload.stream), most)
    except (TooLarge, StorageFull):
        return ""
    finally:
        upload.stream.seek(0)
    return _signer().dumps([kept.sha256, Path(upload.filename or "").name[-200:], upload.mimetype])


def open_kept(designation: str) -> FileStorage | None:
    """The file that :func:`keep` designates; None for another person or commune, after an hour, or when it is gone."""
    try:
        sha256, name, mime = _signer().loads(designation, max_age=int(LIFE.total_seconds()))
        content = store().path(current_tenant().schema, sha256).read_bytes()
    except (BadData, OSError, ValueError):
        return None
    return FileStorage(io.BytesIO(content), filename=name, content_type=mime)

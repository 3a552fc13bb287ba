"""One picture on a card or an article, with its compulsory alternative text."""

from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, StringField

from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.web.forms import BaseForm, at_most, optional
from civique.web.uploads import UploadField, keep_upload
from tenants.db import db


class PictureFields(BaseForm):
    """Fields of a form that has a picture; a form inherits them."""

    picture_file = UploadField(_l("Picture file"), [optional()], render_kw={"accept": "image/*,.heic"})
    alternative = StringField(_l("What the picture shows"), [optional(), at_most(300)])
    no_picture = BooleanField(_l("Take the picture away"))


def keep_picture(form: PictureFields, row: Any) -> None:
    """Do what the form says of a row's picture: a new one, new words, none.

    Raises:
        Refused: a picture without words for those who do not see it, a file that cannot be taken.
    """
    former: StoredFile | None = row.picture
    upload: FileStorage | None = form.picture_file.data
    stays = former is not None and not form.no_picture.data
    alternative = form.alternative.data or ""
    if (upload or stays) and not alternative:
        raise Refused(_("Describe the picture in a few words for people who do not see it."), "alternative")
    if upload is not None:
        row.picture = keep_upload(
            upload, visibility="public", alternative=alternative, pictures_only=True, field="picture_file"
        )
    elif former is not None and stays:
        former.alternative = alternative
    else:
        row.picture = None
    db.session.flush()
    if former is not None and row.picture is not former:
        drop_file(db.session, former)

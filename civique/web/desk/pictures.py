"""One picture on a card or an article, with its compulsory alternative text."""

from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, StringField

from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.forms import BaseForm, at_most, optional
from civique.web.uploads import UploadField, UploadRefused, keep_upload
from tenants.db import db


class PictureFields(BaseForm):
    """Fields of a form that has a picture; a form inherits them."""

    picture_file = UploadField(_l("Picture file"), [optional()], render_kw={"accept": "image/*,.heic"})
    alternative = StringField(_l("What the picture shows"), [optional(), at_most(300)])
    no_picture = BooleanField(_l("Take the picture away"))

    def lacks_words(self, row: Any) -> bool:
        """Whether there will be a picture without words for those who do not see it; the field then says so."""
        keeps = row is not None and row.picture is not None and not self.no_picture.data
        if (self.picture_file.data or keeps) and not self.alternative.data:
            self.fail("alternative", _("Describe the picture in a few words for people who do not see it."))
            return True
        return False


def keep_picture(form: PictureFields, row: Any) -> bool:
    """Do what the form says of a row's picture: a new one, new words, none.

    Returns:
        False when the file was refused; the field then says why.
    """
    former: StoredFile | None = row.picture
    upload: FileStorage | None = form.picture_file.data
    if upload is not None:
        try:
            row.picture = keep_upload(
                upload, visibility="public", alternative=form.alternative.data or "", pictures_only=True
            )
        except UploadRefused as refusal:
            form.fail("picture_file", str(refusal))
            return False
    elif form.no_picture.data:
        row.picture = None
    elif former is not None:
        former.alternative = form.alternative.data or ""
    db.session.flush()
    if former is not None and row.picture is not former:
        drop_file(db.session, former)
    return True

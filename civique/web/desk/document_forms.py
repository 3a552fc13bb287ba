"""Forms to file documents."""

from typing import Any, TypeVar

from wtforms import DateField, RadioField, SelectField, StringField

from civique.core.i18n import _l
from civique.web.desk.labels import DOCUMENT_KINDS
from civique.web.forms import BaseForm, OnceForm, at_most, choices, optional, required
from civique.web.uploads import UploadField

ACCEPTED = {"accept": ".pdf,.odt,.ods,.docx,.xlsx,.csv,.txt,image/*,.heic"}


class DocumentFacts(BaseForm):
    """What is said of a document."""

    title = StringField(_l("Title"), [required(_l("Write a title.")), at_most(200)])
    kind = SelectField(_l("Kind of document"), [required(_l("Choose a kind."))])
    number = StringField(_l("Number"), [optional(), at_most(40)])
    dated = DateField(_l("Date of the document"), [optional()])

    def facts(self) -> dict[str, Any]:
        """What the document keeps."""
        facts = {name: self[name].data for name in ("kind", "title", "dated")}
        return facts | {"number": self.number.data or ""}


class DocumentForm(OnceForm, DocumentFacts):
    """A document with its first version."""

    visibility = RadioField(
        _l("Who may read it?"),
        [required(_l("Choose who may read it."))],
        choices=[("staff", _l("The town hall only")), ("public", _l("Everybody, on the site"))],
    )
    file = UploadField(_l("File"), [required(_l("Choose a file."))], render_kw=ACCEPTED)


class VersionForm(OnceForm):
    """A new version."""

    file = UploadField(_l("New file"), [required(_l("Choose a file."))], render_kw=ACCEPTED)
    note = StringField(_l("What changed"), [optional(), at_most(300)])


Facts = TypeVar("Facts", bound=DocumentFacts)


def with_kinds(form: Facts) -> Facts:
    """Fill in the kinds, in the language of the page."""
    form.kind.choices = choices(DOCUMENT_KINDS.items(), empty="")
    return form

"""Forms of the mairie about what residents say: an endorsement noted at the counter, a comment refused."""

from wtforms import SelectField, TextAreaField

from civique.core.i18n import _l
from civique.web.forms import BaseForm, OnceForm, RevisionField, at_most, later, optional, required


class CounterEndorsementForm(OnceForm):
    """An endorsement that reached the mairie by another way than the site, perhaps with a comment."""

    channel = SelectField(_l("How did this support reach you?"), [required()], default="paper")
    object_id = SelectField(_l("Which project?"), [required(_l("Choose the project."))])
    comment = TextAreaField(
        _l("Their comment, in their own words"), [optional(), at_most(1000)], render_kw={"rows": 3, "maxlength": 1000}
    )


class RefusalForm(BaseForm):
    """Why a comment is not shown, or no longer."""

    reason = TextAreaField(
        _l("Reason, which the author of the comment will read"), [later(), at_most(600)], render_kw={"rows": 3}
    )
    revision = RevisionField(default=0)

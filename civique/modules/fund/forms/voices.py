"""Forms around supports and comments: the holder agrees to be read, a resident comments, the mairie refuses."""

from wtforms import BooleanField, SelectField, TextAreaField

from civique.core.i18n import _l
from civique.web.cases import CaseForm
from civique.web.forms import BaseForm, OnceForm, at_most, later, optional, required


class ShowForm(BaseForm):
    """The holder agrees that residents read the request while it is examined."""

    shown_while_examined = BooleanField(
        _l("I agree that residents read my project and support it while the town hall examines it")
    )


class CommentForm(OnceForm):
    """A few words on a project that one supports."""

    comment = TextAreaField(
        _l("Your comment"),
        [required(_l("Write a few words.")), at_most(1000)],
        render_kw={"rows": 4, "maxlength": 1000},
    )


class CounterSupportForm(OnceForm):
    """A support that reached the mairie by another way than the site, perhaps with a comment."""

    channel = SelectField(_l("How did this support reach you?"), [required()], default="paper")
    request_id = SelectField(_l("Which project?"), [required(_l("Choose the project."))])
    comment = TextAreaField(
        _l("Their comment, in their own words"), [optional(), at_most(1000)], render_kw={"rows": 3, "maxlength": 1000}
    )


class CommentRefusalForm(CaseForm):
    """Why a comment is not shown, or no longer."""

    place = "comment-refusal"
    motive = TextAreaField(
        _l("Reason, which the author of the comment will read"), [later(), at_most(600)], render_kw={"rows": 3}
    )

"""Forms of committees, of their meetings and of the items of an order of the day."""

from wtforms import RadioField, SelectField, StringField, TextAreaField

from civique.core.committees.models import COLLEGES, VERDICTS
from civique.core.i18n import _l
from civique.web.forms import (
    AmountField,
    BaseForm,
    MomentField,
    OnceForm,
    RevisionField,
    at_most,
    later,
    optional,
    required,
)
from civique.web.uploads import UploadField


class CommitteeForm(OnceForm):
    """A committee."""

    name = StringField(_l("Name of the committee"), [required(_l("Give the committee a name.")), at_most(160)])
    about = TextAreaField(_l("What it is for"), [optional(), at_most(1000)], render_kw={"rows": 3})


class MemberForm(BaseForm):
    """A seat in a committee, for a person that was looked up."""

    person_id = SelectField(_l("Who?"), [required(_l("Choose a person."))])
    college = SelectField(_l("College"), [required()], choices=list(COLLEGES.items()))
    function = StringField(_l("Function"), [optional(), at_most(80)])


class MeetingForm(OnceForm):
    """A meeting to come."""

    at = MomentField(_l("Day and time"), [required(_l("Write the day and the time."))])
    place = StringField(_l("Place"), [optional(), at_most(160)])


class ItemForm(OnceForm):
    """An item of the order of the day that no module keeps."""

    title = StringField(_l("Another matter, in a few words"), [required(_l("Write what it is about.")), at_most(200)])


class OpinionForm(BaseForm):
    """What a committee said on one item."""

    revision = RevisionField(default=0)
    verdict = RadioField(_l("Opinion"), [required(_l("Choose an opinion."))], choices=list(VERDICTS.items()))
    opinion = TextAreaField(_l("In a few words"), [later(), at_most(2000)], render_kw={"rows": 3})
    amount_cents = AmountField(_l("Amount proposed"), [optional()])


class MinutesForm(BaseForm):
    """What was said beside the opinions."""

    revision = RevisionField(default=0)
    minutes = TextAreaField(_l("What was said"), [optional(), at_most(10_000)], render_kw={"rows": 8})


class GatheringDocumentForm(OnceForm):
    """A document to put beside a meeting."""

    title = StringField(_l("Title"), [required(_l("Write a title.")), at_most(200)])
    file = UploadField(_l("File"), [required(_l("Choose a file."))])

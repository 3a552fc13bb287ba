"""What is done to one application or to several at once."""

from wtforms import SelectField

from civique.core.i18n import _l
from civique.web.forms import BaseForm, optional, required


class TogetherForm(BaseForm):
    """Something done to the applications whose identifiers come with it."""


class AdmissibleForm(TogetherForm):
    """Declare them admissible."""


class EntrustForm(TogetherForm):
    """Who examines them."""

    assignee_id = SelectField(_l("In charge"), [optional()])


class MeetingForm(TogetherForm):
    """Put them on the order of the day of a meeting."""

    meeting_id = SelectField(_l("Which meeting?"), [required(_l("Choose a meeting."))])

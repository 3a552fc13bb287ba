"""The applicant agrees to be read."""

from wtforms import BooleanField

from civique.core.i18n import _l
from civique.web.forms import BaseForm


class ShowForm(BaseForm):
    """The applicant agrees that residents read the application while it is examined."""

    shown_while_examined = BooleanField(
        _l("I agree that residents read my project and support it while the town hall examines it")
    )

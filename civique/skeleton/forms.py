"""What was typed, checked."""

from wtforms import DateField, StringField, TextAreaField

from civique.core.i18n import _l
from civique.web.desk.cases import ForSomebody
from civique.web.forms import OnceForm, at_most, required
from civique.web.villages import VillageField


class RequestForm(OnceForm):
    """What a resident asks."""

    title = StringField(_l("What do you ask for?"), [required(_l("Write what you ask for.")), at_most(120)])
    starts_on = DateField(_l("First day"), [required(_l("Write the first day."))])
    ends_on = DateField(_l("Last day"), [required(_l("Write the last day."))])
    purpose = TextAreaField(
        _l("What for?"),
        [required(_l("Write a few words.")), at_most(2000)],
        render_kw={"rows": 3},
        description=_l("A few words are enough."),
    )
    territory_id = VillageField(_l("Which village is it for?"))


class CounterForm(ForSomebody, RequestForm):
    """The same, for somebody who came, called or wrote."""

"""Forms of the counter: who asks, what they ask."""

from wtforms import BooleanField, SelectField, StringField, TextAreaField

from civique.core.channels import ENTERED
from civique.core.i18n import _l
from civique.core.stall import references
from civique.web.forms import EmailField, OnceForm, ParsedField, PhoneField, at_most, optional, required
from civique.web.villages import VillageField

COUNTER_CHANNELS = ENTERED


class SheetField(ParsedField):
    """A reference of a line of a stall sheet, checked by its letter."""

    parse = staticmethod(references.normal)
    refusal = _l("This is not a reference of a sheet. Look at it again: ST-K7Q2-014-T.")


class NewPersonForm(OnceForm):
    """Somebody whom the commune does not know yet. Without e-mail: answers will be letters."""

    given_name = StringField(_l("First name"), [required(_l("Write the first name.")), at_most(80)])
    family_name = StringField(_l("Last name"), [required(_l("Write the last name.")), at_most(80)])
    street = StringField(_l("Number and street"), [optional(), at_most(200)])
    postal_code = StringField(_l("Postal code"), [optional(), at_most(5)], render_kw={"inputmode": "numeric"})
    city = StringField(_l("Town"), [optional(), at_most(120)])
    phone = PhoneField(_l("Telephone"), [optional()])
    somebody_else = BooleanField(_l("This is somebody else with the same name"))


class CounterQuestionForm(OnceForm):
    """A question told, telephoned or written on paper."""

    channel = SelectField(_l("How did it reach you?"), [required()], default="counter")
    text = TextAreaField(
        _l("What this person asks or has noticed"),
        [required(_l("Write a few words.")), at_most(4000)],
        render_kw={"rows": 6},
    )
    territory_id = VillageField(_l("Which village is it about?"))
    email = EmailField(_l("E-mail address for the answer"), [optional()])
    phone = PhoneField(_l("Telephone number to call back"), [optional()])
    sheet = SheetField(_l("Reference of the stall sheet"), [optional()])

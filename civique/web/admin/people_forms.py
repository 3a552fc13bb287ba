"""Forms about people."""

from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, validators

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.forms import (
    BaseForm,
    EmailField,
    OnceForm,
    PhoneField,
    RevisionField,
    at_most,
    optional,
    required,
)
from civique.web.villages import TerritoryField

CHANNELS = (
    ("email", _l("By e-mail")),
    ("letter", _l("By letter")),
    ("phone", _l("By telephone")),
    ("none", _l("Not at all")),
)
TRUST = (
    ("declared", _l("Declared: nothing checked yet")),
    ("confirmed", _l("Confirmed: answered at their address")),
    ("verified", _l("Verified by the town hall")),
)
TRUST_SHORT = {"declared": _l("Declared"), "confirmed": _l("Confirmed"), "verified": _l("Verified")}


class FactsForm(BaseForm):
    """What is known of a person."""

    given_name = StringField(_l("First name"), [required(_l("Write a first name.")), at_most(80)])
    family_name = StringField(_l("Last name"), [required(_l("Write a last name.")), at_most(80)])
    birth_date = DateField(_l("Date of birth"), [optional()])
    phone = PhoneField(_l("Telephone"), [optional()])
    street = StringField(_l("Street"), [optional(), at_most(200)])
    postal_code = StringField(
        _l("Postal code"),
        [optional(), validators.Regexp(r"\d{5}", message=_l("Five digits."))],
        render_kw={"inputmode": "numeric"},
    )
    city = StringField(_l("Town"), [optional(), at_most(120)])
    territory_id = TerritoryField(_l("Village or quarter"), empty=_l("Not said"))
    channel = SelectField(_l("How to write to this person"), [required()], choices=CHANNELS)

    def validate_birth_date(self, field: Any) -> None:
        """Nobody is born tomorrow."""
        if field.data and not 1900 <= field.data.year <= clock.today().year:
            raise validators.ValidationError(_("Check the year."))

    def facts(self) -> dict[str, Any]:
        """What was typed, as the operations want it."""
        return {name: self[name].data or None for name in self._fields if name not in {"revision", "once", "email"}}


class CorrectionForm(FactsForm):
    """Correct a person; carries the version that was read."""

    revision = RevisionField()


class RegistrationForm(OnceForm, FactsForm):
    """Register somebody who came, wrote or called."""

    email = EmailField(_l("E-mail address, if any"), [optional()])
    channel = SelectField(_l("How to write to this person"), [required()], choices=CHANNELS, default="letter")
    somebody_else = BooleanField(_l("This is somebody else with the same name"))


class AddressForm(BaseForm):
    """An e-mail address to add."""

    email = EmailField(_l("E-mail address"), [required(_l("Write an e-mail address."))])


class ProxyForm(BaseForm):
    """Whose record the relative has, for whom somebody will act."""

    record = SelectField(_l("Record of the relative"), [required(_l("Choose whose record it is."))])


class EraseForm(BaseForm):
    """Why a person is erased, and a typed yes."""

    reason = SelectField(
        _l("Why"),
        [required()],
        choices=[
            ("asked", _l("The person asked for it")),
            ("deceased", _l("The person has died")),
            ("left", _l("The person has left the commune")),
            ("mistake", _l("The record is a mistake")),
        ],
    )
    confirmation = StringField(_l("Write the last name to confirm"), [required(_l("Write the last name."))])


class ReasonForm(BaseForm):
    """Why one does something that will be read again one day."""

    reason = TextAreaField(
        _l("What was checked"), [required(_l("Say what you checked.")), at_most(300)], render_kw={"rows": 3}
    )

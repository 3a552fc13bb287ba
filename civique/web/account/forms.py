"""Forms of the account."""

from typing import Any

from wtforms import PasswordField, RadioField, SelectField, StringField, validators

from civique.core.access.passwords import LONGEST, SHORTEST
from civique.core.i18n import _l
from civique.core.organisations.models import KINDS
from civique.web.admin.people_forms import FactsForm
from civique.web.forms import BaseForm, EmailField, OnceForm, RevisionField, at_most, required

LANGUAGES = [("fr", "Français"), ("en", "English")]


class MyFactsForm(FactsForm):
    """What the commune knows of me. How to write to me is among the preferences."""

    revision = RevisionField()
    channel = None


class NewAddressForm(BaseForm):
    """A new e-mail address."""

    email = EmailField(
        _l("New e-mail address"), [required(_l("Write your e-mail address."))], render_kw={"autocomplete": "email"}
    )


class EraseMeForm(BaseForm):
    """A typed yes."""

    confirmation = StringField(_l("Write your last name to confirm"), [required(_l("Write your last name."))])


class PaperForm(OnceForm):
    """A reference and the name that a paper was left under."""

    reference = StringField(
        _l("Reference of the receipt or the card"),
        [required(_l("Write the reference.")), at_most(30)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
    name = StringField(_l("Name it was left under"), [required(_l("Write the first and last name.")), at_most(160)])


class PreferencesForm(BaseForm):
    """Language, and how to write to me."""

    locale = RadioField(_l("Language"), [required()], choices=LANGUAGES)
    channel = RadioField(
        _l("How to write to you"),
        [required()],
        choices=[("email", _l("By e-mail")), ("letter", _l("By letter, at your address"))],
    )


class PasswordChoiceForm(BaseForm):
    """A password to choose; long rather than complicated."""

    password = PasswordField(
        _l("New password"),
        [required(_l("Write a password.")), validators.Length(max=LONGEST)],
        render_kw={"autocomplete": "new-password", "minlength": SHORTEST, "maxlength": LONGEST},
    )
    again = PasswordField(
        _l("The same, once more"),
        [required(_l("Write it a second time.")), validators.Length(max=LONGEST)],
        render_kw={"autocomplete": "new-password", "maxlength": LONGEST},
    )

    def validate_again(self, field: Any) -> None:
        """Both must be the same."""
        if field.data != self.password.data:
            raise validators.ValidationError(_l("The two passwords differ."))


class LabelForm(BaseForm):
    """A name for an authenticator or a passkey."""

    label = StringField(_l("Name"), [required(_l("Write a name.")), at_most(80)])


class RelativeForm(OnceForm):
    """For whom I would like to act."""

    given_name = StringField(_l("First name of the relative"), [required(_l("Write a first name.")), at_most(80)])
    family_name = StringField(_l("Last name of the relative"), [required(_l("Write a last name.")), at_most(80)])
    kind = RadioField(
        _l("You are"),
        [required(_l("Choose one."))],
        choices=[("guardian", _l("Their parent or legal guardian")), ("relative", _l("A relative who helps them"))],
    )


KIND_LABELS = {
    "association": _l("Association"),
    "collective": _l("Group of residents"),
    "company": _l("Business"),
    "school": _l("School"),
    "parents": _l("Parents’ association"),
    "public": _l("Public body"),
    "other": _l("Other"),
}


class RepresentForm(OnceForm):
    """For which organisation I would like to act."""

    name = StringField(_l("Name of the organisation"), [required(_l("Write its name.")), at_most(160)])
    kind = SelectField(_l("What it is"), [required()], choices=[(kind, KIND_LABELS[kind]) for kind in KINDS])
    function = StringField(_l("Your function"), [required(_l("For instance: president.")), at_most(80)])

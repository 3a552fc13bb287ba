"""Forms of the door."""

from wtforms import PasswordField, RadioField, StringField

from civique.core.i18n import _l
from civique.web.forms import BaseForm, EmailField, at_most, required


class AddressForm(BaseForm):
    """Who wants to come in. Where the browser knows a passkey of this site, it proposes it in the field."""

    email = EmailField(
        _l("Your e-mail address"),
        [required(_l("Write your e-mail address."))],
        render_kw={"autocomplete": "username webauthn", "inputmode": "email", "autofocus": True},
    )


class CodeForm(BaseForm):
    """The six digits."""

    code = StringField(
        _l("Six-digit code"),
        [required(_l("Write the six digits of the message.")), at_most(20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True},
    )


class PasswordForm(AddressForm):
    """Address and password."""

    password = PasswordField(
        _l("Password"),
        [required(_l("Write your password.")), at_most(200)],
        render_kw={"autocomplete": "current-password"},
    )


class WhoForm(BaseForm):
    """« Qui êtes-vous ? »: several people share the address, or nobody has it yet."""

    who = RadioField(_l("Who are you?"), [required(_l("Choose who you are."))])
    given_name = StringField(_l("First name"), [at_most(80)], render_kw={"autocomplete": "given-name"})
    family_name = StringField(_l("Last name"), [at_most(80)], render_kw={"autocomplete": "family-name"})


class NewcomerForm(WhoForm):
    """Nobody has the address yet: whoever proved it gives their name."""

    given_name = StringField(
        _l("First name"),
        [required(_l("Write your first and last names.")), at_most(80)],
        render_kw={"autocomplete": "given-name", "autofocus": True},
    )
    family_name = StringField(
        _l("Last name"),
        [required(_l("Write your first and last names.")), at_most(80)],
        render_kw={"autocomplete": "family-name"},
    )


class TotpForm(BaseForm):
    """Code of the authenticator."""

    code = StringField(
        _l("Code of your application"),
        [required(_l("Write the six digits that the application shows.")), at_most(20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True},
    )

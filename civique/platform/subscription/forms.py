"""Forms of the apex."""

from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField, ValidationError, widgets

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.platform.subscription.models import PROOFS
from civique.services.communes import Commune, de, phone_region
from civique.services.identifiers import InputError, parse_phone
from civique.web.forms import BaseForm, EmailField, OnceForm, SiretField, at_most, optional, required


class ApplicantForm(OnceForm):
    """Who asks for the site of a commune."""

    given_name = StringField(
        _l("First name"),
        [required(_l("Write your first name.")), at_most(80)],
        render_kw={"autocomplete": "given-name"},
    )
    family_name = StringField(
        _l("Last name"),
        [required(_l("Write your last name.")), at_most(80)],
        render_kw={"autocomplete": "family-name"},
    )
    function = StringField(
        _l("Your function at the town hall"),
        [required(_l("Write your function, for instance: secretary.")), at_most(80)],
        render_kw={"autocomplete": "organization-title"},
    )
    email = EmailField(
        _l("Official e-mail address"),
        [required(_l("Write the e-mail address of the town hall."))],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )
    phone = StringField(
        _l("Telephone of the town hall"),
        [required(_l("Write the telephone number of the town hall."))],
        widget=widgets.TelInput(),
        render_kw={"autocomplete": "tel"},
    )
    siret = SiretField(
        _l("SIRET number of the commune"),
        [required(_l("Write the SIRET number: 14 digits."))],
        render_kw={"inputmode": "numeric"},
    )
    terms = BooleanField(
        _l("I accept the terms of subscription, in the name of the commune."),
        [required(_l("To subscribe, the terms must be accepted."))],
    )
    data_contract = BooleanField(
        _l("I accept the data processing contract, in the name of the commune."),
        [required(_l("To subscribe, the data processing contract must be accepted."))],
    )

    def __init__(self, official: Commune, **options: Any) -> None:
        self.official = official
        super().__init__(**options)

    def validate_phone(self, field: StringField) -> None:
        """Read as people of the commune write it: overseas, numbers have other plans."""
        try:
            field.data = parse_phone(field.data or "", phone_region(self.official.department_code))
        except InputError as error:
            raise ValidationError(_("This is not a telephone number. Example: 02 41 00 00 00")) from error

    def validate_siret(self, field: SiretField) -> None:
        """The SIRET must be one of the commune's own establishments."""
        siren = self.official.siren
        if field.data and siren and not field.data.startswith(siren):
            raise ValidationError(
                _(
                    "This SIRET is not the commune’s: it must start with its SIREN, %(siren)s. It is on the town hall’s "
                    "invoices.",
                    siren=f"{siren[:3]}\u00a0{siren[3:6]}\u00a0{siren[6:]}",
                    de_commune=de(self.official),
                )
            )


class RefusalForm(BaseForm):
    """Why a subscription is refused; the applicant reads it."""

    reason = TextAreaField(
        _l("Why"), [required(_l("Write a sentence for the applicant.")), at_most(500)], render_kw={"rows": 3}
    )


class SuspensionForm(BaseForm):
    """Why a site becomes read-only; its visitors read it."""

    reason = StringField(_l("Reason, shown on the site"), [required(_l("Write the reason.")), at_most(300)])


class RecoveryForm(BaseForm):
    """Giving back the access of an administrator who lost everything."""

    email = EmailField(
        _l("E-mail address said by the caller"),
        [required(_l("Write the address that the caller said."))],
        render_kw={"autocomplete": "off"},
    )
    new_email = EmailField(_l("New address, if that mailbox is gone"), [optional()], render_kw={"autocomplete": "off"})
    proof = RadioField(_l("Proof that you saw"), [required(_l("Choose the proof."))], choices=list(PROOFS.items()))
    seen_on = DateField(_l("Seen on"), [required(_l("Write the date."))])
    others_cannot = BooleanField(_l("The other administrators cannot help"))

    def validate_seen_on(self, field: DateField) -> None:
        """Not in the future."""
        today: date = clock.today()
        if field.data and field.data > today:
            raise ValidationError(_("This date is in the future."))

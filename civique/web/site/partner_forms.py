"""The form by which a partner proposes help."""

from typing import Any

from wtforms import BooleanField, DateField, RadioField, StringField

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.contributions import GiftForm
from civique.web.forms import AmountField, EmailField, PhoneField, SirenField, at_most, later, optional, required


class ProposalForm(GiftForm):
    """What a partner offers, and how to answer."""

    nature = RadioField(
        _l("What do you propose?"),
        [required(_l("Choose money, things or time."))],
        choices=[
            ("financial", _l("Money")),
            ("material", _l("Things: seeds, cloth, tools, a room…")),
            ("human", _l("Time and skills: a helping hand, a mason, an accountant…")),
        ],
    )
    staff_time = BooleanField(_l("They are hours of our employees, on their paid time (skills sponsorship)"))
    value_cents = AmountField(_l("Amount, or value if you know it"), [later()])
    value_basis = StringField(_l("How you counted the value"), [optional(), at_most(200)])
    valid_until = DateField(_l("Until when do you propose it?"), [optional()])
    thanked = BooleanField(_l("We agree to be thanked by name on the site"))
    giver_name = StringField(
        _l("Name of the company, the shop or the association"),
        [required(_l("Write the name of the company, the shop or the association.")), at_most(160)],
        render_kw={"autocomplete": "organization"},
    )
    siren = SirenField(_l("SIREN number"), [optional()], render_kw={"inputmode": "numeric"})
    contact_name = StringField(
        _l("Your name"), [required(_l("Write your name.")), at_most(120)], render_kw={"autocomplete": "name"}
    )
    email = EmailField(_l("Your e-mail address"), [later()], render_kw={"autocomplete": "email"})
    phone = PhoneField(_l("Your telephone number"), [later()], render_kw={"autocomplete": "tel"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody can be answered."""
        fine = super().validate(extra_validators)
        if (
            self.email
            and not self.email.data
            and not self.phone.data
            and not self.email.errors
            and not self.phone.errors
        ):
            self.fail("email", _("Leave an e-mail address or a telephone number, so that we can answer you."))
        return fine and not (self.email and self.email.errors)

    def facts(self) -> dict[str, Any]:
        """What the operation takes."""
        return {
            **self.gift(),
            "nature": self.nature.data,
            "giver_name": self.giver_name.data,
            "siren": self.siren.data or "",
            "contact_name": self.contact_name.data,
            "phone": self.phone.data,
        }

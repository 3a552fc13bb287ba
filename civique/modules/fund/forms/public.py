"""Forms that residents fill in."""

from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.forms import AmountField, BaseForm, OnceForm, at_most, optional, required


class IdeaForm(OnceForm):
    """First step of a request: the idea."""

    title = StringField(_l("Name of your project"), [required(_l("Give your project a name.")), at_most(120)])
    purpose = TextAreaField(
        _l("What do you want to do, where, when, and with whom?"),
        [required(_l("Tell us about your project in a few sentences.")), at_most(4000)],
        render_kw={"rows": 7},
    )
    territory_id = SelectField(_l("Which village is it for?"), [optional()])
    organisation_id = SelectField(_l("In whose name do you ask?"), [optional()])


class LineForm(OnceForm):
    """One cost."""

    label = StringField(_l("What do you need to pay?"), [required(_l("Say what this cost is.")), at_most(160)])
    amount_cents = AmountField(_l("How much"), [required(_l("Write an amount."))])
    kind = RadioField(
        _l("Is it used up, or does it stay?"),
        [required()],
        choices=[
            ("running", _l("Used up by the project: seeds, fabric, printing, hiring, meals…")),
            ("investment", _l("It stays for years: machine, furniture, works…")),
        ],
        default="running",
    )

    def validate_amount_cents(self, field: Any) -> None:
        """A cost is more than nothing."""
        if field.data == 0:
            raise validators.ValidationError(_("Write an amount above zero."))


class AskForm(BaseForm):
    """How much is asked from the fund."""

    amount_asked_cents = AmountField(_l("How much do you ask from the fund?"), [required(_l("Write an amount."))])

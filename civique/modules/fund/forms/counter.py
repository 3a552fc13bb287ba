"""An application told at the counter, on paper or by telephone, typed in one go."""

from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.forms import AmountField, OnceForm, at_most, later, optional, required
from civique.web.line_fields import CostsField, ThingsField
from civique.web.villages import VillageField


class CounterForm(OnceForm):
    """An application told at the counter, on paper or by telephone."""

    channel = SelectField(_l("How did it come?"), [required()])
    title = StringField(_l("Name of the project"), [required(_l("Give the project a name.")), at_most(120)])
    purpose = TextAreaField(
        _l("What for, where, when, with whom?"),
        [required(_l("Write a few sentences.")), at_most(4000)],
        render_kw={"rows": 5},
    )
    territory_id = VillageField(_l("Which village is it for?"))
    organisation_id = SelectField(_l("In whose name?"), [optional()])
    charter = BooleanField(_l("The association accepts the contrat d’engagement républicain (box ticked on the paper)"))
    shown_while_examined = BooleanField(
        _l("They agree that residents read the project and support it while it is examined (box ticked on the paper)")
    )
    starts_on = DateField(_l("First day of the project"), [optional()])
    ends_on = DateField(_l("Last day of the project"), [optional()])
    costs = CostsField(_l("The costs, one a line, with the amount at the end"), [later()], render_kw={"rows": 4})
    amount_asked_cents = AmountField(_l("Amount asked from the fund"), [later()])
    asks = ThingsField(
        _l("Things or time asked, one a line, quantity first"),
        [later()],
        no_money=_l("Money goes into « Amount asked from the fund »."),
        render_kw={"rows": 2},
    )
    supports = ThingsField(
        _l("What they or others bring, one a line, quantity first"),
        [required(_l("Write at least one thing that they or others bring."))],
        render_kw={"rows": 3},
    )

    def validate_ends_on(self, field: Any) -> None:
        """The last day comes after the first."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise validators.ValidationError(_("The last day comes before the first one."))

"""Forms of the mairie: the fund of a year, its calls, its settings."""

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from civique.core import clock
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.modules.fund.forms.public import DatedForm
from civique.web.forms import (
    AmountField,
    BaseForm,
    OnceForm,
    RevisionField,
    at_most,
    later,
    optional,
    required,
)
from civique.web.line_fields import CostsField, ThingsField
from civique.web.villages import VillageField


class FundForm(BaseForm):
    """The rules of a year."""

    year = IntegerField(_l("Year"), [required(), validators.NumberRange(2000, 2100)])
    preset = RadioField(
        _l("Which kind of fund?"),
        [required()],
        choices=[
            ("citizen_fund", _l("Citizen fund: the commune helps with money, things or time")),
            (
                "fifty_fifty",
                _l("Fifty-fifty: an agreement says what each side does, and until when it is looked after"),
            ),
        ],
        default="citizen_fund",
    )
    envelope_cents = AmountField(_l("Envelope of the year"), [later()])
    cap_cents = AmountField(_l("Cap per project"), [later()])
    eligible_costs = TextAreaField(
        _l("What can be paid, with examples"), [later(), at_most(4000)], render_kw={"rows": 5}
    )
    decision_maker = SelectField(
        _l("Who decides"),
        [later()],
        choices=[
            ("", _l("To be defined")),
            ("council", _l("The municipal council")),
            ("mayor", _l("The mayor")),
            ("committee", _l("A committee")),
        ],
    )
    committee_id = SelectField(_l("Committee that gives its opinion"), [optional()])
    opinion_needed = BooleanField(_l("An opinion is needed before the decision"))
    rhythm = RadioField(
        _l("When may one ask?"),
        [required()],
        choices=[("continuous", _l("All year")), ("calls", _l("During calls for projects, with their dates"))],
        default="continuous",
    )
    opens_on = DateField(_l("First day to ask"), [optional()])
    closes_on = DateField(_l("Last day to ask"), [optional()])
    introduction = TextAreaField(_l("A few words to residents"), [optional(), at_most(2000)], render_kw={"rows": 3})
    simple_text = TextAreaField(_l("The fund in very simple words"), [optional(), at_most(2000)], render_kw={"rows": 4})
    because = StringField(_l("Why the rules change"), [later(), at_most(1000)])
    revision = RevisionField(default=1)

    def validate_closes_on(self, field: Any) -> None:
        """The last day comes after the first."""
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise validators.ValidationError(_("The last day comes before the first one."))

    def facts(self) -> dict[str, Any]:
        """What the operations take."""
        facts = {name: value for name, value in super().facts().items() if name not in {"year", "because"}}
        return facts | {"committee_id": facts["committee_id"] or None}


class CallForm(OnceForm):
    """A call for projects."""

    name = StringField(_l("Name of the call"), [required(_l("Give the call a name.")), at_most(120)])
    opens_on = DateField(_l("First day to ask"), [required(_l("Write the first day."))])
    closes_on = DateField(_l("Last day to ask"), [required(_l("Write the last day."))])
    decides_on = DateField(_l("Decided on"), [optional()])


class CounterForm(DatedForm):
    """An application told at the counter, on paper or by telephone."""

    channel = SelectField(_l("How did it come?"), [required()])
    received_on = DateField(_l("Received on"), [required(_l("Write the day it reached the town hall."))])
    title = StringField(_l("Name of the project"), [required(_l("Give the project a name.")), at_most(120)])
    purpose = TextAreaField(
        _l("What for, where, when, with whom?"),
        [required(_l("Write a few sentences.")), at_most(4000)],
        render_kw={"rows": 5},
    )
    place = StringField(_l("Where?"), [optional(), at_most(160)])
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

    def validate_received_on(self, field: Any) -> None:
        """It came before it was entered, while requests were open."""
        if field.data and not self.fund.first_day <= field.data <= clock.today():
            first = long_date(self.fund.first_day)
            raise validators.ValidationError(_("Between the first day to ask (%(first)s) and today.", first=first))

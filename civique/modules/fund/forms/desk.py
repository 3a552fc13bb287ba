"""Forms that the mairie fills in."""

from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.forms import AmountField, BaseForm, OnceForm, RevisionField, at_most, later, optional, required


class FundForm(BaseForm):
    """The rules of a year."""

    year = IntegerField(_l("Year"), [required(), validators.NumberRange(2000, 2100)])
    envelope_cents = AmountField(_l("Envelope of the year"), [later()])
    cap_cents = AmountField(_l("Cap per project"), [later()])
    eligible_costs = TextAreaField(
        _l("What can be paid, with examples"), [later(), at_most(4000)], render_kw={"rows": 5}
    )
    introduction = TextAreaField(_l("A few words to residents"), [at_most(2000)], render_kw={"rows": 3})
    decision_maker = SelectField(
        _l("Who decides"),
        [later()],
        choices=[
            ("", _l("To be defined")), ("council", _l("The municipal council")), ("mayor", _l("The mayor")),
            ("committee", _l("A committee")),
        ],
    )  # fmt: skip
    opens_on = DateField(_l("First day to ask"), [optional()])
    closes_on = DateField(_l("Last day to ask"), [optional()])
    revision = RevisionField(default=1)

    def validate_closes_on(self, field: Any) -> None:
        """The last day comes after the first."""
        if field.data and self.opens_on.data and field.data < self.opens_on.data:
            raise validators.ValidationError(_("The last day comes before the first one."))

    def facts(self) -> dict[str, Any]:
        """What the operations take."""
        return {name: value for name, value in self.data.items() if name not in {"revision", "year"}}


class CounterForm(OnceForm):
    """A request told at the counter, on paper or by telephone, in one page: the costs as one line."""

    channel = SelectField(_l("How did it come?"))
    title = StringField(_l("Name of the project"), [required(_l("Give the project a name.")), at_most(120)])
    purpose = TextAreaField(
        _l("What for, where, when, with whom?"), [required(_l("Write a few sentences.")), at_most(4000)],
        render_kw={"rows": 5},
    )  # fmt: skip
    territory_id = SelectField(_l("Which village is it for?"), [optional()])
    label = StringField(_l("What has to be paid"), [required(_l("Say what this cost is.")), at_most(160)])
    total_cents = AmountField(_l("Cost of the project"), [required(_l("Write an amount."))])
    amount_asked_cents = AmountField(_l("Amount asked from the fund"), [required(_l("Write an amount."))])
    brings = StringField(_l("Who gives time to the project"), [required(_l("Say who takes part.")), at_most(300)])
    hours = IntegerField(
        _l("How many hours in all, about"), [required(_l("Write a number of hours.")), validators.NumberRange(1, 9999)]
    )


class MotiveForm(BaseForm):
    """A reason that the holder will read."""

    motive = TextAreaField(_l("Reason, which the holder will read"), [later(), at_most(2000)], render_kw={"rows": 4})
    revision = RevisionField(default=0)


class DecisionForm(MotiveForm):
    """Grant in full, in part, or refuse."""

    decision = RadioField(_l("Decision"), [required(_l("Choose a decision."))], validate_choice=True)
    amount_cents = AmountField(_l("Amount granted"), [later()])

    def amount(self, asked: int) -> int | None:
        """Amount of the decision in cents; None when a part was chosen without amount."""
        return {"granted": asked, "refused": 0}.get(self.decision.data, self.amount_cents.data)


class CorrectionForm(DecisionForm):
    """Replace a mistaken decision."""

    because = TextAreaField(
        _l("What was wrong? The holder will read it."), [required(_l("Say what was wrong.")), at_most(1000)],
        render_kw={"rows": 3},
    )  # fmt: skip

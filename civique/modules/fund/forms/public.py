"""Forms that residents fill in: the idea, what is needed, what is brought; then who is paid, and the report."""

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

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.operations.whole import date_faults
from civique.web.forms import (
    AmountField,
    BaseForm,
    BicField,
    IbanField,
    OnceForm,
    QuantityField,
    RevisionField,
    at_most,
    later,
    optional,
    required,
)
from civique.web.uploads import UploadField
from civique.web.villages import VillageField

YES_NO = [("yes", _l("Yes")), ("no", _l("No"))]


class DatedForm(OnceForm):
    """A form that says the days of a project of a fund: what is wrong with them is said at once with the rest."""

    starts_on: DateField
    ends_on: DateField
    fund: Fund

    def validate(self, extra_validators: Any = None) -> bool:
        """The days too."""
        valid = bool(super().validate(extra_validators))
        faults = [f for f in date_faults(self.fund, self.starts_on.data, self.ends_on.data) if not self[f.field].errors]
        for fault in faults:
            self.refuse(fault)
        return valid and not faults


class IdeaForm(DatedForm):
    """First step of an application: the idea."""

    title = StringField(_l("Name of your project"), [required(_l("Give your project a name.")), at_most(120)])
    purpose = TextAreaField(
        _l("What do you want to do, and with whom?"),
        [required(_l("Tell us about your project in a few sentences.")), at_most(4000)],
        render_kw={"rows": 7},
    )
    place = StringField(_l("Where?"), [optional(), at_most(160)])
    territory_id = VillageField(_l("Which village is it for?"))
    starts_on = DateField(_l("First day"), [optional()])
    ends_on = DateField(_l("Last day"), [optional()])
    organisation_id = SelectField(_l("In whose name do you ask?"), [optional()])
    revision = RevisionField()


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


class QuantityForm(OnceForm):
    """Some quantity of something."""

    quantity = QuantityField(_l("How many"), [required(_l("Write a number."))])

    def validate_quantity(self, field: Any) -> None:
        """Some of it, at least."""
        if field.data is not None and field.data <= 0:
            raise validators.ValidationError(_("Write a number above zero."))


class ThingForm(QuantityForm):
    """Things asked: seeds, cloth, tables."""

    description = StringField(_l("Which thing?"), [required(_l("Say which thing you need.")), at_most(200)])
    unit = StringField(_l("Unit"), [optional(), at_most(40)])


class HelpForm(QuantityForm):
    """Somebody's time asked: a gardener, a technician."""

    description = StringField(_l("Whose help?"), [required(_l("Say whose help you need, and for what.")), at_most(200)])
    quantity = QuantityField(_l("How many hours, about"), [required(_l("Write a number of hours."))])


class AmountForm(BaseForm):
    """How much is asked from the fund."""

    amount_asked_cents = AmountField(
        _l("How much do you ask from the fund?"), [required(_l("Write an amount, or 0 if you ask no money."))]
    )
    revision = RevisionField()


class TimeForm(OnceForm):
    """Time that people bring: so many people, so many hours each."""

    description = StringField(_l("Who takes part?"), [required(_l("Say who takes part.")), at_most(200)])
    people = IntegerField(
        _l("How many people"), [required(_l("Write a number of people.")), validators.NumberRange(1, 9999)]
    )
    hours = QuantityField(_l("How many hours each, about"), [required(_l("Write a number of hours."))])

    def validate_hours(self, field: Any) -> None:
        """Some time, and a week at most."""
        if field.data is not None and not 0 < field.data <= 999:
            raise validators.ValidationError(_("Write a number above zero."))


class GiftForm(QuantityForm):
    """Things that somebody lends or gives."""

    description = StringField(_l("Which thing, from whom?"), [required(_l("Say what is lent or given.")), at_most(200)])
    unit = StringField(_l("Unit"), [optional(), at_most(40)])


class MoneyForm(OnceForm):
    """Money from elsewhere."""

    description = StringField(_l("Where does it come from?"), [required(_l("Say where it comes from.")), at_most(200)])
    value_cents = AmountField(_l("How much"), [required(_l("Write an amount."))])

    def validate_value_cents(self, field: Any) -> None:
        """More than nothing."""
        if field.data == 0:
            raise validators.ValidationError(_("Write an amount above zero."))


class CharterForm(BaseForm):
    """An association accepts the contrat d'engagement républicain."""

    charter = BooleanField(_l("Our association accepts the contrat d’engagement républicain"))


class RightForm(BaseForm):
    """« Ai-je droit ? »: the rules as five questions. Nothing of it is kept."""

    here = RadioField(_l("Does it take place in the commune?"), [required(_l("Answer yes or no."))], choices=YES_NO)
    several = RadioField(
        _l("Does it serve several people, beyond your family?"), [required(_l("Answer yes or no."))], choices=YES_NO
    )
    used_up = RadioField(
        _l("Is what you want to pay used up by the project (seeds, fabric, printing, hiring…)?"),
        [required(_l("Answer yes or no."))],
        choices=YES_NO,
    )
    others = RadioField(
        _l("Do you or others bring something too: hours, things, or money?"),
        [required(_l("Answer yes or no."))],
        choices=YES_NO,
    )
    to_come = RadioField(_l("Is it still to come?"), [required(_l("Answer yes or no."))], choices=YES_NO)


class ShowForm(BaseForm):
    """The applicant agrees that residents read the application while it is examined."""

    shown_while_examined = BooleanField(
        _l("I agree that residents read my project and support it while the town hall examines it")
    )


class PayeeForm(BaseForm):
    """Who is paid, and where."""

    kind = RadioField(_l("Who receives the money?"), [required(_l("Say who receives the money."))])
    name = StringField(
        _l("Name of the account’s owner"), [required(_l("Write the name of the account’s owner.")), at_most(160)]
    )
    iban = IbanField(_l("IBAN"), [required(_l("Write the IBAN of the account."))], render_kw={"autocomplete": "off"})
    bic = BicField(_l("BIC"), [optional(), at_most(14)])
    why = TextAreaField(
        _l("If it is somebody else, or one person for a group: why?"), [later(), at_most(400)], render_kw={"rows": 2}
    )
    file = UploadField(_l("Bank details as a file (RIB)"), [optional()])


class ReportForm(BaseForm):
    """What became of the project; one more field a budget line (see :func:`report_form`)."""

    text = TextAreaField(_l("Tell what you did, and what it changed"), [later(), at_most(6000)], render_kw={"rows": 8})
    people = IntegerField(_l("How many people took part, about"), [optional(), validators.NumberRange(0, 100_000)])
    hours = QuantityField(_l("Hours given in all, about"), [optional()])
    may_publish = BooleanField(_l("I agree that this account is published on the site"))
    revision = RevisionField(default=0)


def report_form(application: FundApplication) -> ReportForm:
    """The form of an application's report, with the spent amount of each line (``spent_0``, ``spent_1``…)."""
    fields = {f"spent_{rank}": AmountField(line.label, [later()]) for rank, line in enumerate(application.lines)}
    form: ReportForm = type("ReportFormOfLines", (ReportForm,), fields)(obj=application.report)
    if not form.is_submitted():
        for rank, line in enumerate(application.lines):
            form[f"spent_{rank}"].data = line.spent_cents
    return form

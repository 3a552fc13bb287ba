"""Forms of the partners and of the evaluation."""

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
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.modules.fund.forms.quantity import QuantityField
from civique.web.forms import AmountField, BaseForm, OnceForm, RevisionField, at_most, later, optional, required


def quantity() -> validators.NumberRange:
    """More than nothing, and a number that means something."""
    return validators.NumberRange(min=0.01, max=1_000_000, message=_l("Write a quantity above zero."))


class GiftForm(OnceForm):
    """What is given: money, things or time."""

    nature = RadioField(
        _l("What does it give?"),
        [required(_l("Choose money, things or time."))],
        choices=[
            ("financial", _l("Money")),
            ("material", _l("Things: seeds, cloth, tools, a room…")),
            ("human", _l("Time and skills: hours of employees, a mason, an accountant…")),
        ],
    )
    staff_time = BooleanField(_l("They are hours of employees, lent and paid by their company (skills sponsorship)"))
    value_cents = AmountField(_l("Amount, or value if it is known"), [later()])
    description = StringField(_l("What exactly"), [later(), at_most(300)])
    quantity = QuantityField(_l("Quantity"), [later(), quantity()])
    unit = StringField(_l("Unit (metres, sachets, hours…)"), [later(), at_most(40)])
    value_basis = StringField(_l("How the value was counted"), [optional(), at_most(200)])
    valid_until = DateField(_l("Valid until"), [optional()])
    thanked = BooleanField(_l("The partner agrees to be thanked by name on the site"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Money has an amount; things and time have a description and a quantity."""
        fine = super().validate(extra_validators)
        if self.nature.data == "financial" and not self.value_cents.data and not self.value_cents.errors:
            self.fail("value_cents", _("Write an amount."))
        if self.nature.data in {"material", "human"}:
            if not self.description.data:
                self.fail("description", _("Say what is given."))
            if self.quantity.data is None and not self.quantity.errors:
                self.fail("quantity", _("Write a quantity above zero."))
        if self.staff_time.data and self.nature.data in {"financial", "material"}:
            self.fail("staff_time", _("Hours of employees are time: choose time and skills above, or untick this box."))
        return fine and not any(field.errors for field in self)

    def validate_valid_until(self, field: Any) -> None:
        """A gift that is no longer valid is none."""
        if field.data is not None and field.data < clock.today():
            raise validators.ValidationError(_("This day is over. Write a day to come, or leave it empty."))

    def gift(self) -> dict[str, Any]:
        """What is given, as the operation takes it."""
        money = self.nature.data == "financial"
        return {
            "description": self.description.data or "",
            "quantity": None if money else self.quantity.data,
            "unit": "" if money else self.unit.data or "",
            "value_cents": self.value_cents.data or None,
            "value_basis": self.value_basis.data or "",
            "valid_until": self.valid_until.data,
            "staff_time": self.staff_time.data,
            "thanked": self.thanked.data,
        }


class PledgeForm(GiftForm):
    """A pledge that an agent notes."""

    organisation_id = SelectField(_l("Partner"), [optional()])
    giver_name = StringField(_l("Or its name, if it is not in the list"), [optional(), at_most(160)])
    again = BooleanField(_l("This is really a second gift of the same thing"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody gives."""
        fine = super().validate(extra_validators)
        if not self.organisation_id.data and not self.giver_name.data:
            self.fail("giver_name", _("Choose a partner or write its name."))
        return fine and not self.giver_name.errors

    def facts(self) -> dict[str, Any]:
        """What the operation takes."""
        return {
            **self.gift(),
            "organisation_id": self.organisation_id.data or None,
            "giver_name": "" if self.organisation_id.data else self.giver_name.data or "",
        }


class MatchForm(BaseForm):
    """A part of a pledge goes to a project."""

    pledge_id = SelectField(_l("From which pledge"), [required(_l("Choose a pledge."))])
    quantity = QuantityField(_l("How much"), [required(_l("Write a quantity above zero.")), quantity()])


class EvaluationForm(BaseForm):
    """The words of the yearly evaluation."""

    introduction = TextAreaField(_l("The year in a few words"), [later(), at_most(4000)], render_kw={"rows": 4})
    went_well = TextAreaField(_l("What went well"), [later(), at_most(4000)], render_kw={"rows": 5})
    to_change = TextAreaField(_l("What should change"), [later(), at_most(4000)], render_kw={"rows": 5})
    next_year = TextAreaField(_l("For next year"), [later(), at_most(4000)], render_kw={"rows": 4})
    revision = RevisionField(default=0)

    def words(self) -> dict[str, str]:
        """What was written, by part."""
        return {field.name: field.data or "" for field in self if field.name != "revision"}


class PastYearForm(OnceForm):
    """Figures of a year before the software, with where they come from."""

    year = IntegerField(_l("Year"), [required(_l("Write a year.")), validators.NumberRange(1990, 2100)])
    envelope = AmountField(_l("Envelope of the year"), [required(_l("Write an amount."))])
    received = IntegerField(
        _l("Requests received"), [required(_l("Write a number.")), validators.NumberRange(0, 99_999)]
    )
    supported = IntegerField(
        _l("Projects supported"), [required(_l("Write a number.")), validators.NumberRange(0, 99_999)]
    )
    granted = AmountField(_l("Granted in all"), [required(_l("Write an amount."))])
    partners = IntegerField(_l("Partners"), [optional(), validators.NumberRange(0, 9_999)])
    note = StringField(
        _l("Where these figures come from"),
        [required(_l("For instance: minutes of the council of 12 March.")), at_most(300)],
    )

    def validate_supported(self, field: Any) -> None:
        """No more projects than requests."""
        if field.data is not None and self.received.data is not None and field.data > self.received.data:
            raise validators.ValidationError(_("More projects than requests: check the two figures."))

    def figures(self) -> dict[str, Any]:
        """What the operation takes."""
        return {
            "envelope": self.envelope.data,
            "received": self.received.data,
            "supported": self.supported.data,
            "granted": self.granted.data,
            "partners": self.partners.data,
        }

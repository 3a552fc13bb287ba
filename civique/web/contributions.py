"""What the pages about contributions share: what takes them in this commune, and the form of what is given."""

from typing import Any

from wtforms import BooleanField, DateField, RadioField, StringField, validators

from civique.core import clock
from civique.core.contributions.declarations import Recipient, Recipients
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.registry import modules
from civique.web.forms import AmountField, OnceForm, QuantityField, at_most, later, optional, required
from tenants.db import db
from tenants.session import current_tenant


def declared_recipients() -> list[tuple[Recipient, Recipients]]:
    """What takes contributions here, each with what its module declares of its kind; only of the modules that are on."""
    kinds = [manifest.recipients for manifest in modules().of(current_tenant()) if manifest.recipients is not None]
    return [(recipient, kind) for kind in kinds for recipient in kind.find(db.session)]


def recipients() -> list[Recipient]:
    """What takes contributions here."""
    return [recipient for recipient, _kind in declared_recipients()]


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

"""Forms of the ledger of contributions."""

from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.contributions import GiftForm, quantity
from civique.web.forms import BaseForm, QuantityField, RevisionField, at_most, later, optional, required


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


class ServeForm(BaseForm):
    """A part of a pledge goes to a project."""

    contribution_id = SelectField(_l("From which pledge"), [required(_l("Choose a pledge."))])
    quantity = QuantityField(_l("How much"), [required(_l("Write a quantity above zero.")), quantity()])


class AcceptForm(BaseForm):
    """The mairie takes it."""

    recipient = SelectField(_l("What it is given to"), [optional()])
    organisation_id = SelectField(_l("Who gives, in the directory of the commune"), [optional()])
    word = TextAreaField(_l("A word for them"), [optional(), at_most(2000)], render_kw={"rows": 3})
    again = BooleanField(_l("This is really a second gift of the same thing"))
    revision = RevisionField(default=0)


class DeclineForm(BaseForm):
    """The mairie does not take it."""

    why = TextAreaField(_l("Why, in a word that they will read"), [later(), at_most(2000)], render_kw={"rows": 3})
    revision = RevisionField(default=0)

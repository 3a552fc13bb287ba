"""Forms that plan a gathering, open its registration and note who came."""

from datetime import datetime
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import NumberRange

from civique.core.channels import ENTERED
from civique.core.gatherings.declarations import NEEDS
from civique.core.gatherings.door import MOST
from civique.core.gatherings.models import Gathering, Opening
from civique.core.gatherings.registrations import PARTY
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.web.forms import (
    BaseForm,
    ChecksField,
    EmailField,
    MomentField,
    OnceForm,
    PhoneField,
    RevisionField,
    at_most,
    choices,
    optional,
    required,
)
from civique.web.registration_forms import PartyForm, RegisterForm

SEATS = 10_000


class PlanForm(OnceForm):
    """A gathering to come."""

    revision = RevisionField(default=0)
    kind = SelectField(_l("Kind"), [required()])
    title = StringField(_l("Title"), [required(_l("Write a title.")), at_most(160)])
    starts_at = MomentField(_l("Day and time"), [required(_l("Write the day and the time."))])
    ends_at = MomentField(_l("Until"), [optional()])
    place_text = StringField(_l("Place"), [optional(), at_most(200)])
    summary = TextAreaField(_l("What will happen"), [optional(), at_most(2000)], render_kw={"rows": 4})
    series = StringField(_l("Series"), [optional(), at_most(80)])
    public = BooleanField(_l("Everybody sees it in the agenda"), default=True)

    def show(self, gathering: Gathering) -> None:
        """Fill it in with what a gathering is."""
        event = gathering.event
        for name in ("title", "starts_at", "ends_at", "place_text", "summary", "public"):
            self[name].data = getattr(event, name)
        self.series.data = gathering.series

    def event(self) -> dict[str, Any]:
        """What its event says.

        Raises:
            Refused: it ends before it begins.
        """
        starts, ends = self.starts_at.data, self.ends_at.data
        if isinstance(starts, datetime) and isinstance(ends, datetime) and ends < starts:
            raise Refused(_("It ends after it begins."), "ends_at", rule="order")
        texts = {name: self[name].data or "" for name in ("title", "place_text", "summary")}
        return {**texts, "starts_at": starts, "ends_at": ends, "public": bool(self.public.data)}


class OpeningForm(BaseForm):
    """What the registration asks."""

    audience = RadioField(
        _l("Who registers?"),
        [required()],
        default="public",
        choices=[("public", _l("Everybody")), ("invited", _l("Those who are invited"))],
    )
    seats = IntegerField(_l("Seats"), [optional(), NumberRange(1, SEATS)])
    companions = IntegerField(
        _l("Companions of each, at most"), [required(_l("Write a number.")), NumberRange(0, PARTY - 1)], default=0
    )
    children = BooleanField(_l("Count the children apart"))
    needs = ChecksField(_l("What to ask?"), [optional()], choices=list(NEEDS.items()))
    closes_at = MomentField(_l("Last moment"), [optional()])

    def show(self, opening: Opening | None) -> None:
        """Fill it in with what an opening asks."""
        for name in ("audience", "seats", "companions", "children", "needs", "closes_at") if opening else ():
            self[name].data = getattr(opening, name)


class EntryForm(RegisterForm):
    """A registration that reached the mairie by another way than the site."""

    name = StringField(_l("First and last name"), [required(_l("Write the name.")), at_most(170)])
    email = EmailField(_l("E-mail address"), [optional()])
    phone = PhoneField(_l("Telephone number"), [optional()])
    channel = SelectField(_l("How did it reach you?"), [required()], default="phone")

    def offer_channels(self) -> None:
        """Every channel but the site."""
        self.channel.choices = choices(ENTERED.items())


class ChangeForm(PartyForm):
    """What somebody says of their registration at the town hall."""

    channel = SelectField(_l("How did it reach you?"), [required()], default="phone", choices=list(ENTERED.items()))


class CameForm(BaseForm):
    """How many came; 0 for nobody."""

    came = IntegerField(_l("How many came?"), [required(_l("Write a number.")), NumberRange(0, MOST)])

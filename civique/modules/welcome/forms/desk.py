"""What the mairie types: offers, coupons, relays, entries of the kit."""

from typing import Any
from uuid import UUID

from wtforms import DateField, IntegerField, SelectField, StringField, TextAreaField, validators

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.modules.welcome.models import MOST_VOUCHERS
from civique.web.cases import CaseForm
from civique.web.forms import BaseForm, OnceForm, PhoneField, RevisionField, at_most, choices, optional, required
from civique.web.villages import TerritoryField, territory_of

ITEM_KINDS = {
    "step": _l("First step to take"),
    "place": _l("Useful place"),
    "service": _l("Service, calendar"),
    "person": _l("Somebody to know"),
}
RELAY_KINDS = {
    "council": _l("Neighbourhood council"),
    "peer": _l("Peer relay"),
    "volunteer": _l("Volunteer"),
    "mairie": _l("Town hall"),
}
WAYS = {"call": _l("The partner called"), "coupons": _l("Coupons brought back")}


class OfferForm(OnceForm):
    """What a partner offers."""

    revision = RevisionField(default=0)
    organisation_id = SelectField(_l("Partner"), [required(_l("Choose the partner."))], choices=[])
    title = StringField(
        _l("Offer"),
        [required(_l("Write what is offered.")), at_most(120)],
        description=_l("For instance: one loaf of bread, a first lesson, a plant."),
    )
    conditions = TextAreaField(_l("Conditions"), [optional(), at_most(600)], render_kw={"rows": 2})
    quantity = IntegerField(
        _l("How many vouchers"),
        [required(_l("Write how many vouchers the partner gives.")), validators.NumberRange(1, MOST_VOUCHERS)],
        description=_l("One for each household. Never more than this are handed over."),
    )
    valid_from = DateField(_l("First day"), [required(_l("Write the first day."))], default=lambda: clock.today())
    valid_until = DateField(_l("Last day"), [required(_l("Write the last day."))])

    def prepare(self, partners: list[tuple[UUID, str]]) -> "OfferForm":
        """Give it the partners that may be chosen."""
        self.organisation_id.choices = choices(partners, empty=_("Choose"))
        return self


class CouponsForm(OnceForm):
    """Numbers that a partner read out or brought back."""

    how = SelectField(_l("How did they reach you?"), [required()], choices=[])
    used_on = DateField(_l("Used on"), [required(_l("Write the day."))], default=lambda: clock.today())
    numbers = TextAreaField(
        _l("Numbers, one a line"),
        [required(_l("Write at least one number, one a line.")), at_most(8000)],
        render_kw={"rows": 6},
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.how.choices = choices(WAYS.items())


class RelayForm(OnceForm):
    """Who greets."""

    revision = RevisionField(default=0)
    kind = SelectField(_l("Who greets?"), [required()], choices=[])
    name = StringField(
        _l("Name of the relay"),
        [optional(), at_most(120)],
        description=_l("What the household reads. For instance: neighbourhood council of the Port."),
    )
    person_id = SelectField(_l("Who is written to"), [optional()], choices=[], coerce=territory_of)
    territory_id = TerritoryField(_l("Where?"), empty=_l("The whole commune"))

    def prepare(self, people: list[tuple[UUID, str]]) -> "RelayForm":
        """Give it the people that may be chosen."""
        self.kind.choices = choices(RELAY_KINDS.items())
        self.person_id.choices = choices(people, empty=_("Nobody: the town hall tells them"))
        return self

    def facts(self) -> dict[str, Any]:
        """What was typed, never None."""
        return {**super().facts(), "name": self.name.data or ""}


class ItemForm(OnceForm):
    """An entry of the kit."""

    revision = RevisionField(default=0)
    kind = SelectField(_l("What is it?"), [required()], choices=[])
    title = StringField(_l("Title"), [required(_l("Write a title.")), at_most(120)])
    words = TextAreaField(_l("A few words"), [optional(), at_most(1000)], render_kw={"rows": 3})
    simple = StringField(_l("In one short sentence, for the simplified version"), [optional(), at_most(300)])
    title_en = StringField(_l("Title in English"), [optional(), at_most(120)])
    words_en = TextAreaField(_l("A few words in English"), [optional(), at_most(1000)], render_kw={"rows": 2})
    phone = PhoneField(_l("Telephone"), [optional()])
    place_id = SelectField(_l("Place of the commune"), [optional()], choices=[], coerce=territory_of)
    document_id = SelectField(
        _l("Document"),
        [optional()],
        choices=[],
        coerce=territory_of,
        description=_l("A public document: calendar of the bins, timetable of the bus."),
    )
    territory_id = TerritoryField(_l("For whom?"), empty=_l("The whole commune"))

    def prepare(self, places: list[tuple[UUID, str]], documents: list[tuple[UUID, str]]) -> "ItemForm":
        """Give it what may be chosen."""
        self.kind.choices = choices(ITEM_KINDS.items())
        self.place_id.choices = choices(places, empty=_("None"))
        self.document_id.choices = choices(documents, empty=_("None"))
        return self

    def facts(self) -> dict[str, Any]:
        """What was typed, never None but for what is chosen."""
        kept = super().facts()
        chosen = {"phone", "place_id", "document_id", "territory_id"}
        return {name: value if name in chosen else value or "" for name, value in kept.items()}


class GreetedForm(CaseForm):
    """The day of a visit."""

    day = DateField(_l("Greeted on"), [required(_l("Write the day."))], default=lambda: clock.today())


class EntrustForm(CaseForm):
    """Another relay for a household."""

    relay_id = SelectField(_l("Relay"), [required(_l("Choose a relay."))], choices=[], coerce=territory_of)


class VisitForm(BaseForm):
    """The day on which a relay met a household."""

    day = DateField(_l("Day of the visit"), [required(_l("Write the day."))], default=lambda: clock.today())

"""What a household says in three steps, at once in the simplified version, or to an agent; what a partner types."""

from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField, validators

from civique.core import clock
from civique.core.channels import ENTERED
from civique.core.i18n import _l
from civique.modules.welcome.workflow import INTERESTS, LANGUAGES, NEEDS
from civique.web.forms import BaseForm, ChecksField, OnceForm, RevisionField, at_most, choices, optional, required
from civique.web.villages import TerritoryField

PEOPLE = validators.NumberRange(0, 30)
NAME = {"description": _l("As on the letter box. For instance: Martin family.")}
VISIT = _l("Somebody may come and say hello")
INVITE = _l("I wish to be invited to the welcome event")


class _Lists:
    """Choices of several, in the language of the page."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name, words in (("needs", NEEDS), ("interests", INTERESTS), ("language", LANGUAGES), ("channel", ENTERED)):
            if name in self:  # type: ignore[operator]
                self[name].choices = choices(words.items())  # type: ignore[index]


class _Household(_Lists, OnceForm):
    """Who arrived, and when."""

    name = StringField(
        _l("Name of the household"), [required(_l("Write the name of the household.")), at_most(120)], **NAME
    )
    arrived_on = DateField(
        _l("Arrived on"), [required(_l("Write the day, even roughly."))], default=lambda: clock.today()
    )
    adults = IntegerField(
        _l("Adults"), [required(_l("Write how many adults.")), validators.NumberRange(1, 30)], default=1
    )
    children = IntegerField(_l("Children"), [optional(), PEOPLE])


class HouseholdForm(_Household):
    """Step 1: the household, declared then corrected."""

    revision = RevisionField(default=0)
    territory_id = TerritoryField(_l("Where do you live?"), empty=_l("I do not know yet"))
    language = SelectField(_l("Language of the kit"), [required()], choices=[], default="fr")


class NeedsForm(_Lists, BaseForm):
    """Step 2: what it needs."""

    revision = RevisionField(default=0)
    needs = ChecksField(_l("What do you look for?"), [optional()], choices=[])
    words = TextAreaField(
        _l("In your words"),
        [optional(), at_most(1000)],
        render_kw={"rows": 3},
        description=_l("The town hall reads it. Write nothing about your health."),
    )

    def facts(self) -> dict[str, Any]:
        """What was said, never None."""
        return {"needs": self.needs.data or [], "words": self.words.data or ""}


class PartForm(_Lists, BaseForm):
    """Step 3: what it would like to take part in, and who may come near."""

    revision = RevisionField(default=0)
    interests = ChecksField(_l("What would you like to take part in?"), [optional()], choices=[])
    visit = BooleanField(VISIT, description=_l("A neighbour or the town hall. They see your name and your address."))
    invite = BooleanField(INVITE)
    keep_touch = BooleanField(
        _l("I wish to stay in touch after the first year"),
        description=_l("Without it, nothing names you any more twelve months after you declared yourself."),
    )

    def facts(self) -> dict[str, Any]:
        """What was said, never None."""
        return {**super().facts(), "interests": self.interests.data or []}


class SimpleForm(_Lists, OnceForm):
    """The simplified version: one page, few questions, short words."""

    name = StringField(_l("Your name"), [required(_l("Write your name.")), at_most(120)])
    adults = IntegerField(
        _l("How many adults are you?"), [required(_l("Write a number.")), validators.NumberRange(1, 30)]
    )
    children = IntegerField(_l("How many children?"), [optional(), PEOPLE])
    needs = ChecksField(_l("What do you need?"), [optional()], choices=[])
    visit = BooleanField(_l("I want somebody to come and see me"))
    invite = BooleanField(_l("I want to come to the welcome party"))

    def facts(self) -> dict[str, Any]:
        """The household arrived now and reads the simplified version."""
        return {**super().facts(), "needs": self.needs.data or [], "arrived_on": clock.today(), "language": "simple"}


class CounterForm(_Household):
    """The whole card at once, for somebody who came, called or wrote."""

    channel = SelectField(_l("How did it reach you?"), [required()], choices=[])
    territory_id = TerritoryField(_l("Where do they live?"), empty=_l("Not known"))
    language = SelectField(_l("Language of the kit"), [required()], choices=[], default="fr")
    needs = ChecksField(_l("What do they look for?"), [optional()], choices=[])
    words = TextAreaField(_l("In the household’s words"), [optional(), at_most(1000)], render_kw={"rows": 2})
    interests = ChecksField(_l("What would they like to take part in?"), [optional()], choices=[])
    visit = BooleanField(_l("Somebody may come and say hello (they said so)"))
    invite = BooleanField(_l("They wish to be invited to the welcome event"))
    keep_touch = BooleanField(_l("They wish to stay in touch after the first year"))

    def facts(self) -> dict[str, Any]:
        """What was said, never None."""
        several = {"needs": self.needs.data or [], "interests": self.interests.data or []}
        return {**super().facts(), **several, "words": self.words.data or ""}


class CorrectionForm(CounterForm):
    """The same, to correct what was entered; how it came is known."""

    channel = None
    revision = RevisionField(default=0)


class VoucherForm(OnceForm):
    """A partner types the number of a voucher."""

    number = StringField(
        _l("Number of the voucher"),
        [required(_l("Write the number that is on the voucher.")), at_most(300)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
        description=_l("Eight signs, for instance K7Q2-9FMP. Spaces and small letters do not matter."),
    )

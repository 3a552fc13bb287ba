"""What was typed, checked."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.organisations.queries import organisations_of, validated_names
from civique.modules.volunteering.models import words
from civique.services.identifiers import parse_phone
from civique.web.applicant import applicant
from civique.web.cases import CaseForm
from civique.web.desk.cases import ForSomebody
from civique.web.forms import (
    AmountField,
    BaseForm,
    ChecksField,
    DurationField,
    MomentField,
    OnceForm,
    at_most,
    choices,
    later,
    optional,
    required,
)
from civique.web.villages import VillageField, territory_of
from tenants.db import db

MOST_CARDS = 50
HOW_LONG = _l("2 h 30, 2,5 or 45 min.")


class WordsField(ChecksField):
    """Words of a list to tick; ``mask`` is them as one integer, from which the field is filled too."""

    def __init__(self, label: Any, listed: Sequence[words.Word], **named: Any) -> None:
        super().__init__(label, [optional()], choices=[(word.code, word.label) for word in listed], **named)
        self.listed = listed

    def process_data(self, value: Any) -> None:
        """Show the words that an integer holds."""
        self.data = [word.code for word in words.within(value or 0, self.listed)]

    @property
    def mask(self) -> int:
        """The words that are ticked."""
        return words.mask(self.data or (), self.listed)


class SlotsField(WordsField):
    """Half-days of a week to tick, shown as a table."""

    def __init__(self, label: Any, **named: Any) -> None:
        super().__init__(label, words.SLOTS, **named)

    def rows(self) -> list[tuple[words.Word, list[Any]]]:
        """A day and its boxes."""
        boxes, parts = list(self), len(words.PARTS)
        return [(day, boxes[rank * parts : (rank + 1) * parts]) for rank, day in enumerate(words.DAYS)]


class WordsForm(BaseForm):
    """A form some of whose fields are words to tick."""

    def facts(self) -> dict[str, Any]:
        """What was typed; words as an integer, an empty text as an empty text."""
        found = super().facts()
        for field in self:
            if isinstance(field, WordsField):
                found[field.name] = field.mask
            elif type(field) in {StringField, TextAreaField} and field.name in found:
                found[field.name] = field.data or ""
        return found


class HandForm(WordsForm, OnceForm):
    """« Je donne un coup de main »: two minutes, nothing compulsory but a word or a box."""

    interests = WordsField(_l("What would you like to do?"), words.INTERESTS, description=_l("As many as you like."))
    wishes = TextAreaField(
        _l("In your words"), [optional(), at_most(1000)], render_kw={"rows": 2}, description=_l("What you would enjoy.")
    )
    slots = SlotsField(_l("When could you come?"), description=_l("Nothing ticked means: it depends."))
    languages = WordsField(_l("Which languages do you speak besides French?"), words.LANGUAGES)
    skills = WordsField(_l("What do you know or have that may help?"), words.SKILLS)
    avoids = WordsField(
        _l("What would you rather not do?"), words.INTERESTS, description=_l("You will never be asked for it.")
    )
    constraints = TextAreaField(
        _l("Anything to be taken into account?"),
        [optional(), at_most(500)],
        render_kw={"rows": 2},
        description=_l("Children to look after, no car, trouble walking… The desk alone reads it."),
    )
    territory_id = VillageField(_l("Which village do you live in?"))

    def validate(self, extra_validators: Any = None) -> bool:
        """A word or a box is enough; neither says nothing."""
        valid: bool = super().validate(extra_validators)
        if not (self.interests.data or self.wishes.data):
            self.fail("interests", str(_l("Tick at least one thing, or write a few words.")))
            return False
        return valid


class HandForSomebodyForm(ForSomebody, HandForm):
    """The same, for somebody who came, called or wrote; and how they heard of it."""

    origin = SelectField(_l("How did this person come?"), [required()], choices=[*words.ORIGINS.items()])


class ChangeHandForm(HandForm):
    """What a volunteer said, corrected."""


class MissionFields(WordsForm):
    """The questions that a mediator asks of who needs volunteers, in their order."""

    title = StringField(
        _l("In a few words, what do you need?"),
        [required(_l("Write what you need.")), at_most(120)],
        description=_l("« Somebody to run the book stall on Saturdays »."),
    )
    purpose = TextAreaField(
        _l("What is it for?"),
        [required(_l("Write a few words.")), at_most(2000)],
        render_kw={"rows": 3},
        description=_l("What changes for people when somebody comes."),
    )
    tasks = TextAreaField(
        _l("What does one do, concretely?"),
        [later(), at_most(2000)],
        render_kw={"rows": 3},
        description=_l("From arriving to leaving: what is done, with whom."),
    )
    rhythm = SelectField(_l("How often?"), [required()], choices=[*words.RHYTHMS.items()])
    starts_on = DateField(
        _l("Which day, or from which day?"), [optional()], description=_l("Needed when it happens once.")
    )
    ends_on = DateField(_l("Until which day?"), [optional()])
    slots = SlotsField(_l("At which moments?"), description=_l("Needed when it comes back every week or every month."))
    minutes = DurationField(_l("How long each time?"), [later()], description=HOW_LONG, least=5)
    places = IntegerField(_l("How many people are wanted?"), [later(), validators.NumberRange(min=1, max=500)])
    venue = StringField(_l("Where?"), [optional(), at_most(200)])
    territory_id = VillageField(_l("Which village is it in?"))
    conditions = TextAreaField(
        _l("On which conditions?"),
        [later(), at_most(1000)],
        render_kw={"rows": 3},
        description=_l("Who welcomes and trains, what is provided, expenses paid back, insurance."),
    )
    access = StringField(
        _l("Accessibility"), [optional(), at_most(300)], description=_l("Steps, standing for long, loads, transport.")
    )
    interests = WordsField(_l("Which fields is it about?"), words.INTERESTS)
    skills = WordsField(_l("What must one know or have?"), words.SKILLS)
    languages = WordsField(_l("Which languages help?"), words.LANGUAGES)
    special = SelectField(_l("Is it a special action?"), [optional()], choices=[("", "–"), *words.SPECIALS.items()])
    minors = BooleanField(_l("Open to minors, with the consent of a guardian"))
    childcare = BooleanField(_l("Somebody minds the children of those who come"))

    def facts(self) -> dict[str, Any]:
        """What was typed; no special action is an empty text."""
        return {**super().facts(), "special": self.special.data or ""}


class MissionForm(MissionFields, OnceForm):
    """An organisation needs volunteers."""

    organisation_id = SelectField(
        _l("For which organisation?"), [required(_l("Choose an organisation."))], choices=[], coerce=territory_of
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        own = organisations_of(db.session, applicant())
        named_own = [(each.id, each.name) for each in own]
        self.organisation_id.choices = choices(named_own, empty="–" if len(own) > 1 else None)


class MissionForSomebodyForm(ForSomebody, MissionFields):
    """The same, told at the counter; without an organisation it is the town hall’s own."""

    organisation_id = SelectField(_l("For which organisation?"), [optional()], choices=[], coerce=territory_of)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.organisation_id.choices = choices(validated_names(db.session), empty=str(_l("The town hall itself")))


class ChangeMissionForm(MissionFields, CaseForm):
    """What a mission says, gone through with who proposes it."""

    place = "change"


class MeetForm(CaseForm):
    """A conversation with a volunteer."""

    met_on = DateField(_l("On which day?"), [required()])
    notes = TextAreaField(
        _l("What to remember of it"),
        [required(_l("Write a few words.")), at_most(4000)],
        render_kw={"rows": 5},
        description=_l("Read by mediators alone. Write what helps to find a mission, nothing on health or opinions."),
    )


class BeginForm(CaseForm):
    """The first steps."""

    mentor = StringField(_l("Who welcomes this person?"), [optional(), at_most(120)])

    def facts(self) -> dict[str, Any]:
        """The name, never None."""
        return {"mentor": self.mentor.data or ""}


class FollowUpForm(CaseForm):
    """A word with a volunteer, some time after the first steps."""

    said = TextAreaField(
        _l("How does it go?"), [required(_l("Write a few words.")), at_most(1000)], render_kw={"rows": 3}
    )


class ShiftForm(OnceForm):
    """A shift, or one a week."""

    starts_at = MomentField(_l("When?"), [required(_l("Write the day and the time."))])
    minutes = DurationField(_l("How long?"), [required(_l("Write how long."))], description=HOW_LONG, least=5)
    wanted = IntegerField(_l("How many people are wanted?"), [required(), validators.NumberRange(min=1, max=500)])
    weeks = IntegerField(_l("For how many weeks?"), [required(), validators.NumberRange(min=1, max=26)], default=1)


class HoursForm(OnceForm):
    """Hours given, in twenty seconds: what, which day, how long."""

    mission_id = SelectField(_l("For what?"), [later()], choices=[], coerce=territory_of)
    activity = StringField(_l("Or in your words"), [later(), at_most(120)])
    done_on = DateField(_l("Which day?"), [required(_l("Write the day."))])
    minutes = DurationField(_l("How long?"), [required(_l("Write how long."))], description=HOW_LONG)

    def facts(self) -> dict[str, Any]:
        """Day, minutes and activity; the mission is read by the view."""
        return {"done_on": self.done_on.data, "minutes": self.minutes.data or 0, "activity": self.activity.data or ""}


class DeskHoursForm(HoursForm):
    """Hours told at the desk, or written on a paper sheet."""

    organisation_id = SelectField(_l("For which organisation?"), [optional()], choices=[], coerce=territory_of)


class DecideForm(BaseForm):
    """What an organisation answers to hours."""

    reason = StringField(_l("Reason, if they are not validated"), [optional(), at_most(300)])


class CertificatesForm(BaseForm):
    """Certificates of a year, for all the volunteers of an organisation."""

    organisation_id = SelectField(_l("For which organisation?"), [optional()], choices=[], coerce=territory_of)
    year = SelectField(_l("Year"), [required()], choices=[])


class RateForm(BaseForm):
    """What an organisation counts an hour for."""

    year = IntegerField(_l("Year"), [required()])
    cents = AmountField(_l("One hour is counted"), [required(_l("Write an amount."))])
    source = StringField(
        _l("Where this rate comes from"),
        [later(), at_most(300)],
        description=_l(
            "Your own choice, kept from year to year: the minimum wage with charges, a collective agreement…"
        ),
    )


class CardsField(TextAreaField):
    """Paper cards, one a line: « Martin Camille ; 06 12 34 56 78 ; jardinage ». ``cards`` are what they say, once the form
    was validated."""

    cards: Sequence[dict[str, Any]] = ()

    def pre_validate(self, form: Any) -> None:
        """Each line has a last name and a first name; the first line that cannot be read is named."""
        lines = [line for line in (self.data or "").splitlines() if line.strip()]
        if len(lines) > MOST_CARDS:
            raise validators.ValidationError(_("At most %(most)s cards at once.", most=MOST_CARDS))
        self.cards = [_card(number, line) for number, line in enumerate(lines, 1)]


def _card(number: int, line: str) -> dict[str, Any]:
    name, phone, wishes = [*(part.strip() for part in line.split(";", 2)), "", "", ""][:3]
    family, _space, given = name.partition(" ")
    if not given or len(name) > 80:
        raise validators.ValidationError(_("Line %(number)s: write the last name, then the first name.", number=number))
    try:
        number_ = parse_phone(phone) if phone else None
    except ValueError as error:
        raise validators.ValidationError(
            _("Line %(number)s: « %(phone)s » is not a telephone number.", number=number, phone=phone)
        ) from error
    return {"given_name": given.strip(), "family_name": family, "phone": number_, "wishes": wishes[:1000]}


class CardsForm(OnceForm):
    """The paper cards of a meeting, entered together."""

    origin = SelectField(_l("Where do they come from?"), [required()], choices=[*words.ORIGINS.items()])
    cards = CardsField(
        _l("The cards, one a line"),
        [required(_l("Write at least one card."))],
        render_kw={"rows": 10},
        description=_l(
            "Last name, first name; telephone; what they like. « Martin Camille; 06 12 34 56 78; gardening »"
        ),
    )

"""Forms of the indicators: what one is, a figure of a period."""

from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from civique.core import clock
from civique.core.channels import CHANNELS
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.indicators import words
from civique.core.indicators.figures import SPLIT_BY_CATEGORY, UNKNOWN, Figure, Qualifier
from civique.core.indicators.models import Indicator, Measure
from civique.core.indicators.periods import Period
from civique.core.territory.queries import get_territory, territories
from civique.web.forms import BaseForm, OnceForm, RevisionField, at_most, choices, later, optional, required, typed
from tenants.db import db

NATURES = {
    "count": _l("A number"),
    "amount": _l("An amount in euros"),
    "percentage": _l("A percentage"),
    "frequency": _l("A frequency"),
    "typology": _l("Numbers by category"),
    "satisfaction": _l("Satisfaction (share of 4 and 5)"),
    "qualitative": _l("An appreciation in words"),
    "composite": _l("Several measures under one label"),
}
PERIOD_KINDS = {"civil": _l("Calendar year"), "school": _l("School year"), "term": _l("Term of the council")}
POLARITIES = {"up": _l("A rise is good"), "down": _l("A fall is good"), "none": _l("Neither")}
QUALIFIERS = {
    "exact": _l("exactly"),
    "about": _l("about (roughly)"),
    "more_than": _l("more than"),
    "range": _l("from … to …"),
    "unknown": _l("nobody knows (n/a)"),
}
LARGEST = Decimal(10) ** 12


class NumberField(StringField):
    """A number typed as people do: 1 250,5; ``data`` is a Decimal."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number, or say how one looks."""
        self.data: Decimal | None = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        for space in (" ", "\u00a0", "\u202f"):
            text = text.replace(space, "")
        try:
            number = Decimal(text.replace("\u2212", "-").replace(",", "."))
        except InvalidOperation as error:
            raise ValueError(_("This is not a number. Write for instance 1 250,5.")) from error
        if not number.is_finite() or abs(number) >= LARGEST or number != round(number, 4):
            raise ValueError(_("This is not a number. Write for instance 1 250,5."))
        self.data = number

    def _value(self) -> str:
        return typed(self) or (f"{self.data.normalize():f}".replace(".", ",") if self.data is not None else "")


class _FigureFields(OnceForm):
    """A qualifier, a value, a second one for a range."""

    qualifier = SelectField(_l("How sure is it?"), [required()])
    value = NumberField(_l("Figure"), [later()])
    upper = NumberField(_l("Up to"), [later()])

    def figure(self) -> Figure | None:
        """The figure typed, or None with the error said on its field."""
        if self.qualifier.errors or self.value.errors or self.upper.errors:
            return None
        kind = Qualifier(self.qualifier.data)
        if kind is Qualifier.UNKNOWN:
            return UNKNOWN
        if self.value.data is None:
            self.fail("value", _("Write the figure, or choose “nobody knows”: 0 is a figure too."))
            return None
        if kind is not Qualifier.RANGE:
            return Figure(self.value.data, kind)
        if self.upper.data is None or self.upper.data < self.value.data:
            self.fail("upper", _("Write the higher end: from 7 to 8."))
            return None
        return Figure(None, kind, self.value.data, self.upper.data)

    def show(self, figure: Figure) -> None:
        """Fill in with a figure."""
        self.qualifier.data = str(figure.qualifier)
        ranged = figure.qualifier is Qualifier.RANGE
        self.value.data = figure.lower if ranged else figure.value
        self.upper.data = figure.upper


class IndicatorForm(_FigureFields):
    """What an indicator is; ``qualifier``, ``value`` and ``upper`` are its target."""

    revision = RevisionField()
    label = StringField(_l("Name of the indicator"), [later(), at_most(200)])
    action = StringField(_l("Action or subject that it follows"), [optional(), at_most(200)])
    nature = SelectField(_l("What is measured"), [optional()])
    unit = StringField(_l("Unit"), [optional(), at_most(60)])
    period_kind = SelectField(_l("Measured every"), [required()])
    first_period = IntegerField(
        _l("Year N, the first of the comparison"), [optional(), validators.NumberRange(1900, 2200)]
    )
    first_period_reason = StringField(_l("Why this year"), [optional(), at_most(400)])
    horizon = SelectField(_l("Compared with"), [required()])
    polarity = SelectField(_l("How to read it"), [required()])
    by_territory = BooleanField(_l("It is split by village"))
    people = BooleanField(_l("It counts people: numbers below five are hidden from the public"))
    public = BooleanField(_l("Show it on the public site"))
    definition = TextAreaField(_l("What is counted, and how"), [optional(), at_most(2000)], render_kw={"rows": 3})
    meeting = StringField(_l("Meeting that decided it"), [later(), at_most(200)])
    defined_on = DateField(_l("Date of this meeting"), [later()])

    def prepare(self, *, computed: bool = False) -> None:
        """Fill in the choices; a computed indicator keeps what its module says."""
        self.nature.choices = choices(NATURES.items(), empty=_("To be chosen later"))
        self.period_kind.choices = choices(PERIOD_KINDS.items())
        self.horizon.choices = choices([(n, _("N+%(years)s", years=n)) for n in range(1, 7)])
        self.polarity.choices = choices(POLARITIES.items())
        self.qualifier.choices = choices([("unknown", _("no target yet")), *list(QUALIFIERS.items())[:-1]])
        self.qualifier.label.text = _("Aim at")
        self.value.label.text = _("Figure aimed at")
        if computed:
            for name in (
                "label",
                "action",
                "nature",
                "unit",
                "period_kind",
                "horizon",
                "polarity",
                "by_territory",
                "people",
                "definition",
                "meeting",
                "defined_on",
            ):
                delattr(self, name)

    def complete(self, *, blank_allowed: bool, first_period: int | None) -> bool:
        """Check what depends on several fields: a name goes with a nature, a date and a meeting; a chosen N with a reason."""
        if self.label is not None and not (blank_allowed and not self.label.data):
            needed = {
                "label": _("Write the name."),
                "nature": _("Choose what is measured."),
                "meeting": _("Write which meeting decided it, for instance: steering committee."),
                "defined_on": _("Write the date of the meeting."),
            }
            for name, message in needed.items():
                if not self[name].data and not self[name].errors:
                    self.fail(name, message)
        chosen = self.first_period.data
        if chosen and chosen != first_period and not self.first_period_reason.data:
            self.fail("first_period_reason", _("Say why the comparison begins that year."))
        if not chosen and self.first_period_reason.data:
            self.fail("first_period", _("Write the year that this reason is about."))
        target = self.figure()
        self.target = target or UNKNOWN
        return target is not None and not self.errors

    def facts(self) -> dict[str, Any]:
        """What the indicator keeps, its target aside."""
        names = ("label", "action", "unit", "period_kind", "polarity", "definition", "meeting")
        facts = {name: self[name].data or "" for name in names if getattr(self, name) is not None}
        if self.label is not None:
            facts |= {
                "nature": self.nature.data or None,
                "horizon": int(self.horizon.data),
                "defined_on": self.defined_on.data,
            }
            facts |= {"by_territory": bool(self.by_territory.data), "people": bool(self.people.data)}
        facts |= {"public": bool(self.public.data), "first_period": self.first_period.data}
        return facts | {"first_period_reason": self.first_period_reason.data or ""}


class FigureForm(_FigureFields):
    """A figure of a period, or of a part of it, with the note that says where it comes from."""

    seen = HiddenField()
    period = SelectField(_l("Period"), [required()])
    territory_id = SelectField(_l("Village or quarter"), [optional()])
    channel = SelectField(_l("Channel"), [optional()])
    category = StringField(_l("Category"), [optional(), at_most(80)])
    words = TextAreaField(_l("Appreciation in words"), [optional(), at_most(2000)], render_kw={"rows": 3})
    base = IntegerField(_l("Number of answers it rests on"), [optional(), validators.NumberRange(0, 1_000_000)])
    note = TextAreaField(
        _l("Where does it come from?"),
        [required(_l("Say where the figure comes from.")), at_most(1000)],
        render_kw={"rows": 2},
    )

    def prepare(self, indicator: Indicator) -> None:
        """Keep the fields that this indicator has, with their choices."""
        self.qualifier.choices = choices(QUALIFIERS.items())
        now = Period.containing(indicator.period_kind, clock.today())
        listed = [now.after(-n) for n in range(16 if indicator.period_kind != "term" else 5)]
        self.period.choices = choices([(period.year, words.period_text(period)) for period in listed])
        rows = territories(db.session) if indicator.by_territory else []
        self.territory_id.choices = choices([(t.id, t.name) for t in rows], empty=_("The whole commune"))
        self.channel.choices = choices(CHANNELS.items(), empty=_("All channels together"))
        gone = {
            "territory_id": not rows,
            "category": indicator.nature not in SPLIT_BY_CATEGORY,
            "words": indicator.nature != "qualitative",
            "base": indicator.nature not in {"percentage", "satisfaction"},
        }
        for name, useless in gone.items():
            if useless:
                delattr(self, name)
        if indicator.nature == "qualitative":
            for name in ("qualifier", "value", "upper"):
                delattr(self, name)

    def only_the_figure(self, measure: Measure) -> None:
        """For a correction: the period and the part are those of the measure."""
        for name in ("period", "territory_id", "channel", "category"):
            if getattr(self, name) is not None:
                delattr(self, name)
        self.note.label.text = _("Why is it corrected?")

    def read(self) -> bool:
        """Read the figure typed into ``kept``; words alone have none. Says on its field what is wrong."""
        figure = self.figure() if self.qualifier is not None else UNKNOWN
        if self.qualifier is None and not self.words.data:
            self.fail("words", _("Write a few words."))
            return False
        self.kept = figure or UNKNOWN
        return figure is not None

    def part(self) -> dict[str, Any]:
        """Which part of the period it is, as an operation asks it."""
        territory = get_territory(db.session, self.territory_id.data or None) if self.territory_id is not None else None
        return {
            "territory": territory,
            "channel": self.channel.data or "" if self.channel is not None else "",
            "category": (self.category.data or "") if self.category is not None else "",
        }

    def extra(self) -> dict[str, Any]:
        """Words and number of answers."""
        return {
            "words": (self.words.data or "") if self.words is not None else "",
            "base": self.base.data if self.base is not None else None,
        }


class ValidationForm(BaseForm):
    """The figures that were read before they are validated."""

    seen = HiddenField()

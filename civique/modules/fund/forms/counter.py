"""A paper form typed in one go: each cost, ask and support is a line of text, as people write it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.i18n import number as format_number
from civique.modules.fund.operations.applications import MOST_LINES
from civique.services.identifiers import AmountError, parse_amount
from civique.web.forms import MOST_QUANTITY, AmountField, OnceForm, at_most, later, optional, required
from civique.web.villages import VillageField

# Lines are bounded before they are read: these expressions look at each character several times.
LONGEST_COST, LONGEST_THING = 160, 200
LONGEST_NUMBER = 40
AMOUNT_LAST = re.compile(r"(?P<label>.*\D)[\s:=]+(?P<amount>\d[\d\s.,]*)\s*(?:€|euros?)?\s*")
FRACTION_FIRST = re.compile(r"(?P<top>[13])\s*/\s*(?P<bottom>[24])\s*(?P<rest>[^\d/].*)")
QUANTITY_FIRST = re.compile(r"(?P<quantity>(?:\d{1,3}(?:\s\d{3})+(?!\d)|\d+)(?:[.,]\d+)?)\s*(?P<rest>[^\d\s/.,].*)")
MONEY = re.compile(r"(?P<amount>\d[\d\s.,]*)(?:€|euros?\b)", re.IGNORECASE)
OF = re.compile(r"(?:de |d’|d'|of )", re.IGNORECASE)
TIME = re.compile(
    r"(?P<unit>heures?|h|jours?|journées?|demi-journées?|hours?|days?)\b[\s:,]*(?P<rest>.*)", re.IGNORECASE
)


@dataclass(frozen=True)
class Thing:
    """A line of things or time: its nature, what, how much, in what unit; or money with its cents."""

    nature: str
    description: str
    quantity: Decimal = Decimal(1)
    unit: str = ""
    cents: int = 0


class CounterForm(OnceForm):
    """An application told at the counter, on paper or by telephone."""

    channel = SelectField(_l("How did it come?"), [required()])
    title = StringField(_l("Name of the project"), [required(_l("Give the project a name.")), at_most(120)])
    purpose = TextAreaField(
        _l("What for, where, when, with whom?"),
        [required(_l("Write a few sentences.")), at_most(4000)],
        render_kw={"rows": 5},
    )
    territory_id = VillageField(_l("Which village is it for?"))
    organisation_id = SelectField(_l("In whose name?"), [optional()])
    charter = BooleanField(_l("The association accepts the contrat d’engagement républicain (box ticked on the paper)"))
    shown_while_examined = BooleanField(
        _l("They agree that residents read the project and support it while it is examined (box ticked on the paper)")
    )
    starts_on = DateField(_l("First day of the project"), [optional()])
    ends_on = DateField(_l("Last day of the project"), [optional()])
    costs = TextAreaField(_l("The costs, one a line, with the amount at the end"), [later()], render_kw={"rows": 4})
    amount_asked_cents = AmountField(_l("Amount asked from the fund"), [later()])
    asks = TextAreaField(_l("Things or time asked, one a line, quantity first"), [later()], render_kw={"rows": 2})
    supports = TextAreaField(
        _l("What they or others bring, one a line, quantity first"),
        [required(_l("Write at least one thing that they or others bring."))],
        render_kw={"rows": 3},
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.lines: list[tuple[str, int]] = []
        self.wanted: list[Thing] = []
        self.brought: list[Thing] = []

    def validate_costs(self, field: Any) -> None:
        """Each line ends with an amount."""
        self.lines = [_cost(number, line) for number, line in _lines(field.data, LONGEST_COST)]

    def validate_asks(self, field: Any) -> None:
        """Things and time, never money."""
        self.wanted = [_thing(number, line) for number, line in _lines(field.data, LONGEST_THING)]
        if any(thing.nature == "financial" for thing in self.wanted):
            raise validators.ValidationError(_("Money goes into « Amount asked from the fund »."))

    def validate_supports(self, field: Any) -> None:
        """Money, things or time."""
        self.brought = [_thing(number, line) for number, line in _lines(field.data, LONGEST_THING)]

    def validate_ends_on(self, field: Any) -> None:
        """The last day comes after the first."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise validators.ValidationError(_("The last day comes before the first one."))


def _lines(text: str | None, longest: int) -> list[tuple[int, str]]:
    """Numbered lines that hold something.

    Raises:
        ValidationError: too many, or one too long to be read.
    """
    found = [(n, line.strip(" -–•\t")) for n, line in enumerate((text or "").splitlines(), 1)]
    lines = [(n, line) for n, line in found if line]
    if len(lines) > MOST_LINES:
        raise validators.ValidationError(_("At most %(most)s lines. Put together what is alike.", most=MOST_LINES))
    for number, line in lines:
        _bound(number, line, longest + LONGEST_NUMBER, longest)
    return lines


def _bound(number: int, text: str, most: int, said: int) -> str:
    """A text that is not too long. Raises ValidationError with the number of the line."""
    if len(text) > most:
        raise validators.ValidationError(
            _("Line %(number)s is too long: at most %(most)s characters.", number=number, most=said)
        )
    return text


def _cost(number: int, line: str) -> tuple[str, int]:
    """A cost and its cents. Raises ValidationError with the number of the line."""
    match = AMOUNT_LAST.fullmatch(line)
    try:
        cents = parse_amount(match["amount"]) if match else 0
    except AmountError:
        cents = 0
    if match is None or cents <= 0:
        raise validators.ValidationError(
            _("Line %(number)s: end it with the amount, for instance « Potting soil 180 ».", number=number)
        )
    return _bound(number, match["label"].strip(" :=–-"), LONGEST_COST, LONGEST_COST), cents


def _thing(number: int, line: str) -> Thing:
    """A line of things, time or money. Raises ValidationError with the number of the line."""
    money = MONEY.search(line)
    if money:
        return _money(number, line, money)
    quantity, rest = _quantity(number, line)
    time = TIME.match(rest)
    if time:
        what = OF.sub("", time["rest"].strip(), count=1) or _("Volunteers")
        return Thing("human", _bound(number, what, LONGEST_THING, LONGEST_THING), quantity, time["unit"])
    return Thing("material", _bound(number, rest, LONGEST_THING, LONGEST_THING), quantity)


def _money(number: int, line: str, money: re.Match[str]) -> Thing:
    try:
        cents = parse_amount(money["amount"])
    except AmountError as error:
        raise validators.ValidationError(_("Line %(number)s: the amount cannot be read.", number=number)) from error
    if cents <= 0:
        raise validators.ValidationError(
            _("Line %(number)s: write an amount above zero, or take the line out.", number=number)
        )
    rest = (line[: money.start()] + line[money.end() :]).strip(" :,–-")
    return Thing("financial", _bound(number, rest, LONGEST_THING, LONGEST_THING) or _("Money"), cents=cents)


def _quantity(number: int, line: str) -> tuple[Decimal, str]:
    """The quantity that begins a line (« 12 », « 2,5 », « 1 000 », « 1/2 »), and the rest."""
    part = FRACTION_FIRST.fullmatch(line)
    if part:
        return Decimal(part["top"]) / Decimal(part["bottom"]), part["rest"].strip()
    match = QUANTITY_FIRST.fullmatch(line)
    if match is None or not "".join(match["quantity"].split()).strip("0.,"):
        raise validators.ValidationError(
            _(
                "Line %(number)s: begin with a quantity, for instance « 12 hours of neighbours » or « 40 bags of seeds ».",
                number=number,
            )
        )
    whole, _point, decimals = "".join(match["quantity"].split()).replace(",", ".").partition(".")
    quantity = Decimal(f"{whole}.{decimals}")
    if not 0 < quantity <= MOST_QUANTITY or len(decimals) > 2:
        raise validators.ValidationError(
            _(
                "Line %(number)s: a quantity is at most %(most)s, with two digits after the comma.",
                number=number,
                most=format_number(MOST_QUANTITY),
            )
        )
    return quantity, match["rest"].strip()

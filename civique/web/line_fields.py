"""What is told at the counter or written on paper, typed as people write it: each cost, thing or hour is a line of text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wtforms import TextAreaField, validators

from civique.core.i18n import gettext as _
from civique.core.i18n import number as format_number
from civique.services.identifiers import AmountError, parse_amount
from civique.web.forms import MOST_QUANTITY

MOST_LINES = 30
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


class CostsField(TextAreaField):
    """A cost a line, with its amount at the end: ``lines`` are (label, cents), once the form was validated."""

    lines: Sequence[tuple[str, int]] = ()

    def pre_validate(self, form: Any) -> None:
        """Each line ends with an amount; the first that does not is named."""
        self.lines = [_cost(number, line) for number, line in _lines(self.data, LONGEST_COST)]


class ThingsField(TextAreaField):
    """A thing, some time or some money a line, quantity first: ``lines`` are :class:`Thing`, once the form was validated.

    Args:
        no_money: what to say to whoever writes money here; nothing where money may be written.
    """

    lines: Sequence[Thing] = ()

    def __init__(self, label: Any = None, validators: Any = None, *, no_money: Any = "", **named: Any) -> None:
        super().__init__(label, validators, **named)
        self.no_money = no_money

    def pre_validate(self, form: Any) -> None:
        """Each line begins with a quantity, or is an amount of money; the first that is neither is named."""
        self.lines = [_thing(number, line) for number, line in _lines(self.data, LONGEST_THING)]
        if self.no_money and any(thing.nature == "financial" for thing in self.lines):
            raise validators.ValidationError(str(self.no_money))


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

"""Contributions in words."""

from decimal import Decimal

from civique.core.contributions.models import Contribution, ContributionProposal
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.i18n import money, number


def nature_labels() -> dict[str, str]:
    """The three natures, in words."""
    return {"financial": _("Money"), "material": _("Things"), "human": _("Time and skills")}


def nature_of(gift: Contribution | ContributionProposal) -> str:
    """The nature of what is given; hours of employees that a company lends have their own name."""
    return _("Skills sponsorship") if gift.staff_time else nature_labels()[gift.nature]


def in_words(gift: Contribution | ContributionProposal) -> str:
    """What is given, in one line: « Graines : 40 sachets », « 500,00 € »."""
    if gift.nature == "financial":
        amount = money(gift.value_cents or 0)
        return f"{amount} – {gift.description}" if gift.description else amount
    if _says_unit(gift.description, gift.unit):
        return f"{number(gift.quantity or 0)} {gift.description}"
    quantity = f"{number(gift.quantity or 0)} {gift.unit}".strip()
    return _("%(what)s: %(quantity)s", what=gift.description, quantity=quantity)


def things_in_words(quantity: Decimal | None, unit: str, what: str) -> str:
    """Some things or some time inside a sentence: « graines (40 sachets) », « 12 tables », « 60 plants d’aubépine »."""
    many = number(quantity or 0)
    if not unit or _says_unit(what, unit):
        return f"{many} {what}"
    return f"{what} ({many} {unit})"


def _says_unit(what: str, unit: str) -> bool:
    """Whether a description begins with the unit: it is not said twice."""
    return bool(unit) and fold(what).startswith(fold(unit))

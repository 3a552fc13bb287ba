"""Contributions in words."""

from civique.core.contributions.models import Contribution, ContributionProposal
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
    quantity = f"{number(gift.quantity or 0)} {gift.unit}".strip()
    return _("%(what)s: %(quantity)s", what=gift.description, quantity=quantity)

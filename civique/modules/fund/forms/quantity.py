"""Quantities typed as people do: « 40 », « 2,5 », « 1 250 »."""

from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import DecimalField

from civique.core.i18n import get_locale
from civique.core.i18n import gettext as _
from civique.web.forms import typed

MOST = Decimal(999_999)


def read_quantity(text: str) -> Decimal:
    """A quantity as people type it; nothing is 0.

    Raises:
        ValueError: with a sentence.
    """
    compact = "".join(text.split()).replace(",", ".")
    if not compact:
        return Decimal(0)
    try:
        quantity = Decimal(compact)
    except InvalidOperation as error:
        raise ValueError(_refusal(text)) from error
    if not quantity.is_finite() or not 0 <= quantity <= MOST or quantity != round(quantity, 2):
        raise ValueError(_refusal(text))
    return quantity


def _refusal(text: str) -> str:
    return _("This is not a quantity: « %(text)s ». Write for instance 40 or 2,5.", text=text)


class QuantityField(DecimalField):
    """A quantity, or None when nothing was typed."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the quantity, or say how one looks."""
        text = str(valuelist[0]) if valuelist else ""
        self.data = None
        self.data = read_quantity(text) if text.strip() else None

    def _value(self) -> str:
        if self.raw_data:
            return typed(self)
        text = f"{self.data.normalize():f}" if self.data is not None else ""
        return text.replace(".", ",") if get_locale() == "fr" else text

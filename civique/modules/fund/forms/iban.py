"""The field of a bank account."""

from typing import Any

from stdnum import iban
from stdnum.exceptions import ValidationError
from wtforms import StringField

from civique.core.i18n import gettext as _
from civique.web.forms import typed


class IbanField(StringField):
    """An IBAN with its key checked; ``data`` is its compact form."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number, or say what an IBAN is."""
        self.data = None
        if not valuelist or not str(valuelist[0]).strip():
            return
        try:
            self.data = str(iban.validate(str(valuelist[0])))
        except ValidationError as error:
            raise ValueError(
                _("This is not an IBAN: copy it from the bank details (RIB). It begins with FR and has 27 characters.")
            ) from error

    def _value(self) -> str:
        """What was typed and refused; a saved account is never shown again."""
        return typed(self)

"""What is asked of somebody who comes to a gathering, on the site and at the desk."""

from typing import Any

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange

from civique.core.gatherings.declarations import NEEDS
from civique.core.gatherings.models import Opening, Registration
from civique.core.gatherings.registrations import NEED_LENGTH, PARTY
from civique.core.i18n import _l
from civique.web.forms import EmailField, OnceForm, PhoneField, at_most, optional, required


def _number(label: Any, default: int) -> IntegerField:
    return IntegerField(label, [required(_l("Write a number.")), NumberRange(0, PARTY)], default=default)


def _need(code: str) -> TextAreaField:
    return TextAreaField(NEEDS[code], [optional(), at_most(NEED_LENGTH)], render_kw={"rows": 2})


class PartyForm(OnceForm):
    """How many come, and what they need."""

    adults = _number(_l("How many adults?"), 1)
    children = _number(_l("How many children?"), 0)
    diet = _need("diet")
    access = _need("access")
    childcare = _need("childcare")

    def fit(self, opening: Opening, registration: Registration | None = None) -> None:
        """Keep what the opening asks; what a registration says already fills the fields of a visit."""
        if not opening.children:
            del self.children
            self.adults.label.text = str(_l("How many people?"))
            if not opening.companions:
                del self.adults
        for code in NEEDS:
            if code not in opening.needs:
                del self[code]
        if registration is not None and not self.is_submitted():
            for name in ("adults", "children"):
                if name in self:
                    self[name].data = getattr(registration, name)
            for code in opening.needs:
                self[code].data = registration.needs.get(code, "")

    def party(self) -> dict[str, Any]:
        """What the operations take."""
        needs = {code: self[code].data or "" for code in NEEDS if code in self}
        adults = (self.adults.data or 0) if "adults" in self else 1
        children = (self.children.data or 0) if "children" in self else 0
        return {"adults": adults, "children": children, "needs": needs}

    def asked(self) -> list[Any]:
        """The fields of the party that are asked, in their order."""
        return [self[name] for name in ("adults", "children", *NEEDS) if name in self]


class RegisterForm(PartyForm):
    """Who registers, and with whom."""

    name = StringField(_l("First and last name"), [required(_l("Write your name.")), at_most(170)])
    email = EmailField(_l("Your e-mail address"), [optional()], render_kw={"autocomplete": "email"})
    phone = PhoneField(_l("Your telephone number"), [optional()], render_kw={"autocomplete": "tel"})

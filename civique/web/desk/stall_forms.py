"""Fields of the stall's page. The tablet reads them; what it sends is checked by ``civique.core.stall``."""

from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.widgets import EmailInput, TelInput

from civique.core.channels import AWAY
from civique.core.i18n import _l
from civique.core.stall.forms import StallForm
from civique.web.forms import BaseForm, choices, later, optional
from civique.web.villages import VillageField
from tenants.db import db


class StallPageForm(BaseForm):
    """What is asked whatever the kind."""

    channel = SelectField(_l("Where are you?"), [later()])
    name = StringField(_l("First and last name"), [later()], render_kw={"maxlength": 120, "autocomplete": "off"})
    answer_by = RadioField(
        _l("How to answer?"),
        [later()],
        default="email",
        choices=[
            ("email", _l("By e-mail (answer)")),
            ("phone", _l("By telephone (answer)")),
            ("letter", _l("By letter (answer)")),
            ("none", _l("No answer wanted")),
        ],
    )
    email = StringField(_l("E-mail address"), [later()], widget=EmailInput(), render_kw={"autocomplete": "off"})
    phone = StringField(_l("Telephone number"), [later()], widget=TelInput(), render_kw={"autocomplete": "off"})
    street = StringField(_l("Number and street"), [later()], render_kw={"autocomplete": "off"})
    postal_code = StringField(_l("Postal code"), [optional()], render_kw={"inputmode": "numeric", "maxlength": 5})
    city = StringField(_l("Town"), [later()], render_kw={"autocomplete": "off"})
    territory_id = VillageField(_l("Which village is it about?"))

    def offer_channels(self) -> None:
        """The places where a tablet goes."""
        self.channel.choices = choices(AWAY.items())


def fields_of(form: StallForm) -> BaseForm:
    """The module's own fields, named ``<kind>-<name>``."""
    made: dict[str, Any] = {}
    for field in form.fields:
        checks = [later() if field.required else optional()]
        if field.choices is not None:
            made[field.name] = SelectField(field.label, checks, choices=choices(field.choices(db.session), empty=""))
        elif field.kind == "text":
            made[field.name] = TextAreaField(field.label, checks, render_kw={"rows": 5, "maxlength": field.limit})
        else:
            made[field.name] = StringField(field.label, checks, render_kw={"maxlength": field.limit})
    own: BaseForm = type("StallKindForm", (BaseForm,), made)(prefix=f"{form.code}-")
    return own

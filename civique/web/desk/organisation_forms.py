"""The form of a group's card."""

from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.web.desk.labels import ORGANISATION_KINDS
from civique.web.forms import (
    EmailField,
    OnceForm,
    PhoneField,
    RevisionField,
    SiretField,
    at_most,
    choices,
    optional,
    required,
)
from civique.web.villages import VillageField


class OrganisationForm(OnceForm):
    """Name, kind, how to reach it, what it does."""

    revision = RevisionField()
    name = StringField(_l("Name"), [required(_l("Write the name.")), at_most(160)])
    kind = SelectField(_l("Kind"), [required(_l("Choose a kind."))])
    purpose = TextAreaField(_l("What it does"), [optional(), at_most(1000)], render_kw={"rows": 3})
    email = EmailField(_l("E-mail"), [optional()])
    phone = PhoneField(_l("Telephone"), [optional()])
    rna = StringField(
        _l("RNA number"),
        [optional(), validators.Regexp(r"^W[0-9A-Z]\d{8}$", message=_l("An RNA number looks like W491234567."))],
    )
    siret = SiretField(_l("SIRET number"), [optional()])
    territory_id = VillageField(_l("Village"))
    listed = BooleanField(_l("Show it in the public directory"))

    def prepare(self) -> None:
        """Fill in the kinds."""
        self.kind.choices = choices(ORGANISATION_KINDS.items(), empty="")

    def facts(self) -> dict[str, Any]:
        """What the card keeps."""
        facts = {name: self[name].data for name in ("name", "kind", "email", "phone", "siret", "territory_id")}
        return facts | {
            "purpose": self.purpose.data or "",
            "rna": self.rna.data or None,
            "listed": bool(self.listed.data),
        }

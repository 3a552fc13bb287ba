"""Settings of the platform, by operators: the price list, who publishes."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, FieldList, StringField, TextAreaField

from civique.core import settings
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.platform.operations.views.communes import OPERATE
from civique.platform.subscription.settings import TIERS, Prices, Publisher, tier_label
from civique.web.access import allow
from civique.web.forms import AmountField, EmailField, PhoneField, at_most, optional, required
from civique.web.pages import page
from civique.web.settings import SettingsForm, filled, submit_settings
from tenants.db import db

blueprint = Blueprint("operations_settings", __name__, url_prefix="/operations/reglages")


class PricesForm(SettingsForm):
    """Yearly price of each tier."""

    yearly = FieldList(
        AmountField(_l("A year, before tax"), [required()]), min_entries=len(TIERS), max_entries=len(TIERS)
    )
    decided = BooleanField(_l("This price list is decided: it is no longer shown as examples"))


class PublisherForm(SettingsForm):
    """Who runs this deployment."""

    company = StringField(_l("Company or body"), [optional(), at_most(160)])
    registration = StringField(_l("Business registration"), [optional(), at_most(80)])
    address = StringField(_l("Address"), [optional(), at_most(200)])
    director = StringField(_l("Publication director"), [optional(), at_most(120)])
    email = EmailField(_l("E-mail address"), [optional()])
    phone = PhoneField(_l("Telephone"), [optional()])
    host_name = StringField(_l("Host: name"), [optional(), at_most(160)])
    host_address = StringField(_l("Host: address"), [optional(), at_most(200)])
    sub_processors = TextAreaField(_l("Sub-processors, one a line"), [optional(), at_most(2000)], render_kw={"rows": 3})

    def facts(self) -> dict[str, Any]:
        """Texts, and the list of sub-processors."""
        lines = tuple(line.strip() for line in (self.sub_processors.data or "").splitlines() if line.strip())
        return {name: value or "" for name, value in super().facts().items()} | {"sub_processors": lines}


@blueprint.route("/tarifs", methods=["GET", "POST"])
@allow(OPERATE)
def prices() -> Response:
    """The price list."""
    form = filled(PricesForm, settings.get(db.session, Prices))
    for field, tier in zip(form.yearly, TIERS, strict=True):
        field.label.text = tier_label(*tier)

    def values() -> dict[str, Any]:
        return {"yearly": tuple(form.yearly.data), "decided": form.decided.data}

    return _settings_page(form, Prices, "prices", values, _("Saved. The page of prices shows it."))


@blueprint.route("/editeur", methods=["GET", "POST"])
@allow(OPERATE)
def publisher() -> Response:
    """Who publishes and hosts, for the legal pages."""
    current = settings.get(db.session, Publisher)
    form = filled(PublisherForm, current, sub_processors="\n".join(current.sub_processors))
    return _settings_page(form, Publisher, "publisher", form.facts, _("Saved. The legal pages show it."))


def _settings_page(
    form: SettingsForm,
    kind: type[settings.SettingsClass],
    section: str,
    values: Callable[[], dict[str, Any]],
    said: str,
) -> Response:
    def shown() -> Response:
        return page(f"platform/operations/{section}.html", form=form)

    to = url_for(f"operations_settings.{section}")
    return submit_settings(form, kind, section, values, again=shown, to=to, said=said)

"""Settings of the platform, by operators: the price list, who publishes."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response
from wtforms import BooleanField, FieldList, StringField, TextAreaField

from civique.core import settings
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.platform.operations.views.communes import OPERATE
from civique.platform.subscription.settings import TIERS, Prices, Publisher, tier_label
from civique.web.access import allow
from civique.web.forms import AmountField, EmailField, PhoneField, at_most, optional, required
from civique.web.pages import go, notice, page
from civique.web.settings import SettingsForm, filled, moved, save
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
    registration = StringField(_l("Registration"), [optional(), at_most(80)])
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
    current = settings.get(db.session, Prices)
    form, changed = filled(PricesForm, current), None
    for field, tier in zip(form.yearly, TIERS, strict=True):
        field.label.text = tier_label(*tier)
    if request.method == "POST" and form.validate():
        changed = moved(form, current, "prices")
        if not changed:
            save(form, Prices, "prices", yearly=tuple(form.yearly.data), decided=form.decided.data)
            notice(_("Saved. The page of prices shows it."))
            return go("operations_settings.prices")
    status = 422 if request.method == "POST" else 200
    return page("platform/operations/prices.html", status=status, form=form, moved=changed)


@blueprint.route("/editeur", methods=["GET", "POST"])
@allow(OPERATE)
def publisher() -> Response:
    """Who publishes and hosts, for the legal pages."""
    current = settings.get(db.session, Publisher)
    form, changed = filled(PublisherForm, current, sub_processors="\n".join(current.sub_processors)), None
    if request.method == "POST" and form.validate():
        changed = moved(form, current, "publisher")
        if not changed:
            save(form, Publisher, "publisher", **form.facts())
            notice(_("Saved. The legal pages show it."))
            return go("operations_settings.publisher")
    status = 422 if request.method == "POST" else 200
    return page("platform/operations/publisher.html", status=status, form=form, moved=changed)

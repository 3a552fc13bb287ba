"""Second step: what is needed, in money, things and time."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.forms.public import (
    AmountForm,
    HelpForm,
    LineForm,
    ThingForm,
)
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import requests
from civique.modules.fund.views.public_asking import later, moved, remove
from civique.modules.fund.views.public_blueprint import CHANGEABLE, blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.forms import OnceForm
from civique.web.pages import go, notice, page, partial
from tenants.db import db


@blueprint.get("/demandes/<uuid:request_id>/budget")
@allow(SIGNED_IN)
def budget(request_id: UUID) -> Response:
    """Second step: costs, things and time asked, the amount. With ``amount_asked_cents``, only what it leaves to find."""
    demand = mine(request_id)
    if demand.state not in CHANGEABLE:
        return go("fund.follow", request_id=request_id)
    if partial() and "amount_asked_cents" in request.args:
        form = AmountForm(formdata=request.args)
        return page("fund/budget.html", block="rest", demand=demand, asked=form.amount_asked_cents.data)
    return _needs_page(demand)


def _needs_page(demand: FundRequest, amount_form: AmountForm | None = None, **refused: OnceForm) -> Response:
    status = 422 if refused or amount_form else 200
    if amount_form is None:
        amount_form = AmountForm(formdata=None)
        amount_form.amount_asked_cents.data = demand.amount_asked_cents or None
        amount_form.revision.data = demand.revision
    amount_form.amount_asked_cents.render_kw = {
        "hx-get": url_for("fund.budget", request_id=demand.id),
        "hx-trigger": "input delay:400ms",
        "hx-target": "#rest",
        "hx-include": "this",
    }
    forms: dict[str, OnceForm] = {
        "line": LineForm(formdata=None),
        "thing": ThingForm(formdata=None, prefix="thing-"),
        "help": HelpForm(formdata=None, prefix="help-"),
        **refused,
    }
    similar = queries.similar_requests(db.session, demand)
    return page(
        "fund/budget.html",
        block="costs",
        status=status,
        demand=demand,
        forms=forms,
        amount_form=amount_form,
        similar=similar,
        asked=demand.amount_asked_cents or None,
        fresh=partial() and status == 200,
    )


def _add(request_id: UUID, name: str, form: OnceForm, add: Callable[[FundRequest], object]) -> Response:
    """Add something to the second step once, or show what is wrong with it."""
    demand = mine(request_id)
    if not form.validate():
        return _needs_page(demand, **{name: form})
    if not form.already():
        try:
            add(demand)
        except Refused as broken:
            form.refuse(broken)
            return _needs_page(demand, **{name: form})
        form.leads_to(url_for("fund.budget", request_id=request_id))
    return _needs_page(demand) if partial() else go("fund.budget", request_id=request_id)


@blueprint.post("/demandes/<uuid:request_id>/couts")
@allow(SIGNED_IN)
def add_line(request_id: UUID) -> Response:
    """Add a cost."""
    form = LineForm()
    return _add(
        request_id,
        "line",
        form,
        lambda demand: requests.add_line(
            db.session, demand, form.label.data or "", form.amount_cents.data or 0, form.kind.data or ""
        ),
    )


@blueprint.post("/demandes/<uuid:request_id>/choses")
@allow(SIGNED_IN)
def add_thing(request_id: UUID) -> Response:
    """Ask for things."""
    form = ThingForm(prefix="thing-")
    return _add(
        request_id,
        "thing",
        form,
        lambda demand: requests.add_ask(
            db.session,
            demand,
            "material",
            form.description.data or "",
            form.quantity.data or Decimal(0),
            form.unit.data or "",
        ),
    )


@blueprint.post("/demandes/<uuid:request_id>/aide")
@allow(SIGNED_IN)
def add_help(request_id: UUID) -> Response:
    """Ask for somebody's time."""
    form = HelpForm(prefix="help-")
    return _add(
        request_id,
        "help",
        form,
        lambda demand: requests.add_ask(
            db.session, demand, "human", form.description.data or "", form.quantity.data or Decimal(0), _("hours")
        ),
    )


@blueprint.post("/demandes/<uuid:request_id>/couts/<uuid:line_id>/retirer")
@allow(SIGNED_IN)
def remove_line(request_id: UUID, line_id: UUID) -> Response:
    """Take a cost out."""
    return remove(
        request_id, "fund.budget", lambda demand: requests.remove_line(db.session, demand, line_id), _needs_page
    )


@blueprint.post("/demandes/<uuid:request_id>/besoins/<uuid:ask_id>/retirer")
@allow(SIGNED_IN)
def remove_ask(request_id: UUID, ask_id: UUID) -> Response:
    """Take something asked out."""
    return remove(
        request_id, "fund.budget", lambda demand: requests.remove_ask(db.session, demand, ask_id), _needs_page
    )


@blueprint.post("/demandes/<uuid:request_id>/budget")
@allow(SIGNED_IN)
def save_amount(request_id: UUID) -> Response:
    """Save the amount asked; then go on, or leave it as a draft."""
    demand, form = mine(request_id), AmountForm()
    if not form.validate():
        form.revision.data = demand.revision
        return _needs_page(demand, form)
    if moved(form, demand):
        form.fail("", _("The request was changed in another window. Read the amounts again, then continue."))
        return _needs_page(demand, form)
    try:
        requests.change_request(db.session, demand, amount_asked_cents=form.amount_asked_cents.data)
    except Refused as broken:
        notice(str(broken), "stop")
        return go("fund.follow", request_id=request_id)
    return later() if request.form.get("later") else go("fund.gifts", request_id=request_id)

"""Third step: what the holder and others bring."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms.public import (
    CharterForm,
    GiftForm,
    MoneyForm,
    TimeForm,
)
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import requests
from civique.modules.fund.views.public_asking import later, remove
from civique.modules.fund.views.public_blueprint import CHANGEABLE, blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.forms import OnceForm
from civique.web.pages import go, page, partial
from tenants.db import db


@blueprint.get("/demandes/<uuid:request_id>/apports")
@allow(SIGNED_IN)
def gifts(request_id: UUID) -> Response:
    """Third step: what you and others bring."""
    demand = mine(request_id)
    if demand.state not in CHANGEABLE:
        return go("fund.follow", request_id=request_id)
    return _gifts_page(demand)


def _gifts_page(demand: FundRequest, charter_form: CharterForm | None = None, **refused: OnceForm) -> Response:
    forms: dict[str, OnceForm] = {
        "time": TimeForm(formdata=None, prefix="time-"),
        "gift": GiftForm(formdata=None, prefix="gift-"),
        "money": MoneyForm(formdata=None, prefix="money-"),
        **refused,
    }
    status = 422 if refused or charter_form else 200
    charter_form = charter_form or CharterForm(formdata=None, data={"charter": bool(demand.charter_accepted_at)})
    return page(
        "fund/gifts.html",
        block="gifts",
        status=status,
        demand=demand,
        forms=forms,
        charter_form=charter_form,
        supports=contributions_to(db.session, demand),
        association=is_association(demand),
        fresh=partial() and status == 200,
    )


def is_association(demand: FundRequest) -> bool:
    """Whether the contrat d'engagement républicain concerns the holder."""
    return demand.organisation is not None and demand.organisation.kind == "association"


def _bring(request_id: UUID, name: str, form: OnceForm, nature: str, facts: Callable[[], dict[str, Any]]) -> Response:
    """Add something that is brought, once."""
    demand = mine(request_id)
    if not form.validate():
        return _gifts_page(demand, **{name: form})
    if not form.already():
        try:
            requests.add_support(db.session, demand, nature, **facts())
        except Refused as broken:
            form.refuse(broken)
            return _gifts_page(demand, **{name: form})
        form.leads_to(url_for("fund.gifts", request_id=request_id))
    return _gifts_page(demand) if partial() else go("fund.gifts", request_id=request_id)


@blueprint.post("/demandes/<uuid:request_id>/apports/temps")
@allow(SIGNED_IN)
def add_time(request_id: UUID) -> Response:
    """« 6 personnes × 2 heures »."""
    form = TimeForm(prefix="time-")
    return _bring(
        request_id,
        "time",
        form,
        "human",
        lambda: {
            "description": _(
                "%(who)s: %(people)s × %(hours)s h",
                who=form.description.data,
                people=form.people.data,
                hours=f"{form.hours.data:f}",
            ),
            "quantity": (form.people.data or 0) * (form.hours.data or Decimal(0)),
            "unit": _("hours"),
        },
    )


@blueprint.post("/demandes/<uuid:request_id>/apports/choses")
@allow(SIGNED_IN)
def add_gift(request_id: UUID) -> Response:
    """Things lent or given."""
    form = GiftForm(prefix="gift-")
    return _bring(
        request_id,
        "gift",
        form,
        "material",
        lambda: {
            "description": form.description.data,
            "quantity": form.quantity.data,
            "unit": form.unit.data or "",
        },
    )


@blueprint.post("/demandes/<uuid:request_id>/apports/argent")
@allow(SIGNED_IN)
def add_money(request_id: UUID) -> Response:
    """Money from elsewhere."""
    form = MoneyForm(prefix="money-")
    return _bring(
        request_id,
        "money",
        form,
        "financial",
        lambda: {
            "description": form.description.data,
            "value_cents": form.value_cents.data,
        },
    )


@blueprint.post("/demandes/<uuid:request_id>/apports/<uuid:support_id>/retirer")
@allow(SIGNED_IN)
def remove_support(request_id: UUID, support_id: UUID) -> Response:
    """Take something brought out."""
    return remove(
        request_id, "fund.gifts", lambda demand: requests.remove_support(db.session, demand, support_id), _gifts_page
    )


@blueprint.post("/demandes/<uuid:request_id>/apports")
@allow(SIGNED_IN)
def save_gifts(request_id: UUID) -> Response:
    """Keep the charter's box; then read the whole once more, or leave it as a draft."""
    demand, form = mine(request_id), CharterForm()
    if demand.state not in CHANGEABLE:
        return go("fund.follow", request_id=request_id)
    if form.charter.data and is_association(demand):
        requests.accept_charter(db.session, demand)
    if request.form.get("later"):
        return later()
    if is_association(demand) and not form.charter.data:
        form.fail(
            "charter",
            _(
                "An association accepts the contrat d’engagement républicain before it receives public help. Tick the box."
            ),
        )
        return _gifts_page(demand, form)
    return go("fund.check", request_id=request_id)

"""Third step: what the applicant and others bring."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.modules.fund.forms.public import (
    CharterForm,
    GiftForm,
    MoneyForm,
    TimeForm,
)
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import applications
from civique.modules.fund.views.public_asking import later, remove
from civique.modules.fund.views.public_blueprint import CHANGEABLE, blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.forms import OnceForm
from civique.web.pages import go, page, partial
from civique.web.submit import submit
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>/apports")
@allow(SIGNED_IN)
def gifts(application_id: UUID) -> Response:
    """Third step: what you and others bring."""
    application = mine(application_id)
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    return _gifts_page(application)


def _gifts_page(application: FundApplication, charter_form: CharterForm | None = None, **refused: OnceForm) -> Response:
    forms: dict[str, OnceForm] = {
        "time": TimeForm(formdata=None, prefix="time-"),
        "gift": GiftForm(formdata=None, prefix="gift-"),
        "money": MoneyForm(formdata=None, prefix="money-"),
        **refused,
    }
    status = 422 if refused or charter_form else 200
    charter_form = charter_form or CharterForm(formdata=None, data={"charter": bool(application.charter_accepted_at)})
    return page(
        "fund/gifts.html",
        block="gifts",
        status=status,
        application=application,
        forms=forms,
        charter_form=charter_form,
        supports=contributions_to(db.session, application),
        association=is_association(application),
        fresh=partial() and status == 200,
    )


def is_association(application: FundApplication) -> bool:
    """Whether the contrat d'engagement républicain concerns the applicant."""
    return application.organisation is not None and application.organisation.kind == "association"


def _bring(
    application_id: UUID, name: str, form: OnceForm, nature: str, facts: Callable[[], dict[str, Any]]
) -> Response:
    """Add something that is brought, once."""
    application = mine(application_id)
    return submit(
        form,
        lambda: applications.add_support(db.session, application, nature, **facts()),
        again=lambda: _gifts_page(application, **{name: form}),
        to=url_for("fund.gifts", application_id=application_id),
        part=lambda: _gifts_page(application),
    )


@blueprint.post("/demandes/<uuid:application_id>/apports/temps")
@allow(SIGNED_IN)
def add_time(application_id: UUID) -> Response:
    """« 6 personnes × 2 heures »."""
    form = TimeForm(prefix="time-")
    return _bring(
        application_id,
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


@blueprint.post("/demandes/<uuid:application_id>/apports/choses")
@allow(SIGNED_IN)
def add_gift(application_id: UUID) -> Response:
    """Things lent or given."""
    form = GiftForm(prefix="gift-")
    return _bring(
        application_id,
        "gift",
        form,
        "material",
        lambda: {
            "description": form.description.data,
            "quantity": form.quantity.data,
            "unit": form.unit.data or "",
        },
    )


@blueprint.post("/demandes/<uuid:application_id>/apports/argent")
@allow(SIGNED_IN)
def add_money(application_id: UUID) -> Response:
    """Money from elsewhere."""
    form = MoneyForm(prefix="money-")
    return _bring(
        application_id,
        "money",
        form,
        "financial",
        lambda: {
            "description": form.description.data,
            "value_cents": form.value_cents.data,
        },
    )


@blueprint.post("/demandes/<uuid:application_id>/apports/<uuid:support_id>/retirer")
@allow(SIGNED_IN)
def remove_support(application_id: UUID, support_id: UUID) -> Response:
    """Take something brought out."""
    return remove(
        application_id,
        "fund.gifts",
        lambda application: applications.remove_support(db.session, application, support_id),
        _gifts_page,
    )


@blueprint.post("/demandes/<uuid:application_id>/apports")
@allow(SIGNED_IN)
def save_gifts(application_id: UUID) -> Response:
    """Keep the charter's box; then read the whole once more, or leave it as a draft."""
    application, form = mine(application_id), CharterForm()
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    if form.charter.data and is_association(application):
        applications.accept_charter(db.session, application)
    if request.form.get("later"):
        return later()
    if is_association(application) and not form.charter.data:
        form.fail(
            "charter",
            _(
                "An association accepts the contrat d’engagement républicain before it receives public help. Tick the box."
            ),
        )
        return _gifts_page(application, form)
    return go("fund.check", application_id=application_id)

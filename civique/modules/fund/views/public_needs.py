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
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import applications
from civique.modules.fund.views.public_asking import later, moved, remove
from civique.modules.fund.views.public_blueprint import CHANGEABLE, blueprint, mine
from civique.web.access import SIGNED_IN, allow
from civique.web.forms import OnceForm
from civique.web.pages import go, notice, page, partial
from civique.web.submit import submit
from tenants.db import db


@blueprint.get("/demandes/<uuid:application_id>/budget")
@allow(SIGNED_IN)
def budget(application_id: UUID) -> Response:
    """Second step: costs, things and time asked, the amount. With ``amount_asked_cents``, only what it leaves to find."""
    application = mine(application_id)
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    if partial() and "amount_asked_cents" in request.args:
        form = AmountForm(formdata=request.args)
        return page("fund/budget.html", block="rest", application=application, asked=form.amount_asked_cents.data)
    return _needs_page(application)


def _needs_page(application: FundApplication, amount_form: AmountForm | None = None, **refused: OnceForm) -> Response:
    status = 422 if refused or amount_form else 200
    if amount_form is None:
        amount_form = AmountForm(formdata=None)
        amount_form.amount_asked_cents.data = application.amount_asked_cents or None
        amount_form.revision.data = application.revision
    amount_form.amount_asked_cents.render_kw = {
        "hx-get": url_for("fund.budget", application_id=application.id),
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
    similar = queries.similar_applications(db.session, application)
    return page(
        "fund/budget.html",
        block="costs",
        status=status,
        application=application,
        forms=forms,
        amount_form=amount_form,
        similar=similar,
        asked=application.amount_asked_cents or None,
        fresh=partial() and status == 200,
    )


def _add(application_id: UUID, name: str, form: OnceForm, add: Callable[[FundApplication], object]) -> Response:
    """Add something to the second step once, or show what is wrong with it."""
    application = mine(application_id)
    return submit(
        form,
        lambda: add(application),
        again=lambda: _needs_page(application, **{name: form}),
        to=url_for("fund.budget", application_id=application_id),
        part=lambda: _needs_page(application),
    )


@blueprint.post("/demandes/<uuid:application_id>/couts")
@allow(SIGNED_IN)
def add_line(application_id: UUID) -> Response:
    """Add a cost."""
    form = LineForm()
    return _add(
        application_id,
        "line",
        form,
        lambda application: applications.add_line(
            db.session, application, form.label.data or "", form.amount_cents.data or 0, form.kind.data or ""
        ),
    )


@blueprint.post("/demandes/<uuid:application_id>/choses")
@allow(SIGNED_IN)
def add_thing(application_id: UUID) -> Response:
    """Ask for things."""
    form = ThingForm(prefix="thing-")
    return _add(
        application_id,
        "thing",
        form,
        lambda application: applications.add_ask(
            db.session,
            application,
            "material",
            form.description.data or "",
            form.quantity.data or Decimal(0),
            form.unit.data or "",
        ),
    )


@blueprint.post("/demandes/<uuid:application_id>/aide")
@allow(SIGNED_IN)
def add_help(application_id: UUID) -> Response:
    """Ask for somebody's time."""
    form = HelpForm(prefix="help-")
    return _add(
        application_id,
        "help",
        form,
        lambda application: applications.add_ask(
            db.session, application, "human", form.description.data or "", form.quantity.data or Decimal(0), _("hours")
        ),
    )


@blueprint.post("/demandes/<uuid:application_id>/couts/<uuid:line_id>/retirer")
@allow(SIGNED_IN)
def remove_line(application_id: UUID, line_id: UUID) -> Response:
    """Take a cost out."""
    return remove(
        application_id,
        "fund.budget",
        lambda application: applications.remove_line(db.session, application, line_id),
        _needs_page,
    )


@blueprint.post("/demandes/<uuid:application_id>/besoins/<uuid:ask_id>/retirer")
@allow(SIGNED_IN)
def remove_ask(application_id: UUID, ask_id: UUID) -> Response:
    """Take something asked out."""
    return remove(
        application_id,
        "fund.budget",
        lambda application: applications.remove_ask(db.session, application, ask_id),
        _needs_page,
    )


@blueprint.post("/demandes/<uuid:application_id>/budget")
@allow(SIGNED_IN)
def save_amount(application_id: UUID) -> Response:
    """Save the amount asked; then go on, or leave it as a draft."""
    application, form = mine(application_id), AmountForm()
    if not form.validate():
        form.revision.data = application.revision
        return _needs_page(application, form)
    if moved(form, application):
        form.fail("", _("The request was changed in another window. Read the amounts again, then continue."))
        return _needs_page(application, form)
    try:
        applications.change_application(db.session, application, amount_asked_cents=form.amount_asked_cents.data)
    except Refused as broken:
        notice(str(broken), "stop")
        return go("fund.follow", application_id=application_id)
    return later() if request.form.get("later") else go("fund.gifts", application_id=application_id)

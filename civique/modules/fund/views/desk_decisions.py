"""Deciding and correcting a decision: their forms hold a quantity for each thing asked."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core.cases.operations import move
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms import steps
from civique.modules.fund.models import FundApplication
from civique.modules.fund.views.desk import blueprint
from civique.modules.fund.views.desk_file import PAGES
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import allow
from civique.web.forms import read_quantity
from tenants.db import db


@blueprint.post("/demandes/<uuid:application_id>/decision")
@allow("fund.decide")
def decide(application_id: UUID) -> Response:
    """Grant in full, in part, refuse or put off."""
    form = steps.DecisionForm()
    form.rename("decide")
    name = "adjourn" if form.decision.data == "adjourned" else "decide"

    def run(application: FundApplication) -> None:
        facts = (
            {}
            if name == "adjourn"
            else _granted(form, application) | {"act": form.act.data, "act_on": form.act_on.data}
        )
        _move(application, name, form, **facts)

    return PAGES.act(application_id, form, run, str(WORKFLOW.by_name[name].done))


@blueprint.post("/demandes/<uuid:application_id>/correction")
@allow("fund.decide")
def correct(application_id: UUID) -> Response:
    """Replace a mistaken decision."""
    form = steps.CorrectionForm()
    form.rename("correct")

    def run(application: FundApplication) -> None:
        _move(application, "correct", form, because=form.because.data or "", **_granted(form, application))

    return PAGES.act(application_id, form, run, str(WORKFLOW.by_name["correct"].done))


def _move(application: FundApplication, name: str, form: steps.DecisionForm, **facts: Any) -> None:
    motive = form.motive.data or ""
    move(db.session, WORKFLOW, application, name, revision=form.revision.data or 0, motive=motive, **facts)


def _granted(form: steps.DecisionForm, application: FundApplication) -> dict[str, Any]:
    """Cents and things that the form grants. A part of nothing is no part: a refusal is chosen as such."""
    amount, in_kind = form.amount(application.amount_asked_cents) or 0, _in_kind(application, form.decision.data)
    if form.decision.data == "partially_granted" and not amount and not any(q for q, _provider in in_kind.values()):
        raise Refused(_("Write the amount that is granted."), "amount_cents", rule="no_part")
    return {"amount_cents": amount, "in_kind": in_kind}


def _in_kind(application: FundApplication, decision: str) -> dict[UUID, tuple[Decimal, str]]:
    """What is granted of each thing or time asked. Raises Refused for what is not a quantity."""
    if decision == "refused":
        return {}
    granted = {}
    for ask in application.asks:
        typed = request.form.get(f"quantity-{ask.id}", "")
        try:
            quantity = ask.quantity if decision == "granted" else read_quantity(typed)
        except ValueError as error:
            raise Refused(str(error)) from error
        granted[ask.id] = (quantity, request.form.get(f"provider-{ask.id}", "").strip()[:160])
    return granted

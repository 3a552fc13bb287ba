"""What takes a request from state to state: one route for each transition; deciding and correcting read the quantities."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core.cases.operations import move
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms import steps
from civique.modules.fund.forms.quantity import read_quantity
from civique.modules.fund.models import FundRequest
from civique.modules.fund.views.desk import blueprint, demand_or_404
from civique.modules.fund.views.desk_file import act, file_page, prepared
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import allow
from civique.web.cases import CaseForm, add_case_routes
from tenants.db import db


@blueprint.post("/demandes/<uuid:request_id>/decision")
@allow("fund.decide")
def decide(request_id: UUID) -> Response:
    """Grant in full, in part, refuse or put off."""
    form = prepared(steps.DecisionForm(), demand_or_404(request_id))
    name = "adjourn" if form.decision.data == "adjourned" else "decide"

    def run(demand: FundRequest) -> None:
        facts = {} if name == "adjourn" else _granted(form, demand) | {"act": form.act.data, "act_on": form.act_on.data}
        _move(demand, name, form, **facts)

    return act(request_id, form, run, str(WORKFLOW.by_name[name].done))


@blueprint.post("/demandes/<uuid:request_id>/correction")
@allow("fund.decide")
def correct(request_id: UUID) -> Response:
    """Replace a mistaken decision."""
    form = prepared(steps.CorrectionForm(), demand_or_404(request_id))

    def run(demand: FundRequest) -> None:
        _move(demand, "correct", form, because=form.because.data or "", **_granted(form, demand))

    return act(request_id, form, run, str(WORKFLOW.by_name["correct"].done))


def _move(demand: FundRequest, name: str, form: steps.DecisionForm, **facts: Any) -> None:
    motive = form.motive.data or ""
    move(db.session, WORKFLOW, demand, name, revision=form.revision.data or 0, motive=motive, **facts)


def _granted(form: steps.DecisionForm, demand: FundRequest) -> dict[str, Any]:
    """Cents and things that the form grants. A part of nothing is no part: a refusal is chosen as such."""
    amount, in_kind = form.amount(demand.amount_asked_cents) or 0, _in_kind(demand, form.decision.data)
    if form.decision.data == "partially_granted" and not amount and not any(q for q, _provider in in_kind.values()):
        raise Refused(_("Write the amount that is granted."), "amount_cents", rule="no_part")
    return {"amount_cents": amount, "in_kind": in_kind}


def _in_kind(demand: FundRequest, decision: str) -> dict[UUID, tuple[Decimal, str]]:
    """What is granted of each thing or time asked. Raises Refused for what is not a quantity."""
    if decision == "refused":
        return {}
    granted = {}
    for ask in demand.asks:
        typed = request.form.get(f"quantity-{ask.id}", "")
        try:
            quantity = ask.quantity if decision == "granted" else read_quantity(typed)
        except ValueError as error:
            raise Refused(str(error)) from error
        granted[ask.id] = (quantity, request.form.get(f"provider-{ask.id}", "").strip()[:160])
    return granted


def _file(demand: FundRequest, refused: CaseForm | None) -> Response:
    return file_page(demand.id, refused)


add_case_routes(
    blueprint,
    WORKFLOW,
    demand_or_404,
    _file,
    {
        "ask_missing": steps.MissingForm,
        "declare_inadmissible": steps.RefusalForm,
        "lapse": steps.LapseForm,
        "give_up": steps.GiveUpForm,
        "ask_report_again": steps.AgainForm,
        "settle": steps.SettleForm,
    },
    place="/demandes",
    prepare=prepared,
    by_hand=("decide", "adjourn", "correct"),
)

"""Deciding: grant, in part, refuse, put off; replacing a mistaken decision; what does not take place."""

from decimal import Decimal
from uuid import UUID

from flask import request
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms import steps
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import decisions, reports
from civique.modules.fund.views.desk import blueprint, demand_or_404
from civique.modules.fund.views.desk_file import act, prepared
from civique.web.access import allow
from civique.web.forms import read_quantity
from tenants.db import db


@blueprint.post("/demandes/<uuid:request_id>/decision")
@allow("fund.decide")
def decide(request_id: UUID) -> Response:
    """Grant in full, in part, refuse or put off."""
    form = prepared(steps.DecisionForm(), demand_or_404(request_id))

    def run(demand: FundRequest) -> None:
        motive, revision = form.motive.data or "", form.revision.data or 0
        if form.decision.data == "adjourned":
            decisions.adjourn_request(db.session, demand, motive, revision)
            return
        amount, in_kind = _granted(form, demand)
        decisions.decide_request(
            db.session,
            demand,
            amount,
            motive,
            revision,
            in_kind=in_kind,
            act=form.act.data or "",
            act_on=form.act_on.data,
        )

    said = (
        _("The decision is put off and the holder is told why.")
        if form.decision.data == "adjourned"
        else _("The decision is recorded and sent to the holder.")
    )
    return act(request_id, form, run, said)


@blueprint.post("/demandes/<uuid:request_id>/correction")
@allow("fund.decide")
def correct(request_id: UUID) -> Response:
    """Replace a mistaken decision."""
    form = prepared(steps.CorrectionForm(), demand_or_404(request_id))

    def run(demand: FundRequest) -> None:
        amount, in_kind = _granted(form, demand)
        decisions.correct_decision(
            db.session,
            demand,
            amount,
            form.motive.data or "",
            form.because.data or "",
            form.revision.data or 0,
            in_kind=in_kind,
        )

    return act(request_id, form, run, _("The decision is corrected and the holder is told."))


@blueprint.post("/demandes/<uuid:request_id>/abandon")
@allow("fund.decide")
def give_up(request_id: UUID) -> Response:
    """A helped project does not take place: what was not paid comes back to the envelope."""
    form = steps.GiveUpForm()
    return act(
        request_id,
        form,
        lambda demand: reports.give_up(
            db.session, demand, form.motive.data or "", form.revision.data or 0, form.repay_cents.data or 0
        ),
        _("The file is closed. What was not paid is back in the envelope."),
    )


def _granted(form: steps.DecisionForm, demand: FundRequest) -> tuple[int, dict[UUID, tuple[Decimal, str]]]:
    """Cents and things that the form grants. A part of nothing is no part: a refusal is chosen as such."""
    amount, in_kind = form.amount(demand.amount_asked_cents) or 0, _in_kind(demand, form.decision.data)
    if form.decision.data == "partially_granted" and not amount and not any(q for q, _provider in in_kind.values()):
        raise Refused(_("Write the amount that is granted."), "amount_cents", rule="no_part")
    return amount, in_kind


def _in_kind(demand: FundRequest, decision: str) -> dict[UUID, tuple[Decimal, str]]:
    """What is granted of each thing or time asked. Raises Refusal for what is not a quantity."""
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

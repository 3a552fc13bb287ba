"""What residents see and do: the fund, the projects helped, their own requests."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.answers.operations import answer_for
from civique.core.i18n import gettext as _
from civique.core.organisations.queries import organisations_of
from civique.core.territory.queries import territories
from civique.modules.fund import queries
from civique.modules.fund.forms.public import AskForm, IdeaForm, LineForm
from civique.modules.fund.models import HELPED, Fund, FundRequest
from civique.modules.fund.operations import requests
from civique.modules.fund.operations.course import RuleBroken
from civique.modules.fund.timeline import timeline
from civique.modules.fund.words import sentence, state_labels
from civique.web.access import PUBLIC, SIGNED_IN, allow, me
from civique.web.forms import choices
from civique.web.lists import paginate
from civique.web.pages import go, go_path, notice, page
from tenants.db import db

blueprint = Blueprint("fund", __name__, url_prefix="/fonds")


@blueprint.get("")
@allow(PUBLIC)
def listing() -> Response:
    """What the fund is, where the envelope stands, which projects it helped."""
    fund = queries.current_fund(db.session)
    gauge = queries.gauge(db.session, fund) if fund else None
    return page(
        "fund/listing.html",
        block="rows",
        fund=fund,
        gauge=gauge,
        listing=paginate(queries.helped_projects(), columns=True),
    )


@blueprint.get("/projets/<uuid:request_id>")
@allow(PUBLIC)
def project(request_id: UUID) -> Response:
    """One project helped."""
    demand = db.session.get(FundRequest, request_id)
    if demand is None or demand.state not in HELPED:
        abort(404)
    return page("fund/project.html", demand=demand)


@blueprint.get("/demander")
@allow(SIGNED_IN)
def idea() -> Response:
    """First step: the idea."""
    fund = _open_fund()
    return page("fund/idea.html", form=_idea_form(), fund=fund, own=queries.requests_of(db.session, me()))


@blueprint.post("/demander")
@allow(SIGNED_IN)
def start() -> Response:
    """Keep the idea as a draft and go on to the costs."""
    fund, form = _open_fund(), _idea_form()
    if not form.validate():
        return page("fund/idea.html", status=422, form=form, fund=fund, own=[])
    earlier = form.already()
    if earlier:
        return go_path(earlier)
    try:
        demand = requests.start_request(db.session, fund, me(), **_idea_facts(form))
    except RuleBroken as broken:
        form.fail("", sentence(broken))
        return page("fund/idea.html", status=422, form=form, fund=fund, own=[])
    return go_path(form.leads_to(url_for("fund.budget", request_id=demand.id)))


@blueprint.get("/demandes/<uuid:request_id>/idee")
@allow(SIGNED_IN)
def edit_idea(request_id: UUID) -> Response:
    """Go back to the first step of a draft."""
    demand = _mine(request_id)
    if demand.state != "draft":
        return go("fund.follow", request_id=request_id)
    return page("fund/idea.html", form=_idea_form(demand), fund=demand.fund, demand=demand, own=[])


@blueprint.post("/demandes/<uuid:request_id>/idee")
@allow(SIGNED_IN)
def save_idea(request_id: UUID) -> Response:
    """Save the first step of a draft."""
    demand = _mine(request_id)
    form = _idea_form(demand)
    if not form.validate():
        return page("fund/idea.html", status=422, form=form, fund=demand.fund, demand=demand, own=[])
    try:
        requests.change_request(db.session, demand, **_idea_facts(form))
    except RuleBroken as broken:
        notice(sentence(broken), "stop")
    return go("fund.budget", request_id=request_id)


@blueprint.get("/demandes/<uuid:request_id>/budget")
@allow(SIGNED_IN)
def budget(request_id: UUID) -> Response:
    """Second step: the costs, and how much is asked."""
    demand = _mine(request_id)
    if demand.state != "draft":
        return go("fund.follow", request_id=request_id)
    return _budget_page(demand)


@blueprint.post("/demandes/<uuid:request_id>/couts")
@allow(SIGNED_IN)
def add_line(request_id: UUID) -> Response:
    """Add a cost."""
    demand, form = _mine(request_id), LineForm()
    if not form.validate():
        return _budget_page(demand, line_form=form)
    earlier = form.already()
    if not earlier:
        try:
            requests.add_line(
                db.session, demand, form.label.data or "", form.amount_cents.data or 0, form.kind.data or ""
            )
        except RuleBroken as broken:
            form.fail("kind" if broken.rule == "FON-02" else "", sentence(broken))
            return _budget_page(demand, line_form=form)
    return go_path(form.leads_to(url_for("fund.budget", request_id=request_id)))


@blueprint.post("/demandes/<uuid:request_id>/couts/<uuid:line_id>/retirer")
@allow(SIGNED_IN)
def remove_line(request_id: UUID, line_id: UUID) -> Response:
    """Take a cost out."""
    try:
        requests.remove_line(db.session, _mine(request_id), line_id)
    except RuleBroken as broken:
        notice(sentence(broken), "stop")
    return go("fund.budget", request_id=request_id)


@blueprint.post("/demandes/<uuid:request_id>/budget")
@allow(SIGNED_IN)
def save_amount(request_id: UUID) -> Response:
    """Save the amount asked; then read the whole once more, or leave it as a draft."""
    demand, form = _mine(request_id), AskForm()
    if not form.validate():
        return _budget_page(demand, ask_form=form)
    try:
        requests.change_request(db.session, demand, amount_asked_cents=form.amount_asked_cents.data)
    except RuleBroken as broken:
        notice(sentence(broken), "stop")
        return go("fund.follow", request_id=request_id)
    if request.form.get("later"):
        notice(_("Your draft is kept. You find it in your account and on the fund’s page."))
        return go("fund.listing")
    return go("fund.check", request_id=request_id)


@blueprint.get("/demandes/<uuid:request_id>/verifier")
@allow(SIGNED_IN)
def check(request_id: UUID) -> Response:
    """Third step: read it once more, then send it."""
    demand = _mine(request_id)
    if demand.state != "draft":
        return go("fund.follow", request_id=request_id)
    return page("fund/check.html", demand=demand)


@blueprint.post("/demandes/<uuid:request_id>/envoyer")
@allow(SIGNED_IN)
def submit(request_id: UUID) -> Response:
    """Send it. A second click finds it sent."""
    demand = _mine(request_id)
    try:
        requests.submit_request(db.session, demand)
    except RuleBroken as broken:
        return page("fund/check.html", status=422, demand=demand, refusal=sentence(broken))
    notice(_("Your request is sent. Keep its reference: %(reference)s.", reference=demand.reference))
    return go("fund.follow", request_id=request_id)


@blueprint.get("/demandes/<uuid:request_id>")
@allow(SIGNED_IN)
def follow(request_id: UUID) -> Response:
    """Where is my request?"""
    demand = _mine(request_id)
    if demand.state == "draft":
        return go("fund.budget", request_id=request_id)
    due = answer_for(db.session, demand)
    return page("fund/follow.html", demand=demand, due=due, steps=timeline(demand, due), labels=state_labels())


@blueprint.post("/demandes/<uuid:request_id>/retirer")
@allow(SIGNED_IN)
def withdraw(request_id: UUID) -> Response:
    """Give up."""
    demand = _mine(request_id)
    try:
        if demand.state == "draft":
            requests.delete_draft(db.session, demand)
            notice(_("Your draft is deleted."))
            return go("fund.listing")
        requests.withdraw_request(db.session, demand)
        notice(_("Your request is withdrawn."))
    except RuleBroken as broken:
        notice(sentence(broken), "stop")
    return go("fund.follow", request_id=request_id)


def _mine(request_id: UUID) -> FundRequest:
    """A request that this person may follow; anybody else's does not exist."""
    demand = db.session.get(FundRequest, request_id)
    if demand is None or not queries.may_follow(db.session, demand, me()):
        abort(404)
    return demand


def _open_fund() -> Fund:
    fund = queries.current_fund(db.session)
    if fund is None:
        abort(404)
    return fund


def _idea_form(demand: FundRequest | None = None) -> IdeaForm:
    form = IdeaForm(obj=demand)
    listed = territories(db.session, "delegated")
    if listed:
        form.territory_id.choices = choices([(t.id, t.name) for t in listed], empty=_("The whole commune"))
    else:
        del form.territory_id
    own = organisations_of(db.session, me())
    if own:
        form.organisation_id.choices = choices(
            [(o.id, o.name) for o in own], empty=_("In my own name, with neighbours")
        )
    else:
        del form.organisation_id
    return form


def _idea_facts(form: IdeaForm) -> dict[str, object]:
    facts = {name: value or None for name, value in form.data.items() if name != "once"}
    return {name: UUID(str(value)) if name.endswith("_id") and value else value for name, value in facts.items()}


def _budget_page(demand: FundRequest, line_form: LineForm | None = None, ask_form: AskForm | None = None) -> Response:
    refused = line_form is not None or ask_form is not None
    if ask_form is None:
        ask_form = AskForm(formdata=None)
        ask_form.amount_asked_cents.data = demand.amount_asked_cents or None
    return page(
        "fund/budget.html", block="costs", status=422 if refused else 200, demand=demand,
        line_form=line_form or LineForm(formdata=None), ask_form=ask_form,
    )  # fmt: skip

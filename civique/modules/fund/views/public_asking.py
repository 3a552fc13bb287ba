"""Asking in three steps: the idea, what is needed, what is brought; then read once more and send."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.core.organisations.queries import organisations_of
from civique.modules.fund import queries
from civique.modules.fund.forms.public import (
    AmountForm,
    CharterForm,
    GiftForm,
    HelpForm,
    IdeaForm,
    LineForm,
    MoneyForm,
    ThingForm,
    TimeForm,
)
from civique.modules.fund.forms.voices import ShowForm
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import requests, voices
from civique.modules.fund.operations.course import RuleBroken
from civique.modules.fund.queries.voices import voices_on
from civique.modules.fund.views.public_blueprint import CHANGEABLE, blueprint, mine, shown_fund
from civique.modules.fund.words import sentence
from civique.web.access import SIGNED_IN, allow, me
from civique.web.forms import BaseForm, OnceForm, choices
from civique.web.pages import go, go_path, notice, page, partial
from civique.web.villages import offer_villages
from tenants.db import db

BLAMED = {"FON-02": "kind", "dates": "starts_on", "dates_backwards": "ends_on", "more_than_cost": "amount_asked_cents"}
"""Rule → field beside which its sentence is said."""


def refuse(form: BaseForm, broken: RuleBroken) -> None:
    """Say a broken rule beside its field, or for the whole form."""
    field = BLAMED.get(broken.rule, "")
    form.fail(field if field in form else "", sentence(broken))


# First step ----------------------------------------------------------------------------------------------------------


@blueprint.get("/demander")
@allow(SIGNED_IN)
def idea() -> Response:
    """First step: the idea."""
    own = queries.requests_of(db.session, me())
    return page("fund/idea.html", form=_idea_form(), fund=shown_fund(), own=own)


@blueprint.post("/demander")
@allow(SIGNED_IN)
def start() -> Response:
    """Keep the idea as a draft and go on to what is needed."""
    fund, form = shown_fund(), _idea_form()
    if form.validate():
        earlier = form.already()
        if earlier:
            return go_path(earlier)
        try:
            demand = requests.start_request(db.session, fund, me(), **_idea_facts(form))
            return go_path(form.leads_to(url_for("fund.budget", request_id=demand.id)))
        except RuleBroken as broken:
            refuse(form, broken)
    return page("fund/idea.html", status=422, form=form, fund=fund, own=[])


@blueprint.get("/demandes/<uuid:request_id>/idee")
@allow(SIGNED_IN)
def edit_idea(request_id: UUID) -> Response:
    """Go back to the first step."""
    demand = mine(request_id)
    if demand.state not in CHANGEABLE:
        return go("fund.follow", request_id=request_id)
    return page("fund/idea.html", form=_idea_form(demand), fund=demand.fund, demand=demand, own=[])


@blueprint.post("/demandes/<uuid:request_id>/idee")
@allow(SIGNED_IN)
def save_idea(request_id: UUID) -> Response:
    """Save the first step."""
    demand = mine(request_id)
    form = _idea_form(demand)
    if not form.validate():
        return page("fund/idea.html", status=422, form=form, fund=demand.fund, demand=demand, own=[])
    if _moved(form, demand):
        return page("fund/idea.html", status=422, form=form, fund=demand.fund, demand=demand, own=[], stale=True)
    try:
        requests.change_request(db.session, demand, **_idea_facts(form))
    except RuleBroken as broken:
        refuse(form, broken)
        return page("fund/idea.html", status=422, form=form, fund=demand.fund, demand=demand, own=[])
    return go("fund.budget", request_id=request_id)


def _idea_form(demand: FundRequest | None = None) -> IdeaForm:
    form = IdeaForm(obj=demand)
    offer_villages(form)
    own = organisations_of(db.session, me())
    if own:
        form.organisation_id.choices = choices(
            [(o.id, o.name) for o in own], empty=_("In my own name, with neighbours")
        )
    else:
        del form.organisation_id
    return form


def _idea_facts(form: IdeaForm) -> dict[str, Any]:
    facts = {name: value for name, value in form.data.items() if name not in {"once", "revision"}}
    return {
        name: (UUID(str(value)) if value else None) if name.endswith("_id") else value or ("" if name == "place" else None)
        for name, value in facts.items()
    }  # fmt: skip


def _moved(form: Any, demand: FundRequest) -> bool:
    """Whether the request changed since this form was opened; the form then carries today's number."""
    read = form.revision.data
    form.revision.data = demand.revision
    return read is not None and read != demand.revision


# Second step ---------------------------------------------------------------------------------------------------------


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
        "hx-get": url_for("fund.budget", request_id=demand.id), "hx-trigger": "input delay:400ms",
        "hx-target": "#rest", "hx-include": "this",
    }  # fmt: skip
    forms: dict[str, OnceForm] = {
        "line": LineForm(formdata=None), "thing": ThingForm(formdata=None, prefix="thing-"),
        "help": HelpForm(formdata=None, prefix="help-"), **refused,
    }  # fmt: skip
    similar = queries.similar_requests(db.session, demand)
    return page(
        "fund/budget.html", block="costs", status=status, demand=demand, forms=forms, amount_form=amount_form,
        similar=similar, asked=demand.amount_asked_cents or None, fresh=partial() and status == 200,
    )  # fmt: skip


def _add(request_id: UUID, name: str, form: OnceForm, add: Callable[[FundRequest], object]) -> Response:
    """Add something to the second step once, or show what is wrong with it."""
    demand = mine(request_id)
    if not form.validate():
        return _needs_page(demand, **{name: form})
    if not form.already():
        try:
            add(demand)
        except RuleBroken as broken:
            refuse(form, broken)
            return _needs_page(demand, **{name: form})
        form.leads_to(url_for("fund.budget", request_id=request_id))
    return _needs_page(demand) if partial() else go("fund.budget", request_id=request_id)


@blueprint.post("/demandes/<uuid:request_id>/couts")
@allow(SIGNED_IN)
def add_line(request_id: UUID) -> Response:
    """Add a cost."""
    form = LineForm()
    return _add(request_id, "line", form, lambda demand: requests.add_line(
        db.session, demand, form.label.data or "", form.amount_cents.data or 0, form.kind.data or ""
    ))  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/choses")
@allow(SIGNED_IN)
def add_thing(request_id: UUID) -> Response:
    """Ask for things."""
    form = ThingForm(prefix="thing-")
    return _add(request_id, "thing", form, lambda demand: requests.add_ask(
        db.session, demand, "material", form.description.data or "", form.quantity.data or Decimal(0), form.unit.data or ""
    ))  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/aide")
@allow(SIGNED_IN)
def add_help(request_id: UUID) -> Response:
    """Ask for somebody's time."""
    form = HelpForm(prefix="help-")
    return _add(request_id, "help", form, lambda demand: requests.add_ask(
        db.session, demand, "human", form.description.data or "", form.quantity.data or Decimal(0), _("hours")
    ))  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/couts/<uuid:line_id>/retirer")
@allow(SIGNED_IN)
def remove_line(request_id: UUID, line_id: UUID) -> Response:
    """Take a cost out."""
    return _remove(request_id, "fund.budget", lambda demand: requests.remove_line(db.session, demand, line_id))


@blueprint.post("/demandes/<uuid:request_id>/besoins/<uuid:ask_id>/retirer")
@allow(SIGNED_IN)
def remove_ask(request_id: UUID, ask_id: UUID) -> Response:
    """Take something asked out."""
    return _remove(request_id, "fund.budget", lambda demand: requests.remove_ask(db.session, demand, ask_id))


def _remove(request_id: UUID, endpoint: str, remove: Callable[[FundRequest], None]) -> Response:
    demand = mine(request_id)
    try:
        remove(demand)
    except RuleBroken as broken:
        notice(sentence(broken), "stop")
        return go("fund.follow", request_id=request_id)
    if partial():
        return _needs_page(demand) if endpoint == "fund.budget" else _gifts_page(demand)
    return go(endpoint, request_id=request_id)


@blueprint.post("/demandes/<uuid:request_id>/budget")
@allow(SIGNED_IN)
def save_amount(request_id: UUID) -> Response:
    """Save the amount asked; then go on, or leave it as a draft."""
    demand, form = mine(request_id), AmountForm()
    if not form.validate():
        form.revision.data = demand.revision
        return _needs_page(demand, form)
    if _moved(form, demand):
        form.fail("", _("The request was changed in another window. Read the amounts again, then continue."))
        return _needs_page(demand, form)
    try:
        requests.change_request(db.session, demand, amount_asked_cents=form.amount_asked_cents.data)
    except RuleBroken as broken:
        notice(sentence(broken), "stop")
        return go("fund.follow", request_id=request_id)
    return _later() if request.form.get("later") else go("fund.gifts", request_id=request_id)


def _later() -> Response:
    notice(_("Your draft is kept. You find it in your account and on the fund’s page."))
    return go("fund.listing")


# Third step ----------------------------------------------------------------------------------------------------------


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
        "time": TimeForm(formdata=None, prefix="time-"), "gift": GiftForm(formdata=None, prefix="gift-"),
        "money": MoneyForm(formdata=None, prefix="money-"), **refused,
    }  # fmt: skip
    status = 422 if refused or charter_form else 200
    charter_form = charter_form or CharterForm(formdata=None, data={"charter": bool(demand.charter_accepted_at)})
    return page(
        "fund/gifts.html", block="gifts", status=status, demand=demand, forms=forms, charter_form=charter_form,
        supports=contributions_to(db.session, demand), association=is_association(demand),
        fresh=partial() and status == 200,
    )  # fmt: skip


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
        except RuleBroken as broken:
            refuse(form, broken)
            return _gifts_page(demand, **{name: form})
        form.leads_to(url_for("fund.gifts", request_id=request_id))
    return _gifts_page(demand) if partial() else go("fund.gifts", request_id=request_id)


@blueprint.post("/demandes/<uuid:request_id>/apports/temps")
@allow(SIGNED_IN)
def add_time(request_id: UUID) -> Response:
    """« 6 personnes × 2 heures »."""
    form = TimeForm(prefix="time-")
    return _bring(request_id, "time", form, "human", lambda: {
        "description": _("%(who)s: %(people)s × %(hours)s h", who=form.description.data, people=form.people.data, hours=f"{form.hours.data:f}"),
        "quantity": (form.people.data or 0) * (form.hours.data or Decimal(0)), "unit": _("hours"),
    })  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/apports/choses")
@allow(SIGNED_IN)
def add_gift(request_id: UUID) -> Response:
    """Things lent or given."""
    form = GiftForm(prefix="gift-")
    return _bring(request_id, "gift", form, "material", lambda: {
        "description": form.description.data, "quantity": form.quantity.data, "unit": form.unit.data or "",
    })  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/apports/argent")
@allow(SIGNED_IN)
def add_money(request_id: UUID) -> Response:
    """Money from elsewhere."""
    form = MoneyForm(prefix="money-")
    return _bring(request_id, "money", form, "financial", lambda: {
        "description": form.description.data, "value_cents": form.value_cents.data,
    })  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/apports/<uuid:support_id>/retirer")
@allow(SIGNED_IN)
def remove_support(request_id: UUID, support_id: UUID) -> Response:
    """Take something brought out."""
    return _remove(request_id, "fund.gifts", lambda demand: requests.remove_support(db.session, demand, support_id))


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
        return _later()
    if is_association(demand) and not form.charter.data:
        form.fail("charter", sentence(RuleBroken("charter")))
        return _gifts_page(demand, form)
    return go("fund.check", request_id=request_id)


# Sending -------------------------------------------------------------------------------------------------------------


@blueprint.get("/demandes/<uuid:request_id>/verifier")
@allow(SIGNED_IN)
def check(request_id: UUID) -> Response:
    """Read it once more, then send it."""
    demand = mine(request_id)
    if demand.state not in CHANGEABLE:
        return go("fund.follow", request_id=request_id)
    return _check_page(demand)


def _check_page(demand: FundRequest, refusal: str = "", show_form: ShowForm | None = None) -> Response:
    supports = contributions_to(db.session, demand)
    status = 422 if refusal else 200
    if show_form is None and voices_on(db.session):
        show_form = ShowForm(formdata=None)
    return page(
        "fund/check.html", status=status, demand=demand, supports=supports, refusal=refusal, show_form=show_form
    )


@blueprint.post("/demandes/<uuid:request_id>/envoyer")
@allow(SIGNED_IN)
def submit(request_id: UUID) -> Response:
    """Send it. A second click finds it sent."""
    demand = mine(request_id)
    show_form = ShowForm() if voices_on(db.session) else None
    try:
        if show_form is not None and demand.state == "draft":
            voices.let_be_read(db.session, demand, bool(show_form.shown_while_examined.data))
        requests.submit_request(db.session, demand)
    except RuleBroken as broken:
        return _check_page(demand, sentence(broken), show_form)
    notice(_("Your request is sent. Keep its reference: %(reference)s.", reference=demand.reference))
    return go("fund.follow", request_id=request_id)

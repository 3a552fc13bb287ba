"""What the mairie sees and does: the queue, a file, the fund of each year."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.answers.operations import answer_for
from civique.core.i18n import gettext as _
from civique.core.messages.queries import about
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.core.territory.queries import territories
from civique.modules.fund import queries
from civique.modules.fund.documents.tables import COLUMNS
from civique.modules.fund.forms.desk import CorrectionForm, CounterForm, DecisionForm, FundForm, MotiveForm
from civique.modules.fund.models import Fund, FundRequest
from civique.modules.fund.operations import decisions, examination, funds, requests
from civique.modules.fund.operations.course import RuleBroken
from civique.modules.fund.timeline import timeline
from civique.modules.fund.words import decision_choices, field_labels, sentence, state_labels
from civique.web.access import allow
from civique.web.forms import choices
from civique.web.lists import paginate
from civique.web.pages import go, go_path, notice, page
from civique.web.tables import list_file
from tenants.db import db

PERSON_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
F = TypeVar("F", bound=DecisionForm)
blueprint = Blueprint("fund_desk", __name__, url_prefix="/mairie/fonds")


@blueprint.get("")
@allow("fund.read")
def queue() -> Response:
    """Every request, those that wait first."""
    text, state = request.args.get("q", "")[:100], request.args.get("etat", "")
    year = request.args.get("annee", "")
    chosen = next((f for f in queries.funds(db.session) if str(f.year) == year), None)
    query = queries.find_requests(text, state, chosen.id if chosen else None)
    words = _("Waiting for us") if state == "waiting" else state_labels()[state][0] if state in state_labels() else ""
    filters = ((_("State"), words), (_("Year"), chosen.year if chosen else ""), (_("Search"), text))
    asked = list_file("fonds-demandes", _("Requests to the fund"), COLUMNS, query, filters=filters)
    if asked:
        return asked
    fund = chosen or queries.current_fund(db.session)
    return page(
        "fund/queue.html", block="rows", listing=paginate(query), labels=state_labels(), funds=queries.funds(db.session),
        fund=fund, gauge=queries.gauge(db.session, fund) if fund else None, text=text, state=state, year=year,
        today=clock.today(),
    )  # fmt: skip


@blueprint.get("/demandes/<uuid:request_id>")
@allow("fund.read")
def file(request_id: UUID) -> Response:
    """One request: everything that helps to decide, and what can be done now."""
    return _file_page(_demand(request_id))


@blueprint.post("/demandes/<uuid:request_id>/recevable")
@allow("fund.examine")
def admissible(request_id: UUID) -> Response:
    """Declare a request admissible."""
    form = MotiveForm()
    return _act(
        request_id, form, "motive",
        lambda demand: examination.declare_admissible(db.session, demand, form.revision.data or 0),
        _("The request is admissible. It can now be decided."),
    )  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/irrecevable")
@allow("fund.examine")
def inadmissible(request_id: UUID) -> Response:
    """Declare a request not admissible, with the reason."""
    form = MotiveForm()
    return _act(
        request_id, form, "motive",
        lambda demand: examination.declare_inadmissible(
            db.session, demand, form.motive.data or "", form.revision.data or 0
        ),
        _("The holder is told why the request is not admissible."),
    )  # fmt: skip


@blueprint.post("/demandes/<uuid:request_id>/decision")
@allow("fund.decide")
def decide(request_id: UUID) -> Response:
    """Grant in full, in part, or refuse."""
    form = _decision_form(DecisionForm)

    def run(demand: FundRequest) -> None:
        decisions.decide_request(
            db.session, demand, _amount(form, demand), form.motive.data or "", form.revision.data or 0
        )

    return _act(request_id, form, "amount_cents", run, _("The decision is recorded and sent to the holder."))


@blueprint.post("/demandes/<uuid:request_id>/correction")
@allow("fund.decide")
def correct(request_id: UUID) -> Response:
    """Replace a mistaken decision."""
    form = _decision_form(CorrectionForm)

    def run(demand: FundRequest) -> None:
        decisions.correct_decision(
            db.session, demand, _amount(form, demand), form.motive.data or "", form.because.data or "",
            form.revision.data or 0,
        )  # fmt: skip

    return _act(request_id, form, "amount_cents", run, _("The decision is corrected and the holder is told."))


@blueprint.get("/saisir")
@allow("fund.counter")
def counter() -> Response:
    """Enter a request for a resident."""
    person, fund = _resident(), _open_fund()
    if person is None or fund is None:
        return _back_to_counter(fund)
    return page("fund/counter.html", form=_counter_form(), person=person, fund=fund)


@blueprint.post("/saisir")
@allow("fund.counter")
def take() -> Response:
    """Take the request; the receipt leaves by e-mail or as a letter."""
    person, fund, form = _resident(), _open_fund(), _counter_form()
    if person is None or fund is None:
        return _back_to_counter(fund)
    if form.validate():
        earlier = form.already()
        if earlier:
            return go_path(earlier)
        try:
            demand = requests.take_request(db.session, fund, person, **_counter_facts(form))
            notice(_("The request is recorded. Its reference: %(reference)s.", reference=demand.reference))
            return go_path(form.leads_to(url_for("fund_desk.file", request_id=demand.id)))
        except RuleBroken as broken:
            db.session.rollback()
            form.fail("amount_asked_cents", sentence(broken))
            return page("fund/counter.html", status=422, form=form, person=_resident(), fund=_open_fund())
    return page("fund/counter.html", status=422, form=form, person=person, fund=fund)


@blueprint.get("/annees")
@allow("fund.read")
def years() -> Response:
    """The fund of each year."""
    funds = queries.funds(db.session)
    return page("fund/years.html", funds=[(fund, queries.gauge(db.session, fund)) for fund in funds])


@blueprint.get("/annees/nouvelle")
@allow("fund.manage")
def new_year() -> Response:
    """Form of a new fund, with last year's rules to start from."""
    last = next(iter(queries.funds(db.session)), None)
    form = FundForm(obj=last)
    form.year.data = max(clock.today().year, last.year + 1 if last else 0)
    form.opens_on.data = form.closes_on.data = None
    return page("fund/year.html", form=form, fund=None)


@blueprint.post("/annees/nouvelle")
@allow("fund.manage")
def prepare() -> Response:
    """Prepare a fund; nobody sees it before it opens."""
    form = FundForm()
    if form.validate():
        try:
            fund = funds.prepare_fund(db.session, form.year.data or 0, **form.facts())
            notice(_("The fund is prepared. Read it once more, then open it."))
            return go("fund_desk.year", fund_id=fund.id)
        except RuleBroken as broken:
            form.fail("year", sentence(broken))
    return page("fund/year.html", status=422, form=form, fund=None)


@blueprint.get("/annees/<uuid:fund_id>")
@allow("fund.manage")
def year(fund_id: UUID) -> Response:
    """The rules of a year."""
    fund = _fund(fund_id)
    return page("fund/year.html", form=FundForm(obj=fund), fund=fund, missing=_missing(fund))


@blueprint.post("/annees/<uuid:fund_id>")
@allow("fund.manage")
def change(fund_id: UUID) -> Response:
    """Save the rules of a year."""
    fund, form = _fund(fund_id), FundForm()
    if form.validate():
        try:
            funds.change_fund(db.session, fund, form.revision.data or 0, **form.facts())
            notice(_("The rules are saved."))
            return go("fund_desk.year", fund_id=fund_id)
        except RuleBroken as broken:
            form.fail("envelope_cents" if broken.rule == "FON-05" else "", sentence(broken))
        except StaleDataError:
            form.fail("", _("A colleague changed these rules while you were writing. Nothing was overwritten: open the page again to see them."))  # fmt: skip
    return page("fund/year.html", status=422, form=form, fund=fund, missing=[])


@blueprint.post("/annees/<uuid:fund_id>/ouvrir")
@allow("fund.manage")
def open_(fund_id: UUID) -> Response:
    """Open the fund to requests."""
    fund = _fund(fund_id)
    try:
        funds.open_fund(db.session, fund)
    except RuleBroken as broken:
        form = FundForm(formdata=None, obj=fund)
        form.fail("", sentence(broken))
        return page("fund/year.html", status=422, form=form, fund=fund, missing=_missing(fund))
    notice(_("The fund is open. Residents see it on the site."))
    return go("fund_desk.year", fund_id=fund_id)


@blueprint.post("/annees/<uuid:fund_id>/fermer")
@allow("fund.manage")
def close(fund_id: UUID) -> Response:
    """Take no more requests."""
    funds.close_fund(db.session, _fund(fund_id))
    notice(_("The fund takes no more requests. It can be opened again."))
    return go("fund_desk.year", fund_id=fund_id)


def _resident() -> Person | None:
    """The resident for whom something is entered: ``?personne=``, chosen at the counter."""
    text = request.args.get("personne", "")
    return get_person(db.session, UUID(text)) if PERSON_ID.fullmatch(text) else None


def _open_fund() -> Fund | None:
    fund = queries.current_fund(db.session)
    return fund if fund is not None and fund.state == "open" else None


def _back_to_counter(fund: Fund | None) -> Response:
    """Nobody was chosen, or there is no fund to ask: the counter says so."""
    if fund is None:
        notice(_("No fund is open at the moment. Open one first, under « Years and rules »."), "wait")
    return go("desk_counter.choose")


def _counter_form() -> CounterForm:
    form = CounterForm()
    form.channel.choices = choices(
        [("counter", _("At the town hall")), ("paper", _("On paper")), ("phone", _("By telephone")), ("letter", _("By letter")), ("market", _("At the market")), ("meeting", _("At a meeting"))]
    )  # fmt: skip
    listed = territories(db.session, "delegated")
    if listed:
        form.territory_id.choices = choices([(t.id, t.name) for t in listed], empty=_("The whole commune"))
    else:
        del form.territory_id
    return form


def _counter_facts(form: CounterForm) -> dict[str, Any]:
    """What the operation takes, from a form where a paper is typed in one go."""
    alone = ("once", "label", "total_cents", "brings", "hours", "amount_asked_cents")
    facts: dict[str, Any] = {name: value or None for name, value in form.data.items() if name not in alone}
    support = {"description": form.brings.data or "", "quantity": Decimal(form.hours.data or 1), "unit": _("hours")}
    return facts | {
        "lines": [(form.label.data or "", form.total_cents.data or 0)], "supports": [("human", support)],
        "amount_asked_cents": form.amount_asked_cents.data or 0,
    }  # fmt: skip


def _demand(request_id: UUID) -> FundRequest:
    demand = db.session.get(FundRequest, request_id)
    if demand is None or demand.state == "draft":
        abort(404)
    return demand


def _fund(fund_id: UUID) -> Fund:
    fund = db.session.get(Fund, fund_id)
    if fund is None:
        abort(404)
    return fund


def _missing(fund: Fund) -> list[str]:
    return [label for name, label in field_labels().items() if not getattr(fund, name)]


def _decision_form(kind: type[F]) -> F:
    form = kind()
    form.decision.choices = decision_choices()
    return form


def _amount(form: DecisionForm, demand: FundRequest) -> int:
    amount = form.amount(demand.amount_asked_cents)
    if amount is None:
        raise RuleBroken("no_part")
    return amount


def _act(request_id: UUID, form: MotiveForm, field: str, run: Callable[[FundRequest], object], said: str) -> Response:
    """Do one thing to a file; what a rule or a colleague forbids is shown on the file, with what was typed."""
    demand = _demand(request_id)
    if form.validate():
        try:
            run(demand)
            notice(said)
            return go("fund_desk.file", request_id=request_id)
        except RuleBroken as broken:
            form.fail("motive" if broken.rule == "FON-08" else field, sentence(broken))
        except StaleDataError:
            form.fail("", _("A colleague changed this file while you were reading it. Nothing was overwritten: here is the file as it is now."))  # fmt: skip
        db.session.rollback()
        demand = _demand(request_id)
    return _file_page(demand, form, status=422)


def _file_page(demand: FundRequest, form: MotiveForm | None = None, status: int = 200) -> Response:
    due = answer_for(db.session, demand)
    fund_gauge = queries.gauge(db.session, demand.fund)
    blank = _blank_forms(demand)
    if form is not None:
        form.revision.data = demand.revision
        blank["correction" if isinstance(form, CorrectionForm) else "decision" if isinstance(form, DecisionForm) else "motive"] = form  # fmt: skip
    return page(
        "fund/file.html", status=status, demand=demand, due=due, steps=timeline(demand, due), labels=state_labels(),
        gauge=fund_gauge, others=queries.project_granted_cents(db.session, demand), whom=queries.whom(demand),
        similar=queries.similar_requests(db.session, demand), messages=about(db.session, demand), forms=blank,
        refused=form, today=clock.today(),
    )  # fmt: skip


def _blank_forms(demand: FundRequest) -> dict[str, MotiveForm]:
    forms: dict[str, MotiveForm] = {
        "motive": MotiveForm(formdata=None), "decision": DecisionForm(formdata=None),
        "correction": CorrectionForm(formdata=None, prefix=""),
    }  # fmt: skip
    for form in forms.values():
        form.revision.data = demand.revision
        if isinstance(form, DecisionForm):
            form.decision.choices = decision_choices()
    return forms

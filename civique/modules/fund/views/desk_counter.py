"""A paper form, or what somebody tells, typed in one go; the receipt to hand over, to print or to read out."""

from typing import Any

from flask import request, session, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import gettext as _
from civique.core.organisations.queries import organisations_of
from civique.core.people.models import Person
from civique.modules.fund import queries
from civique.modules.fund.forms.desk import CounterForm
from civique.modules.fund.models import Fund, FundApplication
from civique.modules.fund.operations import applications
from civique.modules.fund.queries.endorsements import endorsements_on
from civique.modules.fund.views.desk import blueprint
from civique.modules.fund.workflow import WORKFLOW
from civique.web.access import allow
from civique.web.desk.cases import add_receipt_routes
from civique.web.desk.counter import resident
from civique.web.desk.counter_forms import COUNTER_CHANNELS
from civique.web.forms import choices
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from tenants.db import db


@blueprint.route("/saisir", methods=["GET", "POST"])
@allow("fund.counter")
def counter() -> Response:
    """Enter an application for a resident; the receipt leaves by e-mail or as a letter."""
    person, fund = resident(), _open_fund()
    if person is None or fund is None:
        return _back_to_counter(fund)
    form = _form(person, fund)
    if request.method == "GET":
        form.received_on.data = clock.today()
        form.channel.data = session.get("counter_channel", "paper")
        form.title.render_kw = {"autofocus": True}

    def enter() -> FundApplication:
        application = applications.take_application(db.session, fund, person, **_facts(form))
        session["counter_channel"] = form.channel.data
        return application

    return submit(
        form,
        enter,
        again=lambda: page("fund/counter.html", form=form, person=resident(), fund=_open_fund()),
        to=lambda application: url_for("fund_desk.receipt", application_id=application.id),
    )


add_receipt_routes(
    blueprint,
    WORKFLOW,
    "fund.counter",
    template="fund/desk/receipt.html",
    whom=queries.whom,
    at=lambda application: application.submitted_at,
    kind="fund.application_received",
)


def _open_fund() -> Fund | None:
    fund = queries.current_fund(db.session)
    return fund if fund is not None and fund.state == "open" else None


def _back_to_counter(fund: Fund | None) -> Response:
    """Nobody was chosen, or there is no fund to ask: the counter says so."""
    if fund is None:
        notice(_("No fund is open at the moment. Open one first, under « Years and rules »."), "wait")
        return go("desk_counter.choose")
    if not request.args.get("personne"):
        return go("desk_counter.person", pour="fund_desk.counter")
    return go("desk_counter.choose")


def _form(person: Person, fund: Fund) -> CounterForm:
    form = CounterForm()
    form.fund = fund
    form.channel.choices = choices(COUNTER_CHANNELS.items())
    own = organisations_of(db.session, person)
    if own:
        form.organisation_id.choices = choices([(o.id, o.name) for o in own], empty=_("Their own name"))
    else:
        del form.organisation_id
        del form.charter
    if not endorsements_on(db.session):
        del form.shown_while_examined
    return form


def _facts(form: CounterForm) -> dict[str, Any]:
    """What the operation takes."""
    names = ("channel", "title", "purpose", "territory_id", "organisation_id", "starts_on", "ends_on", "received_on")
    facts: dict[str, Any] = {name: form[name].data or None for name in names if name in form}
    facts["place"] = form.place.data or ""
    if "charter" in form and form.charter.data:
        facts["charter_accepted_at"] = clock.now()
    if "shown_while_examined" in form:
        facts["shown_while_examined"] = form.shown_while_examined.data
    return facts | {
        "lines": form.costs.lines,
        "amount_asked_cents": form.amount_asked_cents.data or 0,
        "asks": [(t.nature, t.description, t.quantity, t.unit) for t in form.asks.lines],
        "supports": [(t.nature, _brought(t)) for t in form.supports.lines],
    }


def _brought(thing: Any) -> dict[str, Any]:
    if thing.nature == "financial":
        return {"description": thing.description, "value_cents": thing.cents}
    return {"description": thing.description, "quantity": thing.quantity, "unit": thing.unit}

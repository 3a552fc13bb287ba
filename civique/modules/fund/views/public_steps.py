"""An application step by step: what is needed, in money, things and time; what is brought; read once more, and sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core import clock, settings
from civique.core.contributions.queries import contributions_to
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.forms.public import (
    AmountForm,
    CharterForm,
    GiftForm,
    HelpForm,
    LineForm,
    MoneyForm,
    ShowForm,
    ThingForm,
    TimeForm,
)
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import applications, endorsements, whole
from civique.modules.fund.queries.endorsements import endorsements_on
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.public import CHANGEABLE, blueprint, later, mine, moved
from civique.web.access import SIGNED_IN, allow
from civique.web.forms import OnceForm
from civique.web.pages import go, keep_anyway, notice, page, partial
from civique.web.submit import submit
from tenants.db import db


@dataclass(frozen=True)
class Part:
    """Something that a step adds: its form, what it writes, the step."""

    form: type[OnceForm]
    add: Callable[[FundApplication, Any], object]
    step: str
    prefix: str = ""


def _ask(nature: str, unit: Callable[[Any], str]) -> Callable[[FundApplication, Any], object]:
    """Things or time asked."""
    return lambda application, form: applications.add_ask(
        db.session, application, nature, form.description.data or "", form.quantity.data or Decimal(0), unit(form)
    )


def _bring(nature: str, facts: Callable[[Any], dict[str, Any]]) -> Callable[[FundApplication, Any], object]:
    """Something that is brought."""
    return lambda application, form: applications.add_support(db.session, application, nature, **facts(form))


def _time(form: TimeForm) -> dict[str, Any]:
    """« 6 personnes × 2 heures »."""
    who, people, hours = form.description.data, form.people.data, f"{form.hours.data:f}"
    return {
        "description": _("%(who)s: %(people)s × %(hours)s h", who=who, people=people, hours=hours),
        "quantity": (form.people.data or 0) * (form.hours.data or Decimal(0)),
        "unit": _("hours"),
    }


PARTS = {
    "line": Part(
        LineForm,
        lambda application, form: applications.add_line(
            db.session, application, form.label.data or "", form.amount_cents.data or 0, form.kind.data or ""
        ),
        "budget",
    ),
    "thing": Part(ThingForm, _ask("material", lambda form: form.unit.data or ""), "budget", "thing-"),
    "help": Part(HelpForm, _ask("human", lambda form: _("hours")), "budget", "help-"),
    "time": Part(TimeForm, _bring("human", _time), "gifts", "time-"),
    "gift": Part(
        GiftForm,
        _bring(
            "material",
            lambda form: {
                "description": form.description.data,
                "quantity": form.quantity.data,
                "unit": form.unit.data or "",
            },
        ),
        "gifts",
        "gift-",
    ),
    "money": Part(
        MoneyForm,
        _bring(
            "financial",
            lambda form: {"description": form.description.data, "value_cents": form.value_cents.data},
        ),
        "gifts",
        "money-",
    ),
}
ADDED = {
    "line": "couts",
    "thing": "choses",
    "help": "aide",
    "time": "apports/temps",
    "gift": "apports/choses",
    "money": "apports/argent",
}
"""Last part of the address where each is added."""
TAKEN_OUT: dict[str, tuple[str, str, Callable[..., object]]] = {
    "line": ("couts", "budget", applications.remove_line),
    "ask": ("besoins", "budget", applications.remove_ask),
    "support": ("apports", "gifts", applications.remove_support),
}
"""What is taken out: part of its address, its step, the operation."""


@blueprint.get("/demandes/<uuid:application_id>/budget")
@allow(SIGNED_IN)
def budget(application_id: UUID) -> Response:
    """Second step: costs, things and time asked, the amount. With ``amount_asked_cents``, only what it leaves to find."""
    application = mine(application_id)
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    if partial() and "amount_asked_cents" in request.args:
        form = AmountForm(formdata=request.args)
        asked, others = form.amount_asked_cents.data, whole.others_cents(db.session, application)
        return page("fund/budget.html", block="rest", application=application, asked=asked, others=others)
    return _needs_page(application)


@blueprint.get("/demandes/<uuid:application_id>/apports")
@allow(SIGNED_IN)
def gifts(application_id: UUID) -> Response:
    """Third step: what you and others bring."""
    application = mine(application_id)
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    return _gifts_page(application)


def _forms(step: str, refused: dict[str, OnceForm]) -> dict[str, OnceForm]:
    blank = {
        name: part.form(formdata=None, prefix=part.prefix)
        for name, part in PARTS.items()
        if part.step == step and name not in refused
    }
    return blank | refused


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
    return page(
        "fund/budget.html",
        block="costs",
        status=status,
        application=application,
        forms=_forms("budget", refused),
        amount_form=amount_form,
        similar=queries.similar_applications(db.session, application),
        asked=application.amount_asked_cents or None,
        others=whole.others_cents(db.session, application),
        fresh=partial() and status == 200,
    )


def _gifts_page(application: FundApplication, charter_form: CharterForm | None = None, **refused: OnceForm) -> Response:
    status = 422 if refused or charter_form else 200
    return page(
        "fund/gifts.html",
        block="gifts",
        status=status,
        application=application,
        forms=_forms("gifts", refused),
        charter_form=charter_form
        or CharterForm(formdata=None, data={"charter": bool(application.charter_accepted_at)}),
        supports=contributions_to(db.session, application),
        association=is_association(application),
        left=whole.left_to_find(db.session, application),
        fresh=partial() and status == 200,
    )


SHOWN: dict[str, Callable[..., Response]] = {"budget": _needs_page, "gifts": _gifts_page}


def is_association(application: FundApplication) -> bool:
    """Whether the contrat d'engagement républicain concerns the applicant."""
    return application.organisation is not None and application.organisation.kind == "association"


def _add_route(name: str, part: Part) -> None:
    """The route that adds something once, or shows what is wrong with it."""

    @blueprint.post(f"/demandes/<uuid:application_id>/{ADDED[name]}", endpoint=f"add_{name}")
    @allow(SIGNED_IN)
    def add(application_id: UUID) -> Response:
        application, form = mine(application_id), part.form(prefix=part.prefix)
        return submit(
            form,
            lambda: part.add(application, form),
            again=lambda: SHOWN[part.step](application, **{name: form}),
            to=url_for(f"fund.{part.step}", application_id=application_id),
            part=lambda: SHOWN[part.step](application),
        )


def _remove_route(name: str, path: str, step: str, remove: Callable[..., object]) -> None:
    """The route that takes something out, then shows its step again."""

    @blueprint.post(f"/demandes/<uuid:application_id>/{path}/<uuid:{name}_id>/retirer", endpoint=f"remove_{name}")
    @allow(SIGNED_IN)
    def take_out(application_id: UUID, **identifiers: UUID) -> Response:
        application = mine(application_id)
        try:
            remove(db.session, application, identifiers[f"{name}_id"])
        except Refused as broken:
            notice(str(broken), "stop")
            return go("fund.follow", application_id=application_id)
        return SHOWN[step](application) if partial() else go(f"fund.{step}", application_id=application_id)


for _name, _part in PARTS.items():
    _add_route(_name, _part)
for _name, (_path, _step, _operation) in TAKEN_OUT.items():
    _remove_route(_name, _path, _step, _operation)


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
    if request.form.get("later"):
        return later()
    return _go_on(form, whole.needed_faults(application), application, "gifts", _needs_page)


def _go_on(
    form: Any, faults: list[Refused], application: FundApplication, step: str, shown: Callable[..., Response]
) -> Response:
    """The next step; or this one again with all its faults, and what was typed kept in the draft."""
    if not faults:
        return go(f"fund.{step}", application_id=application.id)
    keep_anyway()
    for fault in faults:
        form.refuse(fault)
    if "revision" in form:
        form.revision.data = application.revision
    return shown(application, form)


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
    return _go_on(form, whole.brought_faults(db.session, application), application, "check", _gifts_page)


@blueprint.get("/demandes/<uuid:application_id>/verifier")
@allow(SIGNED_IN)
def check(application_id: UUID) -> Response:
    """Read it once more, then send it."""
    application = mine(application_id)
    if application.state not in CHANGEABLE:
        return go("fund.follow", application_id=application_id)
    return _check_page(application)


def _check_page(
    application: FundApplication, refused: Refused | None = None, show_form: ShowForm | None = None
) -> Response:
    supports = contributions_to(db.session, application)
    faults = [refused, *refused.also] if refused else whole.faults_of(db.session, application)
    answered = clock.today() + timedelta(days=settings.get(db.session, FundSettings).answer_days)
    if show_form is None and endorsements_on(db.session):
        show_form = ShowForm(formdata=None)
    return page(
        "fund/check.html",
        status=422 if refused else 200,
        application=application,
        supports=supports,
        early=whole.begins_early(application, answered),
        faults=[(fault.sentence, _step_of(fault)) for fault in faults],
        show_form=show_form,
    )


def _step_of(fault: Refused) -> str:
    """The step where something wrong is mended; empty when it is elsewhere."""
    if fault.field in whole.NEEDED:
        return "fund.budget"
    return "fund.gifts" if fault.field in {"supports", "charter"} else ""


@blueprint.post("/demandes/<uuid:application_id>/envoyer", endpoint="submit")
@allow(SIGNED_IN)
def send(application_id: UUID) -> Response:
    """Send it. A second click finds it sent."""
    application = mine(application_id)
    show_form = ShowForm() if endorsements_on(db.session) else None
    try:
        if show_form is not None and application.state == ApplicationState.DRAFT:
            endorsements.let_be_read(db.session, application, bool(show_form.shown_while_examined.data))
        applications.submit_application(db.session, application)
    except Refused as broken:
        return _check_page(application, broken, show_form)
    notice(_("Your request is sent. Keep its reference: %(reference)s.", reference=application.reference))
    return go("fund.follow", application_id=application_id)

"""The page of a household: its first steps, its vouchers, who greets it; and that of whoever greets."""

from uuid import UUID

from flask import abort, url_for
from werkzeug.wrappers import Response

from civique.core.answers.operations import answer_for
from civique.core.cases.course import course
from civique.core.cases.lines import four_lines
from civique.core.cases.operations import move
from civique.core.i18n import gettext as _
from civique.modules.welcome.documents.kit import booklets, voucher_sheet
from civique.modules.welcome.forms.desk import VisitForm
from civique.modules.welcome.models import HouseholdState, WelcomeHousehold, WelcomeItem
from civique.modules.welcome.operations.households import tick_step
from civique.modules.welcome.operations.relays import note_greeted
from civique.modules.welcome.queries.households import relays_of, ticked, to_greet
from civique.modules.welcome.queries.kit import by_kind, items, title_in, words_in
from civique.modules.welcome.queries.vouchers import vouchers_of
from civique.modules.welcome.views.public import mine, public
from civique.modules.welcome.workflow import WORKFLOW
from civique.web.access import SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.lists import row_or_404
from civique.web.pages import as_pdf, go_path, page
from civique.web.submit import attempt, submit
from tenants.db import db


@public.get("/foyers/<uuid:welcome_household_id>")
@allow(SIGNED_IN)
def household(welcome_household_id: UUID) -> Response:
    """Where we are with the welcome of a household."""
    case = mine(welcome_household_id)
    due = answer_for(db.session, case)
    kinds = by_kind(items(db.session, case.territory_id))
    return page(
        "welcome/household.html",
        block="first_steps",
        case=case,
        workflow=WORKFLOW,
        lines=four_lines(db.session, WORKFLOW, case, due),
        steps=course(WORKFLOW, case, due),
        vouchers=[v for v in vouchers_of(db.session, case) if v.state not in {"assigned", "cancelled"}],
        to_take=kinds.get("step", []),
        done=ticked(db.session, case),
        title_in=title_in,
        words_in=words_in,
        known=case.state != HouseholdState.ANONYMISED,
    )


@public.post("/foyers/<uuid:welcome_household_id>/etapes/<uuid:welcome_item_id>")
@allow(SIGNED_IN)
def tick(welcome_household_id: UUID, welcome_item_id: UUID) -> Response:
    """Tick a first step, or take the tick away."""
    case, item = mine(welcome_household_id), row_or_404(WelcomeItem, welcome_item_id, kind="step")
    tick_step(db.session, case, item, item.id not in ticked(db.session, case))
    return go_path(f"{WORKFLOW.path(case)}#etapes")


@public.get("/foyers/<uuid:welcome_household_id>/livret.pdf")
@allow(SIGNED_IN)
def booklet(welcome_household_id: UUID) -> Response:
    """Its booklet."""
    return as_pdf(booklets(db.session, [mine(welcome_household_id)]), "livret-d-accueil")


@public.get("/foyers/<uuid:welcome_household_id>/bons.pdf")
@allow(SIGNED_IN)
def voucher_pdf(welcome_household_id: UUID) -> Response:
    """Its vouchers to print, once they are handed over."""
    case = mine(welcome_household_id)
    sheet = voucher_sheet(db.session, case) if case.kit_handed_on else None
    return as_pdf(sheet, "bons-d-accueil") if sheet else abort(404)


@public.post("/foyers/<uuid:welcome_household_id>/quitter")
@allow(SIGNED_IN)
def leave(welcome_household_id: UUID) -> Response:
    """The household no longer wants to be known here."""
    case = mine(welcome_household_id)
    return attempt(
        lambda: move(db.session, WORKFLOW, case, "anonymise"),
        url_for("welcome.about"),
        _("Nothing names your household here any more."),
    )


@public.get("/accueillir")
@allow(SIGNED_IN)
def greetings() -> Response:
    """The households that this person has to greet; nothing for whoever greets nobody."""
    return _greetings(VisitForm(formdata=None))


def _greetings(form: VisitForm) -> Response:
    if not relays_of(db.session, applicant()):
        abort(404)
    return page("welcome/greetings.html", households=to_greet(db.session, applicant()), form=form)


@public.post("/accueillir/<uuid:welcome_household_id>")
@allow(SIGNED_IN)
def greeted(welcome_household_id: UUID) -> Response:
    """Note the day of a visit, and nothing of what was said."""
    case = row_or_404(WelcomeHousehold, welcome_household_id)
    if case.relay_id not in {relay.id for relay in relays_of(db.session, applicant())}:
        abort(404)
    form = VisitForm()
    return submit(
        form,
        lambda: note_greeted(db.session, case, form.day.data),
        again=lambda: _greetings(form),
        to=url_for("welcome.greetings"),
        said=_("Thank you: the visit is noted."),
    )

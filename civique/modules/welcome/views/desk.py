"""The queue of households, the card typed for somebody, the file of one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, session, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.cases import queries as cases
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.personalised.operations import prepare_documents
from civique.core.tasks import Task
from civique.modules.welcome.documents.kit import BOOKLETS, booklets, voucher_sheet
from civique.modules.welcome.documents.tables import HOUSEHOLDS
from civique.modules.welcome.forms.desk import EntrustForm, GreetedForm
from civique.modules.welcome.forms.public import CorrectionForm, CounterForm
from civique.modules.welcome.models import HouseholdState, WelcomeHousehold, WelcomeRelay, WelcomeVoucher
from civique.modules.welcome.operations.households import change_household, declare_household
from civique.modules.welcome.operations.relays import name_relay, note_greeted
from civique.modules.welcome.operations.vouchers import assign_set, cancel_voucher, undo_redemption
from civique.modules.welcome.queries import households
from civique.modules.welcome.queries.vouchers import to_keep, undoable, vouchers_of
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.views.public import TITLE
from civique.modules.welcome.views.public_partner import use_meant
from civique.modules.welcome.workflow import MANAGE, VOUCHERS, WORKFLOW
from civique.web.access import allow
from civique.web.desk.cases import usual_pages, waiting_first
from civique.web.desk.counter import resident
from civique.web.desk_list import Order
from civique.web.forms import choices
from civique.web.lists import row_or_404
from civique.web.pages import as_pdf, go, page
from civique.web.queue import Queue, View, Work, add_queue_routes, bulk_assign, bulk_of, case_filters, case_views
from civique.web.settings import add_settings_page
from civique.web.submit import attempt, submit
from tenants.db import db

READ, COUNTER = "welcome.read", "welcome.counter"
desk = Blueprint("welcome_desk", __name__, url_prefix="/mairie/bienvenue")


QUEUE = Queue(
    name="nouveaux-habitants",
    title=TITLE,
    select=lambda: cases.whole(WelcomeHousehold),
    lines=households.LINES,
    columns=HOUSEHOLDS,
    template="welcome/queue.html",
    workflow=WORKFLOW,
    permission=READ,
    orders=(
        Order("attente", _l("Waiting longest"), waiting_first(WORKFLOW)),
        Order("arrivee", _l("Last arrived"), households.BY_ARRIVAL),
    ),
    filters=case_filters(WORKFLOW),
    words=households.SEARCHED,
    words_label=_l("Name, reference or words"),
    views=(
        View(
            "kit",
            _l("Kits to hand over"),
            households.KIT_TO_HAND,
            always=True,
            work=Work(MANAGE, _l("Hand over the kit: %(what)s"), _l("Kit to hand over")),
        ),
        View(
            "relais",
            _l("Nobody to greet them"),
            households.NO_RELAY,
            work=Work(MANAGE, _l("Find who greets: %(what)s"), _l("Nobody to greet them")),
        ),
        View(
            "visites",
            _l("Visit is late"),
            households.LATE,
            work=Work(
                MANAGE, _l("Visit to be made: %(what)s"), _l("Visit is late"), due=lambda line, _values: line.greet_by
            ),
        ),
        *case_views(WORKFLOW)[1:],
    ),
    values=lambda: {"today": clock.today()},
    bulk=(*bulk_of(WORKFLOW), bulk_assign(MANAGE)),
    bulk_permission=MANAGE,
    context=lambda: {"counter": COUNTER, "importer": ""},
)
add_queue_routes(desk, QUEUE, lambda ids: cases.chosen(db.session, WelcomeHousehold, ids))
add_settings_page(desk, WelcomeSettings, permission=MANAGE, title=TITLE, back=("welcome_desk.queue", TITLE))


@desk.route("/saisir", methods=["GET", "POST"])
@allow(COUNTER)
def counter() -> Response:
    """Type the card of a household, for who came, called or wrote."""
    person, form = resident(), CounterForm()
    if person is None:
        return go("desk_counter.person", pour="welcome_desk.counter")
    if not form.is_submitted():
        form.name.data, form.channel.data = person.family_name, session.get("counter_channel", "paper")

    def do() -> WelcomeHousehold:
        session["counter_channel"] = form.channel.data
        return declare_household(db.session, person, **form.facts())

    return submit(
        form,
        do,
        again=lambda: page("welcome/counter.html", form=form, person=person, title=TITLE),
        to=WORKFLOW.desk_path,
        said=lambda household: _(
            "Registered: %(reference)s. A word leaves for the household.", reference=household.reference
        ),
    )


def load(welcome_household_id: UUID) -> WelcomeHousehold:
    """A household of this commune."""
    return row_or_404(WelcomeHousehold, welcome_household_id)


def _known(welcome_household_id: UUID) -> WelcomeHousehold:
    """A household that papers may be made for."""
    case = load(welcome_household_id)
    return case if case.state != HouseholdState.ANONYMISED else abort(404)


def _beside(case: WelcomeHousehold) -> dict[str, Any]:
    """What the file of a household shows besides."""
    return {
        "vouchers": vouchers_of(db.session, case),
        "voucher_states": VOUCHERS,
        "to_keep": to_keep(db.session, case),
        "undoable": undoable,
        "counter": COUNTER,
    }


def _prepared(form: Any, _case: WelcomeHousehold) -> Any:
    if isinstance(form, EntrustForm):
        form.relay_id.choices = choices((relay.id, relay.label) for relay in households.relays(db.session))
    return form


PAGES = usual_pages(
    desk,
    WORKFLOW,
    READ,
    examine=MANAGE,
    forms={"greeted": GreetedForm, "entrust": EntrustForm},
    prepare=_prepared,
    template="welcome/file.html",
    context=_beside,
)


@desk.route("/<uuid:welcome_household_id>/corriger", methods=["GET", "POST"])
@allow(COUNTER)
def correct(welcome_household_id: UUID) -> Response:
    """Correct what a household said, as it asks."""
    case = _known(welcome_household_id)
    form = CorrectionForm(obj=case)
    if not form.is_submitted():
        form.interests.data = [interest.kind for interest in case.interests]
    return submit(
        form,
        lambda: change_household(db.session, case, **form.facts()),
        again=lambda: page("welcome/desk/correct.html", form=form, case=case),
        to=WORKFLOW.desk_path(case),
        said=_("Saved."),
        about=lambda: load(welcome_household_id),
    )


@desk.post("/<uuid:welcome_household_id>/preparer")
@allow(MANAGE)
def prepare(welcome_household_id: UUID) -> Response:
    """Keep one voucher of each offer for a household, so that its sheet can be printed."""
    case = load(welcome_household_id)
    return attempt(
        lambda: assign_set(db.session, case),
        WORKFLOW.desk_path(case),
        _("The vouchers are kept for this household. Print the sheet."),
    )


@desk.get("/<uuid:welcome_household_id>/livret.pdf")
@allow(READ)
def booklet(welcome_household_id: UUID) -> Response:
    """Its booklet."""
    return as_pdf(booklets(db.session, [_known(welcome_household_id)]), "livret-d-accueil")


@desk.post("/livrets")
@allow(MANAGE)
def booklets_to_hand() -> Response:
    """Make the booklets of all the kits that are still to be handed over, as one PDF; the page follows the work."""
    title, ids = _("Welcome booklets to hand over"), households.kits_to_hand(db.session)
    asked: list[Task] = []
    return attempt(
        lambda: asked.append(prepare_documents(db.session, title, BOOKLETS.code, ids)),
        url_for("welcome_desk.queue"),
        then=lambda: go("exports.task", task_id=asked[0].id),
    )


@desk.get("/<uuid:welcome_household_id>/bons.pdf")
@allow(MANAGE)
def voucher_pdf(welcome_household_id: UUID) -> Response:
    """Its vouchers to cut out."""
    sheet = voucher_sheet(db.session, _known(welcome_household_id))
    return as_pdf(sheet, "bons-d-accueil") if sheet else abort(404)


@desk.post("/<uuid:welcome_household_id>/salue")
@allow(READ)
def greeted(welcome_household_id: UUID) -> Response:
    """Note that somebody greeted a household."""
    form = GreetedForm()
    form.rename("greeted")
    return PAGES.act(
        welcome_household_id, form, lambda case: note_greeted(db.session, case, form.day.data), _("The visit is noted.")
    )


@desk.post("/<uuid:welcome_household_id>/confier")
@allow(MANAGE)
def entrust(welcome_household_id: UUID) -> Response:
    """Entrust the visit to another relay."""
    form = EntrustForm()
    form.rename("entrust")

    def do(case: WelcomeHousehold) -> None:
        name_relay(db.session, case, row_or_404(WelcomeRelay, form.relay_id.data))

    return PAGES.act(welcome_household_id, form, do, _("The visit is entrusted; the relay is told."))


@desk.post("/<uuid:welcome_household_id>/bons/<uuid:welcome_voucher_id>/annuler")
@allow(MANAGE)
def cancel(welcome_household_id: UUID, welcome_voucher_id: UUID) -> Response:
    """A voucher is lost: another one may be kept for the household."""
    case = load(welcome_household_id)
    voucher = row_or_404(WelcomeVoucher, welcome_voucher_id, household_id=case.id)
    said = _("The voucher is cancelled. Keep the vouchers again for another number.")
    return attempt(lambda: cancel_voucher(db.session, voucher), WORKFLOW.desk_path(case), said)


@desk.post("/<uuid:welcome_household_id>/bons/<uuid:welcome_voucher_id>/reprendre")
@allow(MANAGE)
def undo(welcome_household_id: UUID, welcome_voucher_id: UUID) -> Response:
    """A voucher was noted as used by mistake."""
    case = load(welcome_household_id)
    voucher = row_or_404(WelcomeVoucher, welcome_voucher_id, household_id=case.id)
    said = _("Voucher %(number)s is no longer noted as used.", number=voucher.shown)
    return attempt(lambda: undo_redemption(db.session, voucher, use_meant()), WORKFLOW.desk_path(case), said)

"""The commune's agenda: one table for everything that has a date."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agenda import operations as agenda
from civique.core.agenda import queries
from civique.core.agenda.models import Event
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import allow
from civique.web.desk.agenda_form import EventForm
from civique.web.desk.labels import TONES
from civique.web.desk.periods import OVER, by_date, when
from civique.web.desk_list import DeskList, Filter, Order
from civique.web.lists import row_or_404
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_agenda", __name__, url_prefix="/mairie/agenda")
PERMISSION = "core.publish"
STATES = {"option": _l("Option"), "planned": _l("Planned"), "cancelled": _l("Cancelled")}
LIST = DeskList(
    name="agenda",
    title=_l("Agenda"),
    select=queries.all_events,
    columns=(
        Column(_l("Starts"), lambda e: clock.local(e.starts_at).date() if e.all_day else e.starts_at),
        Column(_l("Ends"), lambda e: clock.local(e.ends_at).date() if e.ends_at and e.all_day else e.ends_at),
        Column(_l("What"), lambda e: e.title),
        Column(_l("Place"), lambda e: e.where),
        Column(_l("Village"), lambda e: e.territory.name if e.territory else ""),
        Column(_l("Organised by"), lambda e: e.organiser),
        Column(_l("State"), lambda e: str(STATES[e.state])),
    ),
    template="desk/agenda/list.html",
    orders=(Order("date", _l("Date"), by_date), Order("titre", _l("Title"), (Event.title, Event.starts_at))),
    filters=(
        when(lambda code: queries.is_over(clock.now()) if code == OVER else ~queries.is_over(clock.now())),
        Filter("etat", _l("State"), STATES, Event.state),
    ),
    words=queries.said_in,
    words_label=_l("What or where"),
)
LIST.add_to(blueprint, PERMISSION, lambda: {"states": STATES, "tones": TONES})


@blueprint.route("/ajouter", methods=["GET", "POST"])
@allow(PERMISSION)
def new() -> Response:
    """Put an event in the agenda, unless its place is taken."""
    form = _form()
    return submit(
        form,
        lambda: agenda.plan_event(db.session, **form.facts()),
        again=lambda: _page(form),
        to=lambda event: url_for("desk_agenda.edit", event_id=event.id),
        said=lambda event: _("“%(title)s” is in the agenda.", title=event.title),
    )


@blueprint.route("/<uuid:event_id>", methods=["GET", "POST"])
@allow(PERMISSION)
def edit(event_id: UUID) -> Response:
    """Move or reword an event, unless a colleague did so in the meantime."""
    event = row_or_404(Event, event_id)
    form = _form(event)
    if request.method == "POST":
        _refuse_elsewhere(event)
    else:
        form.show(event)
    return submit(
        form,
        lambda: agenda.change_event(db.session, event, **form.facts()),
        again=lambda: _page(form, event),
        to=url_for("desk_agenda.edit", event_id=event_id),
        said=_("Saved."),
        about=lambda: event,
    )


@blueprint.route("/<uuid:event_id>/annuler", methods=["GET", "POST"])
@allow(PERMISSION)
def cancel(event_id: UUID) -> Response:
    """Cancel; it stays in the agenda, marked."""
    event = row_or_404(Event, event_id)
    if request.method == "GET":
        return page("desk/agenda/cancel.html", event=event)
    _refuse_elsewhere(event)
    if event.state != "cancelled":
        agenda.cancel_event(db.session, event)
        notice(
            _("“%(title)s” is cancelled. It stays in the agenda, so that nobody comes for nothing.", title=event.title)
        )
    return go("desk_agenda.edit", event_id=event.id)


def _refuse_elsewhere(event: Event) -> None:
    """What a module put in the agenda is changed in that module, cancelled events are not changed."""
    if event.origin_type is not None or event.state == "cancelled":
        abort(409)


def _form(event: Event | None = None) -> EventForm:
    form = EventForm(obj=event)
    form.prepare()
    return form


def _page(form: EventForm, event: Event | None = None) -> Response:
    return page("desk/agenda/edit.html", form=form, event=event, states=STATES, tones=TONES)

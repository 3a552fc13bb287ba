"""Gatherings: what is to come and what is over, planning, who came, minutes and their PDF, documents."""

from functools import partial
from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.agenda.queries import said_in
from civique.core.committees.convocation import send_convocation
from civique.core.committees.minutes import minutes_pdf
from civique.core.documents.models import Document
from civique.core.documents.operations import add_document
from civique.core.gatherings import operations as gatherings
from civique.core.gatherings import queries
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.settings import GatheringSettings
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import GATHERINGS, PLANNERS, allow
from civique.web.desk.committee_forms import GatheringDocumentForm, MinutesForm
from civique.web.desk.gathering_forms import PlanForm
from civique.web.desk.gathering_page import STATES, TONES, gathering_page, meeting_columns
from civique.web.desk.kinds import READ, RECORD, gathering_or_404, labels, listed, may, planned_kinds
from civique.web.desk.periods import OVER, by_date, when
from civique.web.desk_list import DeskList, Filter, Order
from civique.web.forms import choices
from civique.web.lists import asked_ids, row_or_404
from civique.web.pages import as_pdf, go, page
from civique.web.settings import add_settings_page
from civique.web.submit import attempt, submit
from civique.web.uploads import keep_upload
from tenants.db import db

blueprint = Blueprint("desk_gatherings", __name__, url_prefix="/mairie/reunions")


LIST = DeskList(
    name="reunions",
    title=_l("Meetings and gatherings"),
    select=lambda: listed().outerjoin(Event.place),
    columns=meeting_columns,
    template="desk/gatherings/list.html",
    orders=(
        Order("date", _l("Date"), by_date),
        Order("titre", _l("Title"), (Event.title, Event.starts_at)),
    ),
    filters=(
        when(lambda code: queries.is_closed(clock.now()) if code == OVER else ~queries.is_closed(clock.now())),
        Filter("genre", _l("Kind"), labels, Gathering.kind),
        Filter(
            "serie", _l("Series"), lambda: {name: name for name in queries.series_names(db.session)}, Gathering.series
        ),
    ),
    words=said_in,
    words_label=_l("What or where"),
)
LIST.add_to(
    blueprint,
    GATHERINGS,
    lambda: {
        "states": STATES,
        "tones": TONES,
        "kinds": labels(),
        "planned": planned_kinds(),
        "reads": partial(may, READ),
    },
)


@blueprint.route("/nouvelle", methods=["GET", "POST"])
@allow(PLANNERS)
def new() -> Response:
    """Plan a gathering of a kind that the visitor may plan; ``type`` in the address chooses one beforehand."""
    form = PlanForm()
    form.kind.choices = choices(planned_kinds().items())
    form.kind.data = form.kind.data or request.args.get("type")

    def do() -> Gathering:
        facts = form.event()
        return gatherings.plan_gathering(
            db.session,
            facts.pop("title"),
            facts.pop("starts_at"),
            kind=form.kind.data,
            place=facts.pop("place_text"),
            series=form.series.data or "",
            **facts,
        )

    return submit(
        form,
        do,
        again=lambda: _plan_page(form),
        to=lambda found: address(found.id),
        said=_("It is in the agenda. Open its registration if people have to say that they come."),
    )


@blueprint.post("/pour/<uuid:event_id>")
@allow("gatherings.record")
def take_registrations(event_id: UUID) -> Response:
    """An event of the agenda becomes a gathering, whose registration can be opened."""
    event = row_or_404(Event, event_id)
    return attempt(
        lambda: gatherings.gather_for(db.session, event),
        url_for("desk_agenda.edit", event_id=event_id),
        _("Open the registration below."),
        then=lambda: go("desk_gatherings.gathering", gathering_id=event.origin_id),
    )


@blueprint.route("/<uuid:gathering_id>/modifier", methods=["GET", "POST"])
@allow(GATHERINGS)
def change(gathering_id: UUID) -> Response:
    """Move or reword a gathering; who is registered is told when its moment or its place changes."""
    found, form = gathering_or_404(gathering_id, RECORD), PlanForm()
    del form.kind
    if request.method == "GET":
        form.show(found)
        form.revision.data = found.event.revision
    return submit(
        form,
        lambda: gatherings.change_gathering(db.session, found, series=form.series.data or "", **form.event()),
        again=lambda: _plan_page(form, found),
        to=address(gathering_id),
        said=_("Saved."),
        about=lambda: found.event,
    )


@blueprint.get("/<uuid:gathering_id>")
@allow(GATHERINGS)
def gathering(gathering_id: UUID) -> Response:
    """A meeting, or another gathering."""
    return gathering_page(gathering_or_404(gathering_id, READ))


@blueprint.get("/<uuid:gathering_id>.pdf")
@allow(GATHERINGS)
def minutes(gathering_id: UUID) -> Response:
    """Minutes to print and sign, or the order of the day."""
    found = gathering_or_404(gathering_id, READ)
    return as_pdf(minutes_pdf(db.session, found), f"compte-rendu-{found.day.isoformat()}")


@blueprint.post("/<uuid:gathering_id>/presents")
@allow(GATHERINGS)
def attendance(gathering_id: UUID) -> Response:
    """Record who came, among those convened."""
    found = gathering_or_404(gathering_id, RECORD)
    ticked = set(asked_ids())
    present = [attendee.person_id for attendee in found.attendees if attendee.id in ticked]
    return attempt(
        lambda: gatherings.record_attendance(db.session, found, present),
        address(gathering_id),
        _("Attendance is noted."),
    )


@blueprint.post("/<uuid:gathering_id>/convoquer")
@allow("gatherings.record")
def convene(gathering_id: UUID) -> Response:
    """Write to those who are convened, with the order of the day."""
    found = row_or_404(Gathering, gathering_id)
    return attempt(
        lambda: send_convocation(db.session, found),
        address(gathering_id),
        _("Everybody who is convened is written to, by e-mail or by letter."),
    )


@blueprint.post("/<uuid:gathering_id>/tenue")
@allow(GATHERINGS)
def close(gathering_id: UUID) -> Response:
    """The meeting was held; its minutes are kept."""
    found, form = gathering_or_404(gathering_id, RECORD), MinutesForm()
    return submit(
        form,
        lambda: gatherings.close_gathering(db.session, found, form.minutes.data or "", form.revision.data or 0),
        again=lambda: gathering_page(found, form),
        to=address(gathering_id),
        said=_("The minutes are kept. Print them below."),
        about=lambda: found,
    )


@blueprint.post("/<uuid:gathering_id>/annuler")
@allow(GATHERINGS)
def cancel(gathering_id: UUID) -> Response:
    """The meeting does not take place."""
    found = gathering_or_404(gathering_id, RECORD)
    return attempt(
        lambda: gatherings.cancel_gathering(db.session, found),
        address(gathering_id),
        _("The meeting is cancelled. Its requests can be put to another one."),
    )


@blueprint.post("/<uuid:gathering_id>/documents")
@allow(GATHERINGS)
def attach(gathering_id: UUID) -> Response:
    """Put a document beside the meeting."""
    found, form = gathering_or_404(gathering_id, RECORD), GatheringDocumentForm()

    def do() -> None:
        assert form.file.data is not None, "the field is required"
        title = form.title.data or ""
        file = keep_upload(form.file.data, visibility="staff", permission="gatherings.read", alternative=title)
        document = add_document(db.session, file, kind="attachment", title=title)
        gatherings.attach_document(db.session, found, document)

    return submit(
        form,
        do,
        again=lambda: gathering_page(found, form),
        to=address(gathering_id),
        said=_("“%(name)s” is added.", name=form.title.data or ""),
    )


@blueprint.post("/<uuid:gathering_id>/documents/<uuid:document_id>/retirer")
@allow(GATHERINGS)
def detach(gathering_id: UUID, document_id: UUID) -> Response:
    """Take a document away from the meeting."""
    found, document = gathering_or_404(gathering_id, RECORD), row_or_404(Document, document_id)
    return attempt(
        lambda: gatherings.detach_document(db.session, found, document),
        address(gathering_id),
        _("The document is no longer with the meeting. It stays among the documents of the commune."),
    )


def _plan_page(form: PlanForm, found: Gathering | None = None) -> Response:
    series = queries.series_names(db.session)
    return page("desk/gatherings/plan.html", form=form, gathering=found, series=series)


def address(gathering_id: UUID) -> str:
    """Address of a meeting's page."""
    return url_for("desk_gatherings.gathering", gathering_id=gathering_id)


add_settings_page(
    blueprint,
    GatheringSettings,
    permission="core.settings",
    title=_l("How long registrations are kept"),
    back=("settings.retention", _l("How long we keep things")),
)

"""Hours at the desk: the list, what was told or written on paper, what the commune itself validates."""

from typing import Any
from uuid import UUID

from flask import request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.organisations.queries import validated_names
from civique.core.personalised.operations import prepare_documents
from civique.core.refused import Refused
from civique.core.tasks import Task
from civique.modules.volunteering import documents, queries
from civique.modules.volunteering.documents.certificates import CERTIFICATES
from civique.modules.volunteering.forms import CertificatesForm, DecideForm, DeskHoursForm, HoursForm
from civique.modules.volunteering.models import Hours, Mission, Volunteer
from civique.modules.volunteering.operations.hours import decide_hours, enter_hours
from civique.modules.volunteering.views.desk import READ, volunteers_desk
from civique.modules.volunteering.workflow import MANAGE, MEDIATE, VOLUNTEERS
from civique.web.access import allow
from civique.web.desk_list import DeskList, Filter, anywhere, newest
from civique.web.forms import choices
from civique.web.lists import row_or_404
from civique.web.pages import go, page
from civique.web.submit import attempt, submit
from tenants.db import db

YEARS = 5
"""Years of which certificates are proposed, this one first."""


HOURS = DeskList(
    name="heures-de-benevolat",
    title=_l("Hours given"),
    select=queries.all_hours,
    columns=documents.HOURS_COLUMNS,
    template="volunteering/hours_list.html",
    orders=(newest(Hours.done_on),),
    filters=(
        Filter("etat", _l("State"), documents.HOURS_STATES, Hours.state),
        Filter(
            "organisation",
            _l("Organisation"),
            lambda: queries.with_hours(db.session),
            lambda code: Hours.organisation_id == UUID(code),
        ),
    ),
    words=anywhere(Hours.activity),
    words_label=_l("Activity"),
    beside=lambda rows: {"states": documents.HOURS_STATES},
)
HOURS.add_to(
    volunteers_desk, READ, lambda: {"form": _certificates_form(formdata=None)}, path="/heures", endpoint="hours"
)


def _certificates_form(**named: Any) -> CertificatesForm:
    form = CertificatesForm(**named)
    form.organisation_id.choices = choices(queries.with_hours(db.session).items(), empty=_("The town hall itself"))
    form.year.choices = choices((year, year) for year in range(clock.today().year, clock.today().year - YEARS, -1))
    return form


@volunteers_desk.post("/heures/attestations")
@allow(READ)
def make_certificates() -> Response:
    """Make the certificates of a year for all the volunteers of an organisation, as one PDF; the page follows the work."""
    form = _certificates_form()
    asked: list[Task] = []

    def do() -> None:
        organisation_id, year = form.organisation_id.data, int(form.year.data)
        ids = queries.one_of_each(db.session, organisation_id, year)
        if not ids:
            raise Refused(_("Nobody gave validated hours to it in %(year)s.", year=year), rule="documents_none")
        named = dict(form.organisation_id.choices)[str(organisation_id or "")]
        title = _("Certificates of volunteering %(year)s, %(name)s", year=year, name=named)
        asked.append(prepare_documents(db.session, title, CERTIFICATES.code, ids))

    return attempt(do, url_for(".hours"), then=lambda: go("exports.task", task_id=asked[0].id), form=form)


def offer_missions(form: HoursForm, volunteer: Volunteer) -> None:
    """Give a form of hours the missions of a volunteer; today is the most likely day."""
    own = queries.current_missions(db.session, volunteer.id)
    form.mission_id.choices = choices([(each.id, each.title) for each in own], empty=_("Something else"))
    if not own:
        form.activity.label.text = _("What did you do?")
    if request.method == "GET":
        form.done_on.data = clock.today()
        if len(own) == 1:
            form.mission_id.data = own[0].id


def mission_of(form: HoursForm) -> Mission | None:
    """The mission that is chosen."""
    return db.session.get(Mission, form.mission_id.data) if form.mission_id.data else None


@volunteers_desk.route("/<uuid:volunteer_id>/heures", methods=["GET", "POST"])
@allow(MEDIATE)
def enter(volunteer_id: UUID) -> Response:
    """Enter hours that a volunteer told, or wrote on a sheet."""
    volunteer, form = row_or_404(Volunteer, volunteer_id), DeskHoursForm()
    offer_missions(form, volunteer)
    form.organisation_id.choices = choices(validated_names(db.session), empty=_("The town hall itself"))
    return submit(
        form,
        lambda: enter_hours(
            db.session,
            volunteer,
            mission=mission_of(form),
            organisation_id=form.organisation_id.data,
            channel="counter",
            **form.facts(),
        ),
        again=lambda: page("volunteering/desk_hours.html", form=form, volunteer=volunteer),
        to=VOLUNTEERS.desk_path(volunteer),
        said=_("The hours are entered. They count once they are validated."),
    )


@volunteers_desk.post("/heures/<uuid:hours_id>/valider")
@allow(MANAGE)
def validate(hours_id: UUID) -> Response:
    """The commune validates hours that were given to it; those of an organisation are the organisation's."""
    return _decide(hours_id, valid=True)


@volunteers_desk.post("/heures/<uuid:hours_id>/refuser")
@allow(MANAGE)
def refuse(hours_id: UUID) -> Response:
    """The commune does not validate them, with a reason."""
    return _decide(hours_id, valid=False)


def _decide(hours_id: UUID, *, valid: bool) -> Response:
    row, form = row_or_404(Hours, hours_id, organisation_id=None), DecideForm()
    return attempt(
        lambda: decide_hours(db.session, row, valid=valid, reason=form.reason.data or ""),
        "/mairie/benevolat/heures?etat=declared",
        _("The hours are validated.") if valid else _("The volunteer reads why."),
        form=form,
    )

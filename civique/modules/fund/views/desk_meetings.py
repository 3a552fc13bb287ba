"""A meeting: order of the day, who was there, who leaves the room (FON-07), opinions, minutes and their PDF."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import abort, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.committees import operations as committees
from civique.core.committees.models import CommitteeMeeting, CommitteeMember, Matter
from civique.core.committees.queries import concerned, members_on
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.documents.minutes import minutes_pdf
from civique.modules.fund.forms.desk import COLLEGES, MinutesForm, OpinionForm
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import examination
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.views.desk import blueprint
from civique.modules.fund.words.desk import COMMITTEE_VERDICTS
from civique.web.access import allow
from civique.web.desk.lists import asked_ids, row_or_404
from civique.web.pages import go, notice, page, pdf_page
from tenants.db import db

MOST = 100
"""Requests offered at once for the order of the day, the eldest first."""


@dataclass(frozen=True)
class Point:
    """A matter with its request (None: erased or another module's) and the members tied to it."""

    matter: Matter
    demand: FundRequest | None
    tied: list[CommitteeMember]
    form: OpinionForm


@blueprint.get("/reunions/<uuid:meeting_id>")
@allow("fund.read")
def meeting(meeting_id: UUID) -> Response:
    """A meeting."""
    return meeting_page(row_or_404(CommitteeMeeting, meeting_id))


@blueprint.get("/reunions/<uuid:meeting_id>.pdf")
@allow("fund.read")
def minutes_file(meeting_id: UUID) -> Response:
    """Minutes to print and sign."""
    found = row_or_404(CommitteeMeeting, meeting_id)
    return pdf_page(minutes_pdf(db.session, found), f"compte-rendu-{clock.local(found.at).date().isoformat()}")


@blueprint.post("/reunions/<uuid:meeting_id>/ajouter")
@allow("fund.examine")
def add(meeting_id: UUID) -> Response:
    """Put the ticked requests on the order of the day."""
    found = row_or_404(CommitteeMeeting, meeting_id)
    refused = ""
    for request_id in asked_ids():
        demand = db.session.get(FundRequest, request_id)
        try:
            if demand is not None:
                examination.put_to_committee(db.session, demand, found)
        except Refused as broken:
            refused = str(broken)
    if refused:
        notice(refused, "stop")
    return go("fund_desk.meeting", meeting_id=meeting_id)


@blueprint.post("/reunions/<uuid:meeting_id>/presents")
@allow("fund.examine")
def attendance(meeting_id: UUID) -> Response:
    """Note who was there."""
    found = row_or_404(CommitteeMeeting, meeting_id)
    ids = set(asked_ids())
    members = members_on(db.session, found.committee, clock.local(found.at).date())
    committees.note_attendance(db.session, found, [member for member in members if member.id in ids])
    notice(_("Attendance is noted."))
    return go("fund_desk.meeting", meeting_id=meeting_id)


@blueprint.post("/reunions/<uuid:meeting_id>/points/<uuid:matter_id>/avis")
@allow("fund.examine")
def opinion(meeting_id: UUID, matter_id: UUID) -> Response:
    """Record what the committee said on a request."""
    found, matter, form = row_or_404(CommitteeMeeting, meeting_id), _matter(meeting_id, matter_id), OpinionForm()
    if form.validate():

        def run() -> None:
            demand = db.session.get(FundRequest, matter.object_id)
            if demand is None:
                abort(404)
            examination.record_opinion(
                db.session,
                demand,
                matter,
                form.verdict.data,
                form.opinion.data or "",
                form.revision.data or 0,
                form.amount_cents.data,
            )

        if _tried(form, run):
            notice(_("The opinion is recorded."))
            return go("fund_desk.meeting", meeting_id=meeting_id)
        db.session.rollback()
        found = row_or_404(CommitteeMeeting, meeting_id)
    return meeting_page(found, (matter_id, form))


@blueprint.post("/reunions/<uuid:meeting_id>/points/<uuid:matter_id>/deport")
@allow("fund.examine")
def recuse(meeting_id: UUID, matter_id: UUID) -> Response:
    """A member leaves the room for a matter."""
    matter = _matter(meeting_id, matter_id)
    chosen = asked_ids()
    member = db.session.get(CommitteeMember, chosen[0]) if chosen else None
    if member is None or member.committee_id != matter.meeting.committee_id:
        notice(_("Choose the member who leaves the room."), "wait")
    elif matter.verdict is not None:
        notice(_("The opinion is given already: a recusal comes before it."), "stop")
    else:
        committees.recuse(db.session, matter, member, request.form.get("reason", "").strip()[:300])
        notice(_("%(name)s takes no part in this matter.", name=member.person.name))
    return go("fund_desk.meeting", meeting_id=meeting_id)


@blueprint.post("/reunions/<uuid:meeting_id>/points/<uuid:matter_id>/retirer")
@allow("fund.examine")
def take_off(meeting_id: UUID, matter_id: UUID) -> Response:
    """Take a request off the order of the day."""
    committees.take_off(db.session, _matter(meeting_id, matter_id))
    return go("fund_desk.meeting", meeting_id=meeting_id)


@blueprint.post("/reunions/<uuid:meeting_id>/tenue")
@allow("fund.examine")
def hold(meeting_id: UUID) -> Response:
    """The meeting is over; its minutes are kept."""
    found, form = row_or_404(CommitteeMeeting, meeting_id), MinutesForm()
    if found.state == "cancelled" or not form.validate():
        return meeting_page(found, minutes=form)
    committees.hold(db.session, found, form.minutes.data or "")
    notice(_("The minutes are kept. Print them below."))
    return go("fund_desk.meeting", meeting_id=meeting_id)


@blueprint.post("/reunions/<uuid:meeting_id>/annuler")
@allow("fund.examine")
def call_off(meeting_id: UUID) -> Response:
    """The meeting does not take place."""
    found = row_or_404(CommitteeMeeting, meeting_id)
    if found.state == "planned":
        committees.call_off(db.session, found)
        notice(_("The meeting is cancelled. Its requests can be put to another one."))
    return go("fund_desk.meeting", meeting_id=meeting_id)


def _tried(form: OpinionForm, run: Callable[[], None]) -> bool:
    """Do it; what forbids it is said in the form."""
    try:
        run()
    except Refused as refused:
        form.refuse(refused)
    except StaleDataError:
        form.fail("", _("A colleague recorded an opinion in the meantime. Nothing was overwritten: it is shown above."))
    else:
        return True
    return False


def _matter(meeting_id: UUID, matter_id: UUID) -> Matter:
    matter = row_or_404(Matter, matter_id)
    if matter.meeting_id != meeting_id:
        abort(404)
    return matter


def meeting_page(
    found: CommitteeMeeting, refused: tuple[UUID, OpinionForm] | None = None, minutes: MinutesForm | None = None
) -> Response:
    """The page of a meeting, with the form of an opinion or of the minutes that was refused."""
    members = members_on(db.session, found.committee, clock.local(found.at).date())
    there = {matter.object_id for matter in found.matters}
    waiting = [d for d in desk_queries.decidable(db.session, MOST + len(there)) if d.id not in there]
    return page(
        "fund/desk/meeting.html",
        status=422 if refused or minutes else 200,
        meeting=found,
        members=members,
        waiting=waiting,
        points=points_of(found, refused),
        present={a.member_id for a in found.attendances},
        colleges=dict(COLLEGES),
        verdicts=dict(COMMITTEE_VERDICTS),
        minutes=minutes or MinutesForm(formdata=None, obj=found),
        refused=refused[1] if refused else None,
    )


def points_of(found: CommitteeMeeting, refused: tuple[UUID, OpinionForm] | None = None) -> list[Point]:
    """The order of the day with its requests, in two queries however long it is."""
    ids = [matter.object_id for matter in found.matters]
    demands = {demand.id: demand for demand in desk_queries.sent(db.session, ids)}
    shown = []
    for matter in found.matters:
        demand = demands.get(matter.object_id)
        form = refused[1] if refused and refused[0] == matter.id else _blank(matter, demand)
        form.rename(f"opinion-{matter.position}")
        form.revision.data = matter.revision
        people = [demand.holder_id] if demand and demand.holder_id else []
        organisations = [demand.organisation_id] if demand and demand.organisation_id else []
        away = {recusal.member_id for recusal in matter.recusals}
        tied = [m for m in concerned(db.session, found, people, organisations) if m.id not in away]
        shown.append(Point(matter, demand, tied, form))
    return shown


def _blank(matter: Matter, demand: FundRequest | None) -> OpinionForm:
    form = OpinionForm(formdata=None)
    form.verdict.data, form.opinion.data = matter.verdict, matter.opinion
    form.amount_cents.data = matter.amount_cents or (demand.amount_asked_cents if demand else None)
    return form

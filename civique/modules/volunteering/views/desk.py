"""The desk: volunteers, missions, matches, each with its queue and its files; what may suit, both ways."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.consents.operations import is_minor
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.modules.volunteering import documents, forms, queries
from civique.modules.volunteering.documents import certificates
from civique.modules.volunteering.models import (
    FollowUp,
    Match,
    MatchState,
    Mission,
    MissionState,
    Shift,
    Volunteer,
)
from civique.modules.volunteering.operations import hours, matches, missions, volunteers
from civique.modules.volunteering.queries import matching
from civique.modules.volunteering.settings import VolunteeringSettings
from civique.modules.volunteering.workflow import MANAGE, MATCHES, MEDIATE, MISSIONS, VOLUNTEERS
from civique.web.access import allow, visitor
from civique.web.desk.cases import add_counter_routes, usual_pages, usual_queue
from civique.web.lists import row_or_404
from civique.web.pages import as_pdf, page
from civique.web.queue import View, Work
from civique.web.settings import add_settings_page
from civique.web.submit import attempt, submit
from tenants.db import db

READ, COUNTER = "volunteering.read", "volunteering.counter"
TITLE = _l("Volunteer desk")
volunteers_desk = Blueprint("volunteering_desk", __name__, url_prefix="/mairie/benevolat")
missions_desk = Blueprint("volunteering_missions", __name__, url_prefix="/mairie/benevolat/missions")
matches_desk = Blueprint("volunteering_matches", __name__, url_prefix="/mairie/benevolat/propositions")

VOLUNTEER_QUEUE = usual_queue(
    volunteers_desk,
    VOLUNTEERS,
    name="benevoles",
    title=_l("Volunteers"),
    columns=documents.VOLUNTEER_COLUMNS,
    lines=queries.VOLUNTEER_LINES,
    searched=queries.SEARCHED_VOLUNTEERS,
    permission=READ,
    manage=MANAGE,
    counter=COUNTER,
    importer="volunteering.volunteers",
    invites=True,
    views=(
        View(
            "appeler",
            _l("Never contacted"),
            queries.NEVER_CONTACTED,
        ),
        View("sans-mission", _l("Without a mission"), queries.WITHOUT_MATCH),
    ),
    template="volunteering/volunteers.html",
)
MISSION_QUEUE = usual_queue(
    missions_desk,
    MISSIONS,
    name="missions",
    title=_l("Missions"),
    columns=documents.MISSION_COLUMNS,
    lines=queries.MISSION_LINES,
    searched=queries.SEARCHED_MISSIONS,
    permission=READ,
    manage=MANAGE,
    counter=COUNTER,
    views=(
        View(
            "brouillons",
            _l("To go through"),
            Mission.state == MissionState.DRAFT,
        ),
        View("non-pourvues", _l("Nobody yet"), queries.UNMET),
    ),
    template="volunteering/missions_queue.html",
)
MATCH_QUEUE = usual_queue(
    matches_desk,
    MATCHES,
    name="propositions",
    title=_l("Matches"),
    columns=documents.MATCH_COLUMNS,
    lines=queries.MATCH_LINES,
    searched=queries.searched_matches,
    permission=READ,
    manage=MANAGE,
    views=(
        View(
            "accords",
            _l("First steps to prepare"),
            Match.state == MatchState.ACCEPTED,
            work=Work(MEDIATE, _l("Prepare first steps: %(what)s"), _l("Agreed by both sides")),
        ),
        View(
            "nouvelles",
            _l("A word is due"),
            queries.TO_FOLLOW_UP,
            work=Work(MEDIATE, _l("Ask how it goes: %(what)s"), _l("A word is due")),
        ),
    ),
    template="volunteering/matches_queue.html",
)


def prepare(form: Any, case: Any) -> Any:
    """Fill a blank form with what is most likely."""
    if form.blank and isinstance(form, forms.ChangeMissionForm):
        form.process(obj=case)
        form.revision.data = case.revision
        for missing in missions.unstated(case):
            form.refuse(missing)
    if form.blank and isinstance(form, forms.MeetForm):
        form.met_on.data = clock.today()
    return form


def volunteer_context(volunteer: Volunteer) -> dict[str, Any]:
    """What the file of a volunteer shows besides: suggestions, matches, hours, interviews."""
    suggested = volunteer.applicant is not None and volunteer.here
    return {
        "suggestions": matching.missions_for(db.session, volunteer) if suggested else [],
        "matches": queries.matches_of(db.session, volunteer_id=volunteer.id),
        "match_flow": MATCHES,
        "hours": queries.hours_of(db.session, volunteer)[:10],
        "hours_states": documents.HOURS_STATES,
        "mediator": visitor().can(MEDIATE),
        "minor": volunteer.applicant is not None and is_minor(volunteer.applicant),
    }


def mission_context(mission: Mission) -> dict[str, Any]:
    """What the file of a mission shows besides: suggestions, matches, shifts."""
    open_ = mission.state == MissionState.PUBLISHED
    return {
        "suggestions": matching.volunteers_for(db.session, mission) if open_ else [],
        "matches": queries.matches_of(db.session, mission_ids=[mission.id]),
        "match_flow": MATCHES,
        "shifts": queries.shifts_of(db.session, mission.id),
        "mediator": visitor().can(MEDIATE),
        "shown": mission.state in {MissionState.PUBLISHED, MissionState.FILLED},
        "manage": MANAGE,
    }


def match_context(match: Match) -> dict[str, Any]:
    """What the file of a match shows besides."""
    return {"mediator": visitor().can(MEDIATE), "done": [each for each in match.followups if each.done_at]}


VOLUNTEER_PAGES = usual_pages(
    volunteers_desk,
    VOLUNTEERS,
    READ,
    examine=MANAGE,
    forms={"meet": forms.MeetForm, "interview": forms.MeetForm},
    prepare=prepare,
    template="volunteering/volunteer_file.html",
    context=volunteer_context,
)
MISSION_PAGES = usual_pages(
    missions_desk,
    MISSIONS,
    READ,
    examine=MANAGE,
    forms={"change": forms.ChangeMissionForm},
    prepare=prepare,
    template="volunteering/mission_file.html",
    context=mission_context,
)
MATCH_PAGES = usual_pages(
    matches_desk,
    MATCHES,
    READ,
    examine=MANAGE,
    forms={"begin": forms.BeginForm, "weeks": forms.FollowUpForm, "months": forms.FollowUpForm},
    prepare=prepare,
    template="volunteering/match_file.html",
    context=match_context,
)
add_counter_routes(
    volunteers_desk,
    VOLUNTEERS,
    COUNTER,
    title=_l("A volunteer"),
    form=forms.HandForSomebodyForm,
    enter=volunteers.declare,
    template="volunteering/counter.html",
)
add_counter_routes(
    missions_desk,
    MISSIONS,
    COUNTER,
    title=_l("A volunteer mission"),
    form=forms.MissionForSomebodyForm,
    enter=missions.propose_mission,
    template="volunteering/counter.html",
)
add_settings_page(
    volunteers_desk, VolunteeringSettings, permission=MANAGE, title=TITLE, back=("volunteering_desk.queue", TITLE)
)


@volunteers_desk.post("/<uuid:volunteer_id>/entretien")
@allow(MEDIATE)
def interview(volunteer_id: UUID) -> Response:
    """Note one more conversation."""
    form = forms.MeetForm()
    form.rename("interview")
    return VOLUNTEER_PAGES.act(
        volunteer_id,
        form,
        lambda case: volunteers.note_interview(db.session, case, form.met_on.data, form.notes.data),
        _("The conversation is noted."),
    )


@volunteers_desk.post("/<uuid:volunteer_id>/proposer/<uuid:mission_id>")
@allow(MEDIATE)
def propose(volunteer_id: UUID, mission_id: UUID) -> Response:
    """Propose a mission to a volunteer; both sides are asked."""
    volunteer, mission = row_or_404(Volunteer, volunteer_id), row_or_404(Mission, mission_id)
    back = url_for(".file", volunteering_volunteer_id=volunteer_id)
    if request.form.get("de") == "mission":
        back = MISSIONS.desk_path(mission)
    return attempt(
        lambda: matches.propose(db.session, volunteer, mission),
        back,
        _("It is proposed to both sides. Contact details stay closed until both said yes."),
    )


@volunteers_desk.post("/<uuid:volunteer_id>/lien-heures")
@allow(MEDIATE)
def hours_link(volunteer_id: UUID) -> Response:
    """Send the link by which somebody without an account enters their hours."""
    volunteer = row_or_404(Volunteer, volunteer_id)
    return attempt(
        lambda: hours.send_link(db.session, volunteer),
        VOLUNTEERS.desk_path(volunteer),
        _("The link leaves by e-mail, or as a letter to print."),
    )


@volunteers_desk.get("/<uuid:volunteer_id>/attestation.pdf")
@allow(READ)
def certificate(volunteer_id: UUID) -> Response:
    """The hours of a year, validated, to print."""
    volunteer = row_or_404(Volunteer, volunteer_id)
    year = asked_year()
    return as_pdf(certificates.certificate(db.session, volunteer, year), f"attestation-{volunteer.reference}-{year}")


def asked_year() -> int:
    """The year that the address asks, this one without."""
    text = request.args.get("annee", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else clock.today().year
    return year if 2000 <= year <= clock.today().year else abort(404)


@volunteers_desk.route("/cartes", methods=["GET", "POST"])
@allow(COUNTER)
def cards() -> Response:
    """Enter the paper cards of a meeting, several at once."""
    form = forms.CardsForm()
    return submit(
        form,
        lambda: volunteers.take_cards(db.session, form.cards.cards, origin=form.origin.data, channel="paper"),
        again=lambda: page("volunteering/cards.html", form=form),
        to=url_for(".queue"),
        said=lambda taken: _("%(number)s cards are entered: each person waits for a first word.", number=len(taken)),
    )


@missions_desk.post("/<uuid:mission_id>/modifier")
@allow(MANAGE)
def change(mission_id: UUID) -> Response:
    """Write what a mission says, once gone through."""
    form = forms.ChangeMissionForm()
    return MISSION_PAGES.act(
        mission_id,
        form,
        lambda case: missions.change_mission(db.session, case, **form.facts()),
        _("The mission is changed."),
    )


@missions_desk.route("/<uuid:mission_id>/creneaux", methods=["GET", "POST"])
@allow(MANAGE)
def shifts(mission_id: UUID) -> Response:
    """Add shifts to a mission."""
    mission, form = row_or_404(Mission, mission_id), forms.ShiftForm()
    if request.method == "GET":
        form.minutes.data, form.wanted.data = mission.minutes, mission.places
    return submit(
        form,
        lambda: missions.add_shifts(db.session, mission, **form.facts()),
        again=lambda: page("volunteering/shift.html", form=form, mission=mission),
        to=MISSIONS.desk_path(mission),
        said=_("The shifts are added."),
    )


@missions_desk.post("/<uuid:mission_id>/creneaux/<uuid:shift_id>/retirer")
@allow(MANAGE)
def remove_shift(mission_id: UUID, shift_id: UUID) -> Response:
    """Take away a shift to which nobody comes."""
    mission, shift = row_or_404(Mission, mission_id), row_or_404(Shift, shift_id, mission_id=mission_id)
    return attempt(
        lambda: missions.remove_shift(db.session, shift), MISSIONS.desk_path(mission), _("It is taken away.")
    )


@missions_desk.get("/<uuid:mission_id>/affiche.pdf")
@allow(READ)
def poster(mission_id: UUID) -> Response:
    """A poster for a mission that everybody reads."""
    mission = row_or_404(Mission, mission_id)
    if mission.state != MissionState.PUBLISHED:
        abort(404)
    return as_pdf(documents.mission_poster(db.session, mission), f"affiche-{mission.reference}")


@matches_desk.post("/<uuid:match_id>/nouvelles/<uuid:follow_up_id>")
@allow(MEDIATE)
def follow_up(match_id: UUID, follow_up_id: UUID) -> Response:
    """Note the word that the desk had with a volunteer."""
    due, form = row_or_404(FollowUp, follow_up_id, match_id=match_id), forms.FollowUpForm()
    form.rename(due.kind)

    def do(match: Match) -> None:
        matches.note_follow_up(db.session, match, due, form.said.data or "")

    return MATCH_PAGES.act(match_id, form, do, _("Noted. Thank you for calling."))

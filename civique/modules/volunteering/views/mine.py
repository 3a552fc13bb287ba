"""A volunteer's own pages: what may suit, what was proposed, shifts, hours, the certificate."""

from uuid import UUID

from flask import abort, url_for
from werkzeug.wrappers import Response

from civique.core.cases.course import course
from civique.core.cases.lines import four_lines
from civique.core.cases.operations import move
from civique.core.i18n import gettext as _
from civique.core.passes.operations import opened_row
from civique.modules.volunteering import documents, queries
from civique.modules.volunteering.documents import certificates
from civique.modules.volunteering.forms import ChangeHandForm, HoursForm
from civique.modules.volunteering.messages import contact
from civique.modules.volunteering.models import TOLD, Match, MatchState, Shift, Volunteer, VolunteerState
from civique.modules.volunteering.operations.hours import BY_LINK, enter_hours
from civique.modules.volunteering.operations.missions import leave_shift, take_shift
from civique.modules.volunteering.operations.opinions import BY_VOLUNTEERS, opinion_token
from civique.modules.volunteering.operations.volunteers import change_volunteer
from civique.modules.volunteering.queries import matching
from civique.modules.volunteering.views.desk import asked_year
from civique.modules.volunteering.views.hours import mission_of, offer_missions
from civique.modules.volunteering.views.public import blueprint
from civique.modules.volunteering.workflow import MATCHES, VOLUNTEERS
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, first_who
from civique.web.application import limiter
from civique.web.pages import as_pdf, go, page
from civique.web.passes import opened, pin_page
from civique.web.submit import attempt, submit
from tenants.db import db


def my_volunteer() -> Volunteer:
    """The volunteer that the visitor is; 404 for who is none."""
    return queries.volunteer_of(db.session, applicant().id) or abort(404)


def my_last_volunteer() -> Volunteer:
    """The volunteer that the visitor is or was; 404 for who never was one."""
    return queries.last_volunteer_of(db.session, applicant().id) or abort(404)


@blueprint.get("/moi")
@allow(SIGNED_IN)
def mine() -> Response:
    """My missions, my hours, what may suit me."""
    volunteer = queries.last_volunteer_of(db.session, applicant().id)
    if volunteer is None:
        return go("volunteering.form")
    current = queries.current_missions(db.session, volunteer.id)
    shifts = queries.shifts_of(db.session, *(each.id for each in current))
    hours = queries.hours_of(db.session, volunteer)
    return page(
        "volunteering/mine.html",
        volunteer=volunteer,
        workflow=VOLUNTEERS,
        match_flow=MATCHES,
        matches=queries.matches_of(db.session, volunteer_id=volunteer.id),
        suggestions=matching.missions_for(db.session, volunteer) if volunteer.here else [],
        shifts=[(each, [pair for pair in shifts if pair[0].mission_id == each.id]) for each in current],
        coming=queries.shift_ids_of(db.session, volunteer.id),
        hours=hours[:20],
        years=sorted({each.done_on.year for each in hours}, reverse=True),
        hours_states=documents.HOURS_STATES,
    )


@blueprint.route("/moi/modifier", methods=["GET", "POST"])
@allow(SIGNED_IN)
def change() -> Response:
    """Change what I like, can and cannot do."""
    volunteer = my_volunteer()
    form = ChangeHandForm(obj=volunteer)
    return submit(
        form,
        lambda: change_volunteer(db.session, volunteer, **form.facts()),
        again=lambda: page("volunteering/change.html", form=form),
        to=url_for(".mine"),
        said=_("What you said is changed."),
    )


@blueprint.post("/moi/pause")
@allow(SIGNED_IN)
def pause() -> Response:
    """I take a break: nothing is proposed to me meanwhile."""
    return _step("pause", _("Have a good break. Come back here when you like: one click is enough."))


@blueprint.post("/moi/reprendre")
@allow(SIGNED_IN)
def resume() -> Response:
    """I am back, from a break or after I had stopped."""
    left = my_last_volunteer().state == VolunteerState.LEFT
    return _step("return" if left else "resume", _("Welcome back! The desk proposes missions to you again."))


@blueprint.post("/moi/arreter")
@allow(SIGNED_IN)
def leave() -> Response:
    """I am no longer on the list."""
    return _step("leave", _("You are no longer on the list. Thank you! Your hours and certificates stay here."))


def _step(name: str, said: str) -> Response:
    volunteer = my_last_volunteer()
    return attempt(lambda: move(db.session, VOLUNTEERS, volunteer, name), url_for(".mine"), said)


@blueprint.get("/moi/attestation.pdf")
@allow(SIGNED_IN)
def certificate() -> Response:
    """My hours of a year, as organisations validated them."""
    volunteer, year = my_last_volunteer(), asked_year()
    return as_pdf(certificates.certificate(db.session, volunteer, year), f"attestation-{volunteer.reference}-{year}")


@blueprint.post("/moi/creneaux/<uuid:shift_id>/venir")
@allow(SIGNED_IN)
def come(shift_id: UUID) -> Response:
    """I come to this shift."""
    volunteer = my_volunteer()
    if not any(shift.id == shift_id for shift in _my_shifts(volunteer)):
        abort(404)
    return attempt(lambda: take_shift(db.session, shift_id, volunteer), url_for(".mine"), _("You are expected."))


@blueprint.post("/moi/creneaux/<uuid:shift_id>/ne-pas-venir")
@allow(SIGNED_IN)
def not_come(shift_id: UUID) -> Response:
    """I do not come after all."""
    volunteer = my_volunteer()
    return attempt(
        lambda: leave_shift(db.session, shift_id, volunteer.id), url_for(".mine"), _("Your place is free again.")
    )


def _my_shifts(volunteer: Volunteer) -> list[Shift]:
    current = queries.current_missions(db.session, volunteer.id)
    return [shift for shift, _taken in queries.shifts_of(db.session, *(each.id for each in current))]


@blueprint.route("/heures", methods=["GET", "POST"])
@allow(SIGNED_IN)
def my_hours() -> Response:
    """Enter my hours: what, which day, how long."""
    return _enter(my_volunteer(), url_for(".mine"))


@blueprint.route("/heures/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def hours_by_link(token: str) -> Response:
    """The same without an account, by the link that the desk sent."""
    volunteer: Volunteer = opened_row(db.session, opened(BY_LINK, token), Volunteer)
    if volunteer.state == VolunteerState.LEFT:
        abort(404)
    return _enter(volunteer, url_for(".hours_by_link", token=token))


@blueprint.route("/heures/code", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per 5 minutes", methods=["POST"])
def hours_by_code() -> Response:
    """The same by the reference and the code of a letter."""
    return pin_page(
        BY_LINK,
        _("Enter my hours"),
        url_for(".hours_by_code"),
        lambda token: url_for(".hours_by_link", token=token),
    )


def _enter(volunteer: Volunteer, to: str) -> Response:
    form = HoursForm()
    offer_missions(form, volunteer)
    return submit(
        form,
        lambda: enter_hours(db.session, volunteer, mission=mission_of(form), **form.facts()),
        again=lambda: page("volunteering/hours.html", form=form),
        to=to,
        said=_("Thank you! Your hours are entered. They count once the organisation validated them."),
    )


def my_match(match_id: UUID) -> Match:
    """A match of the visitor, or of the relative for whom they act; anybody else's does not exist."""
    match = db.session.get(Match, match_id)
    if match is None or first_who(lambda person: match.applicant_id == person.id) is None:
        abort(404)
    return match


@blueprint.get("/propositions/<uuid:match_id>")
@allow(SIGNED_IN)
def match(match_id: UUID) -> Response:
    """What is proposed to me; whom to call once both sides said yes (BEN-02)."""
    found = my_match(match_id)
    return page(
        "volunteering/match.html",
        match=found,
        workflow=MATCHES,
        lines=four_lines(db.session, MATCHES, found, None),
        steps=course(MATCHES, found),
        contact=contact(found.mission) if found.opened else (),
        answerable=found.state == MatchState.PROPOSED and found.volunteer_agreed_at is None,
        told=found.state in TOLD,
        refusable=found.state in {MatchState.PROPOSED, MatchState.ACCEPTED},
    )


@blueprint.post("/propositions/<uuid:match_id>/avis")
@allow(SIGNED_IN)
def opinion(match_id: UUID) -> Response:
    """I say how it goes, without my name."""
    found = my_match(match_id)
    if found.state not in TOLD:
        abort(404)
    return go("feedback.answer", token=opinion_token(db.session, BY_VOLUNTEERS, found.mission, applicant()))


@blueprint.post("/propositions/<uuid:match_id>/oui")
@allow(SIGNED_IN)
def agree(match_id: UUID) -> Response:
    """I say yes."""
    found = my_match(match_id)
    return attempt(
        lambda: move(db.session, MATCHES, found, "volunteer_agrees"),
        MATCHES.path(found),
        _("Thank you! You have the contact details as soon as the other side says yes too."),
    )


@blueprint.post("/propositions/<uuid:match_id>/non")
@allow(SIGNED_IN)
def decline(match_id: UUID) -> Response:
    """I say no; nobody asks why."""
    found = my_match(match_id)
    return attempt(
        lambda: move(db.session, MATCHES, found, "decline", motive=_("You preferred not to.")),
        MATCHES.path(found),
        _("Noted. Other missions will suit you better."),
    )

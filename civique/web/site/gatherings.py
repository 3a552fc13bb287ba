"""Registering to a gathering: the form on the site, the page of a registration by its link, its code or an account."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, session, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.gatherings.declarations import REGISTRATION_STATES
from civique.core.gatherings.messages import RSVP
from civique.core.gatherings.models import Registration, RegistrationState
from civique.core.gatherings.queries import gathering_of, is_open, registration_of, registrations_of, seats_taken
from civique.core.gatherings.registrations import (
    answer_invitation,
    cancel_registration,
    register,
)
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import WorkItem
from civique.core.passes import operations as passes
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import address_for_answer, applicant, applicant_or_nobody, fill_in_contact
from civique.web.application import limiter
from civique.web.conditional import personal
from civique.web.pages import go, page
from civique.web.passes import opened, pin_page
from civique.web.registration_forms import PartyForm, RegisterForm
from civique.web.site.agenda import public_event
from civique.web.submit import attempt, submit
from tenants.db import db
from tenants.session import TenantSession

blueprint = Blueprint("gatherings", __name__)
COMES = (RegistrationState.REGISTERED, RegistrationState.WAITING)
TONES = {
    RegistrationState.INVITED: "wait",
    RegistrationState.REGISTERED: "ok",
    RegistrationState.WAITING: "wait",
    RegistrationState.DECLINED: "stop",
    RegistrationState.CANCELLED: "stop",
}
TITLES = {
    RegistrationState.INVITED: _l("You are invited"),
    RegistrationState.REGISTERED: _l("You are registered"),
    RegistrationState.WAITING: _l("You are on the waiting list"),
    RegistrationState.DECLINED: _l("You do not come"),
    RegistrationState.CANCELLED: _l("Your registration is withdrawn"),
}


@blueprint.route("/agenda/<uuid:event_id>/inscription", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per 5 minutes", methods=["POST"])  # those of a workshop may share one connection
def sign_up(event_id: UUID) -> Response:
    """Register; or one's own registration, for somebody who is signed in and registered or invited."""
    who = applicant_or_nobody()
    own = _own(event_id, who)
    if own is not None:
        return _change(own, url_for("gatherings.sign_up", event_id=event_id))
    found = gathering_of(db.session, public_event(event_id))
    opening = found.opening if found else None
    if found is None or opening is None:
        abort(404)
    form = RegisterForm()
    fill_in_contact(form, "name")
    form.fit(opening)

    def do() -> None:
        if form.email and not form.email.data and not form.phone.data:
            raise Refused(_("Leave an e-mail address or a telephone number, so that we can tell you."), "email")
        registered = register(
            db.session,
            found,
            name=form.name.data or "",
            person=who,
            email="" if who and not form.email else address_for_answer(form) or "",
            phone=form.phone.data or "",
            key=UUID(form.once.data or str(uuid4())),
            **form.party(),
        )
        session["registration"] = str(registered.id)

    def again() -> Response:
        left = opening.seats - seats_taken(db.session, found.id) if opening.seats else None
        return page(
            "site/gatherings/register.html",
            gathering=found,
            form=form,
            who=who,
            open=is_open(found, opening),
            left=left,
        )

    here = url_for("gatherings.sign_up", event_id=event_id)
    return submit(form, do, again=again, to=here if who else url_for("gatherings.receipt"))


@blueprint.post("/agenda/<uuid:event_id>/inscription/annuler")
@allow(SIGNED_IN)
def withdraw(event_id: UUID) -> Response:
    """Somebody who is signed in does not come after all."""
    own = _own(event_id, applicant())
    if own is None:
        abort(404)
    return _withdraw(own, url_for("gatherings.sign_up", event_id=event_id))


@blueprint.get("/rencontres/recu")
@allow(PUBLIC)
def receipt() -> Response:
    """What was just registered by somebody without an account."""
    found = db.session.get(Registration, UUID(session["registration"])) if session.get("registration") else None
    if found is None:
        return go("agenda.listing")
    personal()
    return page("site/gatherings/receipt.html", registration=found, title=TITLES[found.state])


@blueprint.route("/rencontres", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per 5 minutes", methods=["POST"])  # guests may share one connection
def by_code() -> Response:
    """The reference and the code of a letter lead to the page of their registration."""
    return pin_page(
        RSVP,
        _("Answer an invitation"),
        url_for("gatherings.by_code"),
        lambda token: url_for("gatherings.by_pass", token=token),
    )


@blueprint.route("/rencontres/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
def by_pass(token: str) -> Response:
    """The registration that the link of a message opens."""
    return _change(_by_pass(token), url_for("gatherings.by_pass", token=token))


@blueprint.post("/rencontres/<token>/annuler")
@allow(PUBLIC)
def withdraw_by_pass(token: str) -> Response:
    """Somebody who has a link does not come."""
    return _withdraw(_by_pass(token), url_for("gatherings.by_pass", token=token))


def my_registrations(session: TenantSession, person: Person) -> list[WorkItem]:
    """Gatherings to which a person is invited or registered, for « Mon compte »; what is over is folded."""
    now = clock.now()
    return [
        WorkItem(
            each.gathering.event.title,
            url_for("gatherings.sign_up", event_id=each.gathering.event_id),
            since=each.gathering.event.starts_at,
            state=str(REGISTRATION_STATES[each.state]),
            tone=TONES[each.state],
            ended=each.gathering.event.starts_at < now or each.gathering.state == "cancelled",
        )
        for each in registrations_of(session, person.id)
        if each.gathering.opening is not None
    ]


def _own(event_id: UUID, who: Person | None) -> Registration | None:
    """The registration of somebody who is signed in; they see it also when the agenda does not show the gathering."""
    event = db.session.get(Event, event_id)
    found = gathering_of(db.session, event) if event else None
    if who is None or found is None or found.opening is None:
        return None
    return registration_of(db.session, found.id, who.id)


def _by_pass(token: str) -> Registration:
    found: Registration = passes.opened_row(db.session, opened(RSVP, token), Registration)
    return found


def _change(registration: Registration, here: str) -> Response:
    """The page of a registration; its form says that one comes, with whom."""
    gathering = registration.gathering
    opening = gathering.opening
    assert opening is not None, "a registration that has a page was asked by an opening"
    form = PartyForm()
    form.fit(opening, registration)
    personal()

    def do() -> None:
        answer_invitation(db.session, registration, coming=True, **form.party())

    def again() -> Response:
        return page(
            "site/gatherings/registration.html",
            registration=registration,
            gathering=gathering,
            form=form,
            here=here,
            open=is_open(gathering, opening),
            comes=registration.state in COMES,
            title=TITLES[registration.state],
        )

    said = _("Saved.") if registration.state in COMES else ""
    return submit(form, do, again=again, to=here, said=said)


def _withdraw(registration: Registration, here: str) -> Response:
    def do() -> Any:
        if registration.state == RegistrationState.INVITED:
            return answer_invitation(db.session, registration, coming=False)
        return cancel_registration(db.session, registration)

    return attempt(do, here, _("Thank you for telling us."))

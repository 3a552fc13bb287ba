"""Registrations of a gathering at the desk: the list, what is told on the telephone or on paper, invitations, who came."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import abort, request, session, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.channels import CHANNELS
from civique.core.gatherings import invitations, registrations
from civique.core.gatherings.declarations import NEEDS, REGISTRATION_STATES
from civique.core.gatherings.door import check_in
from civique.core.gatherings.messages import reached_by
from civique.core.gatherings.models import Gathering, Registration, RegistrationState
from civique.core.gatherings.queries import headcount, is_open, open_gatherings
from civique.core.gatherings.sheet import sign_in_sheet
from civique.core.i18n import _l, ngettext
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import active_people, named
from civique.services.identifiers import format_phone
from civique.web.access import GATHERINGS, allow, visitor
from civique.web.desk.counter import postal, resident
from civique.web.desk.gathering_forms import CameForm, ChangeForm, EntryForm, OpeningForm
from civique.web.desk.gathering_page import gathering_page
from civique.web.desk.gatherings import address, blueprint
from civique.web.desk.kinds import RECORD, REGISTER, gathering_or_404, may
from civique.web.desk_list import DeskList, Filter, Order, anywhere
from civique.web.lists import asked_ids, row_or_404
from civique.web.pages import as_pdf, go, page
from civique.web.submit import attempt, submit
from civique.web.tables import Column
from tenants.db import db

TONES = {"invited": "wait", "registered": "ok", "waiting": "wait", "declined": "stop", "cancelled": "stop"}


def _need(code: str, row: Registration) -> str:
    return str(row.needs.get(code, ""))


def _columns(_rows: Sequence[Registration]) -> Sequence[Column]:
    return (
        Column(_l("Name"), lambda r: r.name),
        Column(_l("State"), lambda r: str(REGISTRATION_STATES[r.state])),
        Column(_l("Adults"), lambda r: r.adults),
        Column(_l("Children"), lambda r: r.children),
        *(Column(label, partial(_need, code)) for code, label in NEEDS.items()),
        Column(
            _l("E-mail address"), lambda r: r.email or (r.person.email.address if r.person and r.person.email else "")
        ),
        Column(_l("Telephone"), lambda r: format_phone(r.phone or (r.person.phone if r.person else ""))),
        Column(_l("Channel"), lambda r: str(CHANNELS[r.channel])),
        Column(_l("Came"), lambda r: r.came),
    )


def _asked_gathering() -> Gathering:
    return gathering_or_404((request.view_args or {})["gathering_id"], REGISTER)


def _select() -> Select[Registration]:
    rows = select(Registration).where(Registration.gathering_id == _asked_gathering().id)
    return rows.options(selectinload(Registration.person))


CAME = {"oui": _l("Came"), "non": _l("Not there")}
LIST = DeskList(
    name="inscriptions",
    title=_l("Registrations"),
    select=_select,
    columns=_columns,
    template="desk/gatherings/registrations.html",
    orders=(
        Order("nom", _l("Name"), Registration.name),
        Order("ordre", _l("In the order of the registrations"), (Registration.waiting_since, Registration.created_at)),
    ),
    filters=(
        Filter("etat", _l("State"), REGISTRATION_STATES, Registration.state),
        Filter(
            "venue",
            _l("Came"),
            CAME,
            lambda code: Registration.came > 0 if code == "oui" else Registration.came.is_(None),
        ),
        Filter("canal", _l("Channel"), CHANNELS, Registration.channel),
    ),
    words=anywhere(Registration.name, Registration.email),
    words_label=_l("Name or e-mail address"),
)


@blueprint.get("/<uuid:gathering_id>/inscriptions")
@allow(GATHERINGS)
def registered(gathering_id: UUID) -> Response:
    """Who is invited, registered, waiting or came."""
    found = gathering_or_404(gathering_id, REGISTER)
    return LIST.respond(
        gathering=found,
        count=headcount(db.session, found),
        open=is_open(found, found.opening),
        states=REGISTRATION_STATES,
        tones=TONES,
        reached_by=reached_by,
        may_read=may("gatherings.read", found.kind),
        may_invite=_may_invite(found),
    )


@blueprint.get("/<uuid:gathering_id>/emargement.pdf")
@allow(GATHERINGS)
def sheet(gathering_id: UUID) -> Response:
    """The sign-in sheet, to print."""
    found = gathering_or_404(gathering_id, REGISTER)
    return as_pdf(sign_in_sheet(db.session, found), f"emargement-{found.day.isoformat()}")


@blueprint.post("/<uuid:gathering_id>/ouvrir")
@allow(GATHERINGS)
def open_(gathering_id: UUID) -> Response:
    """Open the registration, or change what it asks."""
    found, form = gathering_or_404(gathering_id, RECORD), OpeningForm()

    def do() -> None:
        facts = form.facts() | {"companions": form.companions.data or 0}
        registrations.open_registration(db.session, found, **facts)

    return submit(
        form,
        do,
        again=lambda: gathering_page(found, form),
        to=address(gathering_id),
        said=_("Registration is open."),
    )


@blueprint.post("/<uuid:gathering_id>/fermer")
@allow(GATHERINGS)
def close_(gathering_id: UUID) -> Response:
    """Nobody registers any more."""
    found = gathering_or_404(gathering_id, RECORD)
    return attempt(
        lambda: registrations.close_registration(db.session, found),
        address(gathering_id),
        _("Registration is closed. Those who wait still get the seats that become free."),
    )


@blueprint.route("/<uuid:gathering_id>/inscriptions/ajouter", methods=["GET", "POST"])
@allow(GATHERINGS)
def enter(gathering_id: UUID) -> Response:
    """Register somebody who calls, writes or comes; ``?personne=`` is their record, when they have one."""
    found, who, form = gathering_or_404(gathering_id, REGISTER), resident(), EntryForm()
    if found.opening is None:
        abort(404)
    form.offer_channels()
    form.fit(found.opening)
    if request.method == "GET":
        form.channel.data = session.get("counter_channel", form.channel.data)
        if who is not None:
            form.name.data, form.phone.data = who.name, who.phone

    def do() -> Registration:
        session["counter_channel"] = form.channel.data
        return registrations.register(
            db.session,
            found,
            name=form.name.data or "",
            person=who,
            email=form.email.data or "",
            phone=form.phone.data or "",
            channel=form.channel.data,
            key=UUID(form.once.data or str(uuid4())),
            **form.party(),
        )

    return submit(
        form,
        do,
        again=lambda: page(
            "desk/gatherings/register.html",
            gathering=found,
            form=form,
            who=who,
            address=postal(who) if who else None,
            open=is_open(found, found.opening),
        ),
        to=lambda row: url_for("desk_gatherings.registration", gathering_id=gathering_id, registration_id=row.id),
        said=lambda row: _("%(name)s: %(state)s.", name=row.name, state=REGISTRATION_STATES[row.state]),
    )


@blueprint.route("/<uuid:gathering_id>/inscriptions/<uuid:registration_id>", methods=["GET", "POST"])
@allow(GATHERINGS)
def registration(gathering_id: UUID, registration_id: UUID) -> Response:
    """One registration: what was said, and what is told now."""
    row = _row(gathering_id, registration_id)
    found, form = row.gathering, ChangeForm()
    if found.opening is None:
        abort(404)
    form.fit(found.opening, row)

    def do() -> None:
        registrations.answer_invitation(db.session, row, coming=True, channel=form.channel.data, **form.party())

    return submit(
        form,
        do,
        again=lambda: page(
            "desk/gatherings/registration.html",
            registration=row,
            gathering=found,
            form=form,
            came=CameForm(formdata=None, came=row.came if row.came is not None else row.party),
            needs=NEEDS,
            states=REGISTRATION_STATES,
            tones=TONES,
            channels=CHANNELS,
            open=is_open(found, found.opening),
            reached=reached_by(row),
        ),
        to=_path(row),
        said=_("Saved."),
    )


@blueprint.post("/<uuid:gathering_id>/inscriptions/<uuid:registration_id>/annuler")
@allow(GATHERINGS)
def withdraw(gathering_id: UUID, registration_id: UUID) -> Response:
    """Somebody does not come."""
    row = _row(gathering_id, registration_id)

    def do() -> Any:
        if row.state == RegistrationState.INVITED:
            return registrations.answer_invitation(db.session, row, coming=False)
        return registrations.cancel_registration(db.session, row)

    return attempt(do, _path(row), _("It is noted. Seats that became free go to those who wait."))


@blueprint.post("/<uuid:gathering_id>/inscriptions/<uuid:registration_id>/arrivee")
@allow(GATHERINGS)
def came(gathering_id: UUID, registration_id: UUID) -> Response:
    """How many came, noted or corrected at the desk."""
    row, form = _row(gathering_id, registration_id), CameForm()
    number = form.came.data if form.validate() else None
    if number is None:
        abort(400)
    return attempt(
        lambda: check_in(db.session, row, came=number, key=uuid4(), at=clock.now(), instead_of=row.came_key),
        _path(row),
        _("Who came is noted."),
    )


@blueprint.route("/<uuid:gathering_id>/inviter", methods=["GET", "POST"])
@allow(GATHERINGS)
def invite(gathering_id: UUID) -> Response:
    """Invite people of the commune: those that are ticked in a list that is searched."""
    found = gathering_or_404(gathering_id, RECORD)
    if not _may_invite(found):
        abort(403)
    here = url_for("desk_gatherings.invite", gathering_id=gathering_id)
    if request.method == "GET":
        return INVITED.respond(gathering=found)
    people = db.session.scalars(active_people().where(Person.id.in_(asked_ids()))).unique().all()
    said = ngettext("One person is invited.", "%(num)s people are invited.", len(people))
    return attempt(lambda: invitations.invite(db.session, found, people), here, said if people else "")


@blueprint.get("/inscrire")
@allow(GATHERINGS)
def choose() -> Response:
    """The counter: to which gathering does this resident register?"""
    who = resident()
    if who is None:
        return go("desk_counter.person", pour="desk_gatherings.choose")
    rows = [found for found in db.session.scalars(open_gatherings()) if may(REGISTER, found.kind)]
    return page("desk/gatherings/choose.html", who=who, rows=rows)


def _invitable() -> Select[Person]:
    """People who are neither invited nor registered."""
    there = select(Registration.person_id).where(
        Registration.gathering_id == (request.view_args or {})["gathering_id"], Registration.person_id.is_not(None)
    )
    return active_people().where(Person.id.not_in(there))


INVITED = DeskList(
    name="a-inviter",
    title=_l("Invite people"),
    select=_invitable,
    columns=(
        Column(_l("Last name"), lambda p: p.family_name),
        Column(_l("First name"), lambda p: p.given_name),
        Column(_l("Town"), lambda p: p.city or ""),
    ),
    template="desk/gatherings/invite.html",
    orders=(Order("nom", _l("Name"), Person.folded), Order("recents", _l("Newest first"), Person.created_at.desc())),
    words=named,
    words_label=_l("Name or e-mail address"),
)


def _may_invite(found: Gathering) -> bool:
    """Whether the visitor may choose whom to invite: it shows the people of the commune."""
    return may(RECORD, found.kind) and visitor().can("core.people") and is_open(found, found.opening)


def _row(gathering_id: UUID, registration_id: UUID) -> Registration:
    gathering_or_404(gathering_id, REGISTER)
    return row_or_404(Registration, registration_id, gathering_id=gathering_id)


def _path(row: Registration) -> str:
    return url_for("desk_gatherings.registration", gathering_id=row.gathering_id, registration_id=row.id)

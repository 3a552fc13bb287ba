"""Committees: who sits in them, when they meet."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from civique.core.committees import operations as committees
from civique.core.committees import queries
from civique.core.committees.models import COLLEGES, Committee, CommitteeMember
from civique.core.gatherings.models import Gathering
from civique.core.gatherings.queries import gatherings
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import get_person, suggested
from civique.web.access import allow
from civique.web.desk.committee_forms import CommitteeForm, MeetingForm, MemberForm
from civique.web.desk.gathering_page import STATES, TONES, meeting_columns
from civique.web.desk_list import DeskList, Order, anywhere
from civique.web.forms import choices
from civique.web.lists import asked_words, paginate, row_or_404
from civique.web.pages import page
from civique.web.submit import attempt, submit
from civique.web.tables import Column, list_file
from tenants.db import db

blueprint = Blueprint("desk_committees", __name__, url_prefix="/mairie/comites")
LIST = DeskList(
    name="comites",
    title=_l("Committees"),
    select=queries.live_committees,
    columns=(
        Column(_l("Committee"), lambda c: c.name),
        Column(_l("What it is for"), lambda c: c.about),
        Column(_l("Members"), lambda c: sum(member.until is None for member in c.members)),
    ),
    template="desk/committees/list.html",
    orders=(Order("nom", _l("Name"), Committee.name),),
    words=anywhere(Committee.name, Committee.about),
    words_label=_l("Words of the name or of what it is for"),
)
LIST.add_to(blueprint, "gatherings.read")


@blueprint.route("/nouveau", methods=["GET", "POST"])
@allow("committees.manage")
def new() -> Response:
    """Start a committee."""
    form = CommitteeForm()
    return submit(
        form,
        lambda: committees.create_committee(db.session, form.name.data or "", form.about.data or ""),
        again=lambda: page("desk/committees/new.html", form=form),
        to=lambda committee: url_for("desk_committees.committee", committee_id=committee.id),
        said=_("The committee is there. Give its members their seats."),
    )


@blueprint.get("/<uuid:committee_id>")
@allow("gatherings.read")
def committee(committee_id: UUID) -> Response:
    """Members and meetings of a committee."""
    shown = row_or_404(Committee, committee_id)
    file = list_file("reunions", shown.name, meeting_columns, gatherings(committee_id))
    return file or _page(shown, _member_form(suggested(db.session, asked_words())), MeetingForm())


@blueprint.post("/<uuid:committee_id>/membres")
@allow("committees.manage")
def add_member(committee_id: UUID) -> Response:
    """Give somebody a seat."""
    shown = row_or_404(Committee, committee_id)
    person = _chosen(MemberForm().person_id.data)
    form = _member_form([person] if person else [])

    def do() -> CommitteeMember:
        assert person is not None, "the form proposes nobody else"
        return committees.add_member(db.session, shown, person, form.college.data, form.function.data or "")

    return submit(
        form,
        do,
        again=lambda: _page(shown, form, MeetingForm(formdata=None)),
        to=url_for("desk_committees.committee", committee_id=committee_id),
        said=lambda member: _("%(name)s sits in the committee.", name=member.person.name),
    )


@blueprint.post("/<uuid:committee_id>/membres/<uuid:member_id>/fin")
@allow("committees.manage")
def end_membership(committee_id: UUID, member_id: UUID) -> Response:
    """A seat ends."""
    member = row_or_404(CommitteeMember, member_id, committee_id=committee_id)
    return attempt(
        lambda: committees.end_membership(db.session, member),
        url_for("desk_committees.committee", committee_id=committee_id),
        _("This seat has ended. What was decided with this member stays."),
    )


@blueprint.post("/<uuid:committee_id>/reunions")
@allow("gatherings.record")
def plan(committee_id: UUID) -> Response:
    """Plan a meeting."""
    shown, form = row_or_404(Committee, committee_id), MeetingForm()

    def do() -> Gathering:
        assert form.at.data is not None, "the form asks for a moment"
        return committees.plan_meeting(db.session, shown, form.at.data, form.place.data or "")

    return submit(
        form,
        do,
        again=lambda: _page(shown, _member_form([], blank=True), form),
        to=lambda gathering: url_for("desk_gatherings.gathering", gathering_id=gathering.id),
        said=_("The meeting is planned. Put requests on its order of the day."),
    )


def _page(shown: Committee, member_form: MemberForm, meeting_form: MeetingForm) -> Response:
    found = paginate(gatherings(shown.id))
    return page(
        "desk/committees/committee.html",
        block="found",
        committee=shown,
        member_form=member_form,
        meeting_form=meeting_form,
        members=queries.members_on(db.session, shown.id),
        listing=found,
        counts=queries.item_counts(db.session, [gathering.id for gathering in found.rows]),
        colleges=COLLEGES,
        states=STATES,
        tones=TONES,
        words=asked_words(),
        searched=len(asked_words()) >= 2,
    )


def _member_form(people: Sequence[Person], *, blank: bool = False) -> MemberForm:
    form = MemberForm(formdata=None) if blank else MemberForm()
    form.person_id.choices = choices([(person.id, _named(person)) for person in people])
    return form


def _named(person: Person) -> str:
    return " – ".join(part for part in (person.name, person.city or "") if part)


def _chosen(text: str | None) -> Person | None:
    try:
        return get_person(db.session, UUID(text or ""))
    except ValueError:
        return None

"""Committees: who sits in them, when they meet."""

from uuid import UUID

from flask import abort
from werkzeug.wrappers import Response

from civique.core.committees import operations as committees
from civique.core.committees import queries
from civique.core.committees.models import Committee, CommitteeMember
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import find_people, get_person
from civique.modules.fund.documents.tables import COMMITTEES, MEETINGS
from civique.modules.fund.forms.desk import COLLEGES, CommitteeForm, PlanForm, SeatForm
from civique.modules.fund.views.desk import blueprint
from civique.web.access import allow
from civique.web.desk.lists import asked_words, row_or_404
from civique.web.forms import choices
from civique.web.lists import paginate
from civique.web.pages import go, go_path, notice, page
from civique.web.tables import list_file
from tenants.db import db

FOUND = 8


@blueprint.get("/comites")
@allow("fund.read")
def committee_list() -> Response:
    """Committees, and the meetings of all."""
    rows = queries.committees(db.session)
    file = list_file("fonds-comites", _("Committees"), COMMITTEES, rows)
    if file:
        return file
    return page("fund/desk/committees.html", committees=rows)


@blueprint.get("/comites/nouveau")
@allow("fund.manage")
def new_committee() -> Response:
    """Form of a new committee."""
    return page("fund/desk/committee_new.html", form=CommitteeForm())


@blueprint.post("/comites/nouveau")
@allow("fund.manage")
def found() -> Response:
    """Start a committee."""
    form = CommitteeForm()
    if not form.validate():
        return page("fund/desk/committee_new.html", status=422, form=form)
    earlier = form.already()
    if earlier:
        return go_path(earlier)
    committee = committees.found_committee(db.session, form.name.data or "", form.about.data or "", "fund")
    notice(_("The committee is there. Give its members their seats."))
    return go_path(form.leads_to(f"/mairie/fonds/comites/{committee.id}"))


@blueprint.get("/comites/<uuid:committee_id>")
@allow("fund.read")
def committee(committee_id: UUID) -> Response:
    """Members and meetings of a committee."""
    shown = row_or_404(Committee, committee_id)
    file = list_file("fonds-reunions", shown.name, MEETINGS, queries.meetings(committee_id))
    if file:
        return file
    return _page(shown, _seat_form(_people()), PlanForm())


@blueprint.post("/comites/<uuid:committee_id>/membres")
@allow("fund.manage")
def seat(committee_id: UUID) -> Response:
    """Give somebody a seat."""
    shown = row_or_404(Committee, committee_id)
    form = SeatForm()
    person = _chosen(form.person_id.data)
    form = _seat_form([person] if person else [])
    if not form.validate() or person is None:
        return _page(shown, form, PlanForm(formdata=None), 422)
    committees.seat(db.session, shown, person, form.college.data, form.function.data or "")
    notice(_("%(name)s sits in the committee.", name=person.name))
    return go("fund_desk.committee", committee_id=committee_id)


@blueprint.post("/comites/<uuid:committee_id>/membres/<uuid:member_id>/fin")
@allow("fund.manage")
def unseat(committee_id: UUID, member_id: UUID) -> Response:
    """A seat ends."""
    member = row_or_404(CommitteeMember, member_id)
    if member.committee_id != committee_id:
        abort(404)
    committees.unseat(db.session, member)
    notice(_("This seat has ended. What was decided with this member stays."))
    return go("fund_desk.committee", committee_id=committee_id)


@blueprint.post("/comites/<uuid:committee_id>/reunions")
@allow("fund.examine")
def plan(committee_id: UUID) -> Response:
    """Plan a meeting."""
    shown, form = row_or_404(Committee, committee_id), PlanForm()
    if not form.validate():
        return _page(shown, _seat_form([], blank=True), form, 422)
    earlier = form.already()
    if earlier:
        return go_path(earlier)
    assert form.at.data is not None, "the form asks for a moment"
    meeting = committees.convene(db.session, shown, form.at.data, form.place.data or "")
    notice(_("The meeting is planned. Put requests on its order of the day."))
    return go_path(form.leads_to(f"/mairie/fonds/reunions/{meeting.id}"))


def _page(shown: Committee, seats: SeatForm, plan_form: PlanForm, status: int = 200) -> Response:
    return page(
        "fund/desk/committee.html",
        block="found",
        status=status,
        committee=shown,
        seat_form=seats,
        plan_form=plan_form,
        members=queries.members_on(db.session, shown),
        listing=paginate(queries.meetings(shown.id)),
        colleges=dict(COLLEGES),
        words=asked_words(),
        searched=len(asked_words()) >= 2,
    )


def _seat_form(people: list[Person], *, blank: bool = False) -> SeatForm:
    form = SeatForm(formdata=None) if blank else SeatForm()
    form.person_id.choices = choices([(person.id, _named(person)) for person in people])
    return form


def _named(person: Person) -> str:
    return " – ".join(part for part in (person.name, person.city or "") if part)


def _people() -> list[Person]:
    words = asked_words()
    return list(db.session.scalars(find_people(words).limit(FOUND)).unique()) if len(words) >= 2 else []


def _chosen(text: str | None) -> Person | None:
    try:
        return get_person(db.session, UUID(text or ""))
    except ValueError:
        return None

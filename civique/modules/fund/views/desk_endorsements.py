"""Supports that reach the mairie on paper, by telephone or at the counter: noted for a resident, or taken back for them."""

from uuid import UUID

from flask import session, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.fund.forms.endorsements import CounterEndorsementForm
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import endorsements
from civique.modules.fund.queries import endorsements as endorsement_queries
from civique.modules.fund.views.desk import blueprint, demand_or_404
from civique.web.access import allow
from civique.web.desk.counter import resident
from civique.web.desk.counter_forms import COUNTER_CHANNELS
from civique.web.forms import choices
from civique.web.pages import go, go_path, notice, page
from tenants.db import db


@blueprint.get("/soutiens/saisir")
@allow("fund.counter")
def endorse() -> Response:
    """Note the support of a resident, or that they no longer support a project."""
    person = resident()
    if person is None:
        return _choose_person()
    form = _form(person)
    form.channel.data = session.get("counter_channel", form.channel.data)
    return _endorsement_page(person, form)


@blueprint.post("/soutiens/saisir")
@allow("fund.counter")
def note_endorsement() -> Response:
    """Count the support; a comment waits to be read, as one from the site."""
    person = resident()
    if person is None:
        return _choose_person()
    form = _form(person)
    if form.validate():
        earlier = form.already()
        if earlier:
            return go_path(earlier)
        try:
            _note(person, form)
            session["counter_channel"] = form.channel.data
            notice(_("The support of %(name)s is counted.", name=person.name))
            return go_path(form.leads_to(url_for("fund_desk.endorse", personne=person.id)))
        except Refused as broken:
            db.session.rollback()
            form.refuse(broken)
            person = resident() or person
    return _endorsement_page(person, form, status=422)


def _note(person: Person, form: CounterEndorsementForm) -> None:
    demand, words = demand_or_404(UUID(form.request_id.data)), (form.comment.data or "").strip() if form.comment else ""
    if words:
        endorsements.write_comment(db.session, demand, person, words, form.channel.data)
    else:
        endorsements.endorse(db.session, demand, person, form.channel.data)


@blueprint.post("/soutiens/<uuid:request_id>/retirer")
@allow("fund.counter")
def withdraw_endorsement(request_id: UUID) -> Response:
    """A resident says that they no longer support a project; their comment goes too."""
    demand, person = demand_or_404(request_id), resident()
    if person is None:
        return _choose_person()
    endorsements.withdraw_endorsement(db.session, demand, person, by_agent=True)
    notice(_("%(name)s no longer supports this project.", name=person.name))
    return go("fund_desk.endorse", personne=person.id)


def _choose_person() -> Response:
    return go("desk_counter.person", pour="fund_desk.endorse")


def _form(person: Person) -> CounterEndorsementForm:
    form = CounterEndorsementForm()
    form.channel.choices = choices(COUNTER_CHANNELS.items())
    open_to = endorsement_queries.open_to(db.session, person) if endorsement_queries.endorsements_on(db.session) else ()
    known = endorsement_queries.endorsed_by(db.session, person)
    form.request_id.choices = choices([(r.id, _named(r, r.id in known)) for r in open_to], empty=_("Choose"))
    if not endorsement_queries.comments_on(db.session):
        del form.comment
    return form


def _named(demand: FundRequest, supported: bool) -> str:
    return _("%(title)s (supported already)", title=demand.title) if supported else demand.title


def _endorsement_page(person: Person, form: CounterEndorsementForm, status: int = 200) -> Response:
    supported = endorsement_queries.endorsements_of(db.session, person)
    return page("fund/desk/endorse.html", status=status, person=person, form=form, supported=supported)

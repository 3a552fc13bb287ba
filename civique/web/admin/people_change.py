"""Changing what is known of people: register, correct, verify, merge, proxies, give and erase their data."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from civique.core import audit, privacy
from civique.core.access.queries import is_last_administrator, live_grants
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.people import operations
from civique.core.people.models import Person, Proxy
from civique.core.people.queries import get_person, people_at, people_named, records_named, waiting_proxies
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.web.access import allow, visitor
from civique.web.account.held import as_json, key_label, shown
from civique.web.admin.people import person_or_404
from civique.web.admin.people_forms import (
    TRUST_SHORT,
    AddressForm,
    CorrectionForm,
    EraseForm,
    ProxyForm,
    RegistrationForm,
)
from civique.web.forms import choices
from civique.web.lists import row_or_404
from civique.web.pages import go, notice, page
from civique.web.submit import attempt, submit
from tenants.db import db

blueprint = Blueprint("people_change", __name__, url_prefix="/mairie/personnes")


@blueprint.route("/nouvelle", methods=["GET", "POST"])
@allow("core.people_change")
def register() -> Response:
    """Register somebody, with or without e-mail: a resident on paper has the same rights."""
    form = RegistrationForm()
    same: list[Person] = []

    def do() -> Person:
        facts = form.facts()
        if not facts.pop("somebody_else"):
            same.extend(people_named(db.session, facts["given_name"], facts["family_name"]))
        if same:
            raise Refused(_("Open the record that is there already, or tick that this is somebody else."))
        return operations.register_person(db.session, **{**facts, "email": form.email.data or None})

    return submit(
        form,
        do,
        again=lambda: page(
            "admin/people/register.html",
            form=form,
            same=same,
            person_url=lambda person: url_for("people.file", person_id=person.id),
        ),
        to=lambda person: url_for("people.file", person_id=person.id),
        said=lambda person: _("%(name)s is registered.", name=person.name),
    )


@blueprint.route("/<uuid:person_id>/corriger", methods=["GET", "POST"])
@allow("core.people_change")
def correct(person_id: UUID) -> Response:
    """Correct a record; when it moved meanwhile, nothing is overwritten and both versions are shown."""
    person = person_or_404(person_id)
    form = CorrectionForm(obj=person)
    return submit(
        form,
        lambda: operations.correct_person(db.session, person, **form.facts()),
        again=lambda: page("admin/people/correct.html", form=form, person=person),
        to=url_for("people.file", person_id=person.id),
        said=_("Saved."),
        about=lambda: person,
    )


def _colleague(person: Person) -> Response | None:
    """Whoever could give a colleague another address, or another record, could enter in their place: only those who give
    roles may."""
    if visitor().can("core.roles") or not db.session.scalars(live_grants(person.id)).first():
        return None
    notice(_("%(name)s works for the town hall: ask an administrator to do this.", name=person.name), "stop")
    return go("people.file", person_id=person.id)


@blueprint.post("/<uuid:person_id>/verifier")
@allow("core.people_change")
def verify(person_id: UUID) -> Response:
    """The mairie has seen who it is."""
    person = person_or_404(person_id)
    operations.verify_person(db.session, person)
    notice(_("%(name)s is verified.", name=person.name))
    return go("people.file", person_id=person.id)


@blueprint.route("/<uuid:person_id>/adresse", methods=["GET", "POST"])
@allow("core.people_change")
def add_address(person_id: UUID) -> Response:
    """Add an e-mail address; it counts once the person answered a code sent there."""
    person, form = person_or_404(person_id), AddressForm()
    if refused := _colleague(person):
        return refused

    def do() -> None:
        operations.add_address(db.session, person, str(form.email.data))
        audit.record(db.session, "person.address_added", person)

    def shown() -> Response:
        shared = [p for p in people_at(db.session, form.email.data or "") if p.id != person.id]
        return page("admin/people/address.html", form=form, person=person, shared=shared)

    return submit(
        form,
        do,
        again=shown,
        to=url_for("people.file", person_id=person.id),
        said=_("Address added. It will be confirmed at the first visit of %(name)s.", name=person.name),
    )


@blueprint.get("/<uuid:person_id>/fusionner/<uuid:double_id>")
@allow("core.people_change")
def confirm_merge(person_id: UUID, double_id: UUID) -> Response:
    """Both records side by side, and what will move."""
    kept, double = person_or_404(person_id), person_or_404(double_id)
    if refused := _colleague(kept) or _colleague(double):
        return refused
    if kept.id == double.id:
        return go("people.file", person_id=kept.id)
    return page(
        "admin/people/merge.html",
        kept=kept,
        double=double,
        trust=TRUST_SHORT,
        moves=_moves(double),
    )


def _moves(double: Person) -> dict[str, int]:
    """What a merge would move, in words; tables of modules count together."""
    words = {
        "email_address": _("E-mail addresses"),
        "message": _("Messages"),
        "question": _("Questions"),
        "role_grant": _("Roles"),
        "web_session": _("Open sessions"),
        "credential": _("Ways to enter"),
        "representative": _("Organisations"),
        "proxy": _("Relatives"),
        "consent": _("Answers yes or no"),
        "task": _("Long tasks"),
        "answer_due": _("Answers in hand"),
        "stored_file": _("Files"),
        "access_pass": _("Links that were sent"),
    }
    found: dict[str, int] = {}
    for table, number in operations.count_rows(db.session, double).items():
        label = words.get(table, _("Requests and entries in the modules"))
        found[label] = found.get(label, 0) + number
    return found


@blueprint.post("/<uuid:person_id>/fusionner/<uuid:double_id>")
@allow("core.people_change")
def merge(person_id: UUID, double_id: UUID) -> Response:
    """Make two records one."""
    kept, double = person_or_404(person_id), person_or_404(double_id)
    if refused := _colleague(kept) or _colleague(double):
        return refused
    return attempt(
        lambda: operations.merge_people(db.session, kept, double),
        url_for("people.file", person_id=kept.id),
        _("The two records are now one. The former one leads here."),
    )


@blueprint.get("/procurations")
@allow("core.people_change")
def proxies() -> Response:
    """Requests to act for a relative."""
    return _proxies_page()


def _proxies_page(refused: tuple[UUID, ProxyForm] | None = None) -> Response:
    waiting = waiting_proxies(db.session)
    forms = {proxy.id: _proxy_form(proxy, formdata=None) for proxy in waiting}
    return page(
        "admin/people/proxies.html", waiting=waiting, forms=forms | ({refused[0]: refused[1]} if refused else {})
    )


def _proxy_form(proxy: Proxy, **source: Any) -> ProxyForm:
    """Which record is the relative's: the only one of this name is proposed, several are a question, none needs one."""
    form, known = ProxyForm(prefix=f"{proxy.id}-", **source), records_named(db.session, proxy)
    if not known:
        del form.record
        return form
    pairs = [*((str(person.id), _identity(person)) for person in known), ("new", _("Somebody else: make a record"))]
    form.record.choices = choices(pairs, empty=_("Choose") if len(known) > 1 else None)
    return form


def _identity(person: Person) -> str:
    born = _("born on %(date)s", date=long_date(person.birth_date, weekday=False)) if person.birth_date else ""
    return ", ".join(part for part in (person.name, born, *person.postal_lines[1:]) if part)


@blueprint.post("/procurations/<uuid:proxy_id>/accepter")
@allow("core.people_change")
def accept_proxy(proxy_id: UUID) -> Response:
    """Accept that somebody acts for a relative, once their record is known."""
    proxy = row_or_404(Proxy, proxy_id, ended_at=None)
    form = _proxy_form(proxy)
    chosen = form.record.data if form.record else "new"

    def do() -> None:
        relative = None if chosen == "new" else get_person(db.session, UUID(chosen))
        operations.accept_proxy(db.session, proxy, relative)

    return submit(
        form,
        do,
        again=lambda: _proxies_page((proxy_id, form)),
        to=lambda _done: url_for("people.file", person_id=proxy.for_person_id),
        said=lambda _done: _("%(name)s may now act for %(relative)s.", name=proxy.person.name, relative=proxy.name),
    )


@blueprint.post("/procurations/<uuid:proxy_id>/terminer")
@allow("core.people_change")
def end_proxy(proxy_id: UUID) -> Response:
    """Refuse or end that somebody acts for a relative."""
    proxy = row_or_404(Proxy, proxy_id, ended_at=None)
    operations.end_proxy(db.session, proxy)
    notice(_("%(name)s may not act for %(relative)s.", name=proxy.person.name, relative=proxy.name))
    return go("people.file", person_id=proxy.for_person_id or proxy.person_id)


@blueprint.get("/<uuid:person_id>/donnees")
@allow("core.people_change")
def data(person_id: UUID) -> Response:
    """What the commune holds of a person, to print for them; the same as JSON."""
    person = person_or_404(person_id)
    audit.record(db.session, "data.exported", person)
    held = privacy.export_person(db.session, person, modules())
    if request.args.get("format") == "json":
        return as_json(held)
    kinds = [(kind, kind.kept(db.session)) for kind in privacy.kinds(db.session, modules())]
    return page("admin/people/data.html", person=person, kinds=kinds, held=held, key_label=key_label, shown=shown)


@blueprint.route("/<uuid:person_id>/effacer", methods=["GET", "POST"])
@allow("core.people_change")
def erase(person_id: UUID) -> Response:
    """Erase a person, after a typed confirmation."""
    person, form = person_or_404(person_id), EraseForm()
    if refused := _colleague(person):
        return refused
    last = is_last_administrator(db.session, person)

    def do() -> None:
        if last:
            raise Refused(_("This person is the only administrator: give the role to somebody else first."))
        if fold(form.confirmation.data) != fold(person.family_name):
            raise Refused(_("This is not the last name of the person."), "confirmation")
        audit.record(db.session, "person.erasure_decided", person, reason=form.reason.data)
        privacy.erase(db.session, person, modules())

    return submit(
        form,
        do,
        again=lambda: page("admin/people/erase.html", form=form, person=person, last=last),
        to=url_for("people.listing"),
        said=_("The person was erased. Counts and dates stay, without the name."),
    )

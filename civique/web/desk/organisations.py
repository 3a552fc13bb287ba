"""Associations and other groups: the list, the card, the validation, who speaks for them."""

from uuid import UUID

from flask import Blueprint, abort, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.organisations import operations as organisations
from civique.core.organisations.models import Organisation, Representative
from civique.core.organisations.queries import same_name
from civique.core.people.queries import get_person, suggested
from civique.core.refused import Refused
from civique.services.identifiers import format_phone
from civique.web.access import allow
from civique.web.desk.labels import ORGANISATION_KINDS
from civique.web.desk.organisation_forms import OrganisationForm
from civique.web.desk_list import DeskList, Filter, Order, anywhere, newest
from civique.web.lists import asked_words, row_or_404
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_organisations", __name__, url_prefix="/mairie/associations")
PERMISSION = "core.organisations"
LIST = DeskList(
    name="associations",
    title=_l("Associations and groups"),
    select=lambda: select(Organisation),
    columns=(
        Column(_l("Name"), lambda o: o.name),
        Column(_l("Kind"), lambda o: str(ORGANISATION_KINDS[o.kind])),
        Column(_l("SIRET number"), lambda o: o.siret),
        Column(_l("RNA number"), lambda o: o.rna),
        Column(_l("E-mail"), lambda o: o.email),
        Column(_l("Telephone"), lambda o: format_phone(o.phone)),
        Column(_l("Validated on"), lambda o: clock.local(o.validated_at).date() if o.validated_at else None),
        Column(_l("In the directory"), lambda o: _("yes") if o.listed else _("no")),
        Column(_l("What it does"), lambda o: o.purpose),
    ),
    template="desk/organisations/list.html",
    orders=(Order("nom", _l("Name"), Organisation.folded), newest(Organisation.created_at)),
    filters=(
        Filter("genre", _l("Kind"), ORGANISATION_KINDS, Organisation.kind),
        Filter(
            "etat",
            _l("State"),
            {"a-valider": _l("To validate"), "validees": _l("Validated")},
            lambda code: (Organisation.validated_at.is_(None)) == (code == "a-valider"),
        ),
    ),
    words=anywhere(Organisation.folded),
    words_label=_l("Words of the name"),
)
LIST.add_to(blueprint, PERMISSION, lambda: {"kinds": ORGANISATION_KINDS})


@blueprint.route("/ajouter", methods=["GET", "POST"])
@allow(PERMISSION)
def new() -> Response:
    """Add a group that the mairie knows: it is validated at once."""
    form = _prepared(OrganisationForm())

    def do() -> Organisation:
        _refuse_known(form)
        facts = form.facts()
        organisation = organisations.add_organisation(db.session, facts.pop("kind"), facts.pop("name"), **facts)
        organisations.validate_organisation(db.session, organisation)
        return organisation

    return submit(
        form,
        do,
        again=lambda: _edit(form),
        to=lambda made: _address(made.id),
        said=lambda made: _("“%(name)s” is added.", name=made.name),
    )


@blueprint.get("/<uuid:organisation_id>")
@allow(PERMISSION)
def card(organisation_id: UUID) -> Response:
    """The card and who speaks for the group; ``?q=`` looks for somebody to name."""
    organisation = row_or_404(Organisation, organisation_id)
    words = asked_words()
    return page(
        "desk/organisations/card.html",
        block="found",
        organisation=organisation,
        words=words,
        people=suggested(db.session, words),
        kinds=ORGANISATION_KINDS,
    )


@blueprint.route("/<uuid:organisation_id>/modifier", methods=["GET", "POST"])
@allow(PERMISSION)
def edit(organisation_id: UUID) -> Response:
    """Change the card, unless a colleague saved it in the meantime."""
    organisation = row_or_404(Organisation, organisation_id)
    form = _prepared(OrganisationForm(obj=organisation))

    def do() -> None:
        _refuse_known(form, organisation)
        organisations.correct_organisation(db.session, organisation, **form.facts())

    return submit(
        form,
        do,
        again=lambda: _edit(form, organisation),
        to=_address(organisation_id),
        said=_("Saved."),
        about=lambda: organisation,
    )


def _refuse_known(form: OrganisationForm, organisation: Organisation | None = None) -> None:
    """Two cards have not the same name; one that has it already keeps it."""
    known = same_name(db.session, form.name.data)
    if known is not None and known is not organisation and (not organisation or organisation.folded != known.folded):
        said = _("“%(name)s” is in the list already. Open its card, or write another name.", name=known.name)
        raise Refused(said, "name")


def _prepared(form: OrganisationForm) -> OrganisationForm:
    form.prepare()
    return form


def _edit(form: OrganisationForm, organisation: Organisation | None = None) -> Response:
    return page("desk/organisations/edit.html", form=form, organisation=organisation)


def _address(organisation_id: UUID) -> str:
    return url_for("desk_organisations.card", organisation_id=organisation_id)


@blueprint.post("/<uuid:organisation_id>/valider")
@allow(PERMISSION)
def validate(organisation_id: UUID) -> Response:
    """The mairie knows this group."""
    organisation = row_or_404(Organisation, organisation_id)
    organisations.validate_organisation(db.session, organisation)
    notice(_("“%(name)s” is validated.", name=organisation.name))
    return go("desk_organisations.card", organisation_id=organisation.id)


@blueprint.post("/<uuid:organisation_id>/representants")
@allow(PERMISSION)
def name_representative(organisation_id: UUID) -> Response:
    """Somebody speaks for the group, accepted at once since the mairie names them."""
    organisation = row_or_404(Organisation, organisation_id)
    try:
        person = get_person(db.session, UUID(request.form.get("person", "")))
    except ValueError:
        person = None
    if person is None:
        abort(404)
    function = request.form.get("function", "").strip()[:80]
    organisations.name_representative(db.session, organisation, person, function, accepted=True)
    notice(_("%(person)s may now act for “%(name)s”.", person=person.name, name=organisation.name))
    return go("desk_organisations.card", organisation_id=organisation.id)


@blueprint.post("/<uuid:organisation_id>/representants/<uuid:representative_id>/accepter")
@allow(PERMISSION)
def accept_representative(organisation_id: UUID, representative_id: UUID) -> Response:
    """Accept somebody who asked to speak for the group."""
    representative = _representative(organisation_id, representative_id)
    if representative.ended_at is None:
        organisations.accept_representative(db.session, representative)
        notice(_("%(person)s is accepted.", person=representative.person.name))
    return go("desk_organisations.card", organisation_id=organisation_id)


@blueprint.post("/<uuid:organisation_id>/representants/<uuid:representative_id>/terminer")
@allow(PERMISSION)
def end_representative(organisation_id: UUID, representative_id: UUID) -> Response:
    """Somebody no longer speaks for the group, or is refused."""
    representative = _representative(organisation_id, representative_id)
    if representative.ended_at is None:
        organisations.end_representative(db.session, representative)
        notice(_("%(person)s no longer acts for this group.", person=representative.person.name))
    return go("desk_organisations.card", organisation_id=organisation_id)


def _representative(organisation_id: UUID, representative_id: UUID) -> Representative:
    return row_or_404(Representative, representative_id, organisation_id=organisation_id)

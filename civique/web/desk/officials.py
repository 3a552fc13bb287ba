"""« Qui fait quoi »: the élus and services that the site shows."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import RadioField, StringField, TextAreaField

from civique.core.documents.operations import drop_file
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.officials import operations as officials
from civique.core.officials.models import Official
from civique.services.identifiers import format_phone
from civique.web.access import allow
from civique.web.desk.pictures import PictureFields, keep_picture
from civique.web.desk_list import DeskList, Filter, Order, anywhere
from civique.web.forms import EmailField, OnceForm, PhoneField, RevisionField, at_most, optional, required
from civique.web.lists import row_or_404
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from civique.web.tables import Column
from civique.web.villages import VillageField
from tenants.db import db

blueprint = Blueprint("desk_officials", __name__, url_prefix="/mairie/qui-fait-quoi")
PERMISSION = "core.publish"
KINDS = {"elected": _l("Elected member"), "service": _l("Service of the town hall")}
LIST = DeskList(
    name="qui-fait-quoi",
    title=_l("Who does what"),
    select=lambda: select(Official),
    columns=(
        Column(_l("Kind"), lambda o: str(KINDS[o.kind])),
        Column(_l("Name"), lambda o: o.name),
        Column(_l("Function"), lambda o: o.function),
        Column(_l("Village"), lambda o: o.territory.name if o.territory else ""),
        Column(_l("Telephone"), lambda o: format_phone(o.phone)),
        Column(_l("E-mail"), lambda o: o.email),
    ),
    template="desk/officials/list.html",
    orders=(Order("site", _l("Order of the site"), officials.ON_SITE), Order("nom", _l("Name"), Official.name)),
    filters=(Filter("genre", _l("Kind"), KINDS, Official.kind),),
    words=anywhere(Official.name, Official.function),
    words_label=_l("Words of the name or function"),
)


class OfficialForm(OnceForm, PictureFields):
    """A card: who, what for, how to reach."""

    revision = RevisionField()
    kind = RadioField(_l("Kind"), [required(_l("Choose a kind."))], choices=list(KINDS.items()))
    name = StringField(_l("Name"), [required(_l("Write the name.")), at_most(120)])
    function = StringField(_l("Function"), [optional(), at_most(160)])
    about = TextAreaField(_l("In charge of"), [optional(), at_most(600)], render_kw={"rows": 3})
    phone = PhoneField(_l("Telephone shown on the site"), [optional()])
    email = EmailField(_l("E-mail shown on the site"), [optional()])
    territory_id = VillageField(_l("Village"))

    def facts(self) -> dict[str, Any]:
        """What the card keeps."""
        words = {name: self[name].data or "" for name in ("function", "about")}
        return words | {name: self[name].data for name in ("kind", "name", "phone", "email", "territory_id")}


LIST.add_to(blueprint, PERMISSION, lambda: {"kinds": KINDS})


@blueprint.route("/ajouter", methods=["GET", "POST"])
@allow(PERMISSION)
def new() -> Response:
    """Show somebody or a service."""
    form = OfficialForm()

    def do() -> Official:
        official = officials.add_official(db.session, **form.facts())
        keep_picture(form, official)
        return official

    return submit(
        form,
        do,
        again=lambda: page("desk/officials/edit.html", form=form, official=None),
        to=url_for("desk_officials.listing"),
        said=lambda official: _("“%(name)s” is added.", name=official.name),
    )


@blueprint.route("/<uuid:official_id>", methods=["GET", "POST"])
@allow(PERMISSION)
def edit(official_id: UUID) -> Response:
    """Change a card, unless a colleague saved it in the meantime."""
    official = row_or_404(Official, official_id)
    form = OfficialForm(obj=official, alternative=official.picture.alternative if official.picture else "")

    def do() -> None:
        keep_picture(form, official)
        officials.change_official(db.session, official, **form.facts())

    return submit(
        form,
        do,
        again=lambda: page("desk/officials/edit.html", form=form, official=official),
        to=url_for("desk_officials.listing"),
        said=_("Saved."),
        about=lambda: official,
    )


@blueprint.post("/<uuid:official_id>/deplacer")
@allow(PERMISSION)
def move(official_id: UUID) -> Response:
    """Up or down among the cards of its kind."""
    official = row_or_404(Official, official_id)
    officials.move_official(db.session, official, -1 if request.form.get("sens") == "haut" else 1)
    return go("desk_officials.listing")


@blueprint.route("/<uuid:official_id>/supprimer", methods=["GET", "POST"])
@allow(PERMISSION)
def remove(official_id: UUID) -> Response:
    """Take a card away."""
    official = row_or_404(Official, official_id)
    if request.method == "GET":
        return page("desk/officials/remove.html", official=official)
    picture = official.picture
    officials.remove_official(db.session, official)
    if picture is not None:
        drop_file(db.session, picture)
    notice(_("“%(name)s” is no longer shown.", name=official.name))
    return go("desk_officials.listing")

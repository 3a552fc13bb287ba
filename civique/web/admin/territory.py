"""Territory: communes déléguées to confirm, quarters, schools."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.territory import operations
from civique.core.territory.models import Place, Territory
from civique.core.territory.queries import places, territories
from civique.web.access import allow
from civique.web.admin.setup import step_page, under_way
from civique.web.admin.shapes import MOST_BYTES, read_shape
from civique.web.forms import BaseForm, OnceForm, at_most, choices, optional, required
from civique.web.lists import row_or_404
from civique.web.pages import go_path, notice, page
from civique.web.submit import submit
from civique.web.uploads import UploadField
from tenants.db import db

blueprint = Blueprint("territory", __name__, url_prefix="/mairie")


class OutlineForm(BaseForm):
    """An outline, if there is one."""

    shape = TextAreaField(_l("Outline, pasted as GeoJSON"), [optional()], render_kw={"rows": 3, "spellcheck": "false"})
    shape_file = UploadField(
        _l("Or a GeoJSON file"), kept=False, render_kw={"accept": ".geojson,.json,application/geo+json"}
    )


class DelegatedForm(OutlineForm):
    """A commune déléguée."""

    name = StringField(_l("Name"), [required(_l("Write a name.")), at_most(120)])


class QuarterForm(OutlineForm, OnceForm):
    """A quarter: a name, a few words or a list of places."""

    name = StringField(_l("Name of the quarter"), [required(_l("Write a name.")), at_most(120)])
    description = TextAreaField(_l("What it covers"), [optional(), at_most(2000)], render_kw={"rows": 4})


class SchoolForm(OnceForm):
    """A school."""

    name = StringField(_l("Name of the school"), [required(_l("Write a name.")), at_most(120)])
    level = SelectField(_l("Level"), [optional()])
    street = StringField(_l("Address"), [optional(), at_most(200)])
    territory_id = SelectField(_l("Where it is"), [optional()])


LEVELS = (
    ("maternelle", _l("Nursery school")),
    ("elementaire", _l("Elementary school")),
    ("primaire", _l("Primary school")),
    ("college", _l("Secondary school (collège)")),
    ("lycee", _l("High school (lycée)")),
)
LEVEL_LABELS = dict(LEVELS)


@blueprint.get("/reglages/territoire", defaults={"set_up": False})
@blueprint.get("/mise-en-route/territoire", defaults={"set_up": True})
@allow("core.settings")
def overview(set_up: bool) -> Response:
    """Communes déléguées (absent when there are none), quarters, schools."""
    return step_page(
        "admin/settings/territory.html",
        "territory",
        set_up,
        delegated=territories(db.session, "delegated", shapes=True),
        quarters=territories(db.session, "quarter", shapes=True),
        schools=places(db.session, "school"),
        levels=LEVEL_LABELS,
    )


def _back(_done: Any = None) -> str:
    return url_for("territory.overview", set_up=under_way("territory"))


@blueprint.route("/reglages/territoire/<uuid:territory_id>", methods=["GET", "POST"])
@allow("core.settings")
def territory(territory_id: UUID) -> Response:
    """Correct a commune déléguée or a quarter."""
    row = row_or_404(Territory, territory_id)
    shape = json.dumps(row.shape) if row.shape else ""
    data = {"name": row.name, "description": row.description, "shape": shape}
    form = QuarterForm(data=data) if row.kind == "quarter" else DelegatedForm(data=data)
    return submit(
        form,
        lambda: operations.correct_territory(db.session, row, **_facts(form)),
        again=lambda: page("admin/settings/quarter.html", form=form, territory=row),
        to=_back,
        said=_("Saved."),
    )


@blueprint.route("/reglages/quartiers/nouveau", methods=["GET", "POST"])
@allow("core.settings")
def new_quarter() -> Response:
    """Add a quarter."""
    form = QuarterForm()
    return submit(
        form,
        lambda: operations.add_territory(db.session, "quarter", **_facts(form)),
        again=lambda: page("admin/settings/quarter.html", form=form, territory=None),
        to=_back,
        said=_("Quarter added."),
    )


@blueprint.post("/reglages/territoire/<uuid:territory_id>/retirer")
@allow("core.settings")
def remove_territory(territory_id: UUID) -> Response:
    """Remove a territory; people and places stay."""
    row = row_or_404(Territory, territory_id)
    operations.remove_territory(db.session, row)
    notice(_("%(name)s was removed.", name=row.name))
    return go_path(_back())


def _facts(form: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": form.name.data}
    if isinstance(form, QuarterForm):
        facts["description"] = form.description.data or ""
    text = form.shape.data or ""
    if form.shape_file.data is not None:
        text = form.shape_file.data.stream.read(MOST_BYTES + 1).decode("utf-8", "replace")
    facts["shape"] = read_shape(text) if text else None
    return facts


def _school_form(place: Place | None = None) -> SchoolForm:
    data = {"territory_id": str(place.territory_id or ""), "level": place.level} if place else {}
    form = SchoolForm(obj=place, data=data)
    form.level.choices = choices(LEVELS, empty=_("Not said"))
    form.territory_id.choices = choices([(t.id, t.name) for t in territories(db.session)], empty=_("Not said"))
    return form


@blueprint.route("/reglages/ecoles/nouvelle", methods=["GET", "POST"])
@allow("core.settings")
def new_school() -> Response:
    """Add a school."""
    form = _school_form()
    return submit(
        form,
        lambda: operations.add_place(db.session, "school", form.name.data, **_school_facts(form)),
        again=lambda: page("admin/settings/school.html", form=form, school=None),
        to=_back,
        said=_("School added."),
    )


@blueprint.route("/reglages/ecoles/<uuid:place_id>", methods=["GET", "POST"])
@allow("core.settings")
def school(place_id: UUID) -> Response:
    """Correct a school."""
    row = _school(place_id)
    form = _school_form(row)
    return submit(
        form,
        lambda: operations.correct_place(db.session, row, name=form.name.data, **_school_facts(form)),
        again=lambda: page("admin/settings/school.html", form=form, school=row),
        to=_back,
        said=_("Saved."),
    )


@blueprint.post("/reglages/ecoles/<uuid:place_id>/retirer")
@allow("core.settings")
def remove_school(place_id: UUID) -> Response:
    """Remove a school."""
    row = _school(place_id)
    operations.remove_place(db.session, row)
    notice(_("%(name)s was removed.", name=row.name))
    return go_path(_back())


def _school(place_id: UUID) -> Place:
    return row_or_404(Place, place_id, kind="school")


def _school_facts(form: SchoolForm) -> dict[str, Any]:
    chosen = form.territory_id.data
    return {
        "level": form.level.data or "",
        "street": form.street.data or "",
        "territory_id": UUID(chosen) if chosen else None,
    }

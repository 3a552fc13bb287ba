"""Pages of the sample module."""

from datetime import date

from flask import Blueprint
from sqlalchemy import select
from wtforms import DateField, StringField

from civique.core.i18n import _l
from civique.web.access import PUBLIC, SIGNED_IN, allow, me
from civique.web.forms import OnceForm, required
from civique.web.pages import go, go_path, page
from tenants.db import db
from tests.sample.models import Pickup
from tests.sample.operations import ask_pickup

blueprint = Blueprint("sample", __name__, url_prefix="/encombrants", template_folder="templates")


class PickupForm(OnceForm):
    what = StringField(_l("What is to be collected?"), [required()])
    day = DateField(_l("Day"), [required()], default=date(2026, 12, 1))


@blueprint.get("")
@allow(PUBLIC)
def listing():
    return page("sample/listing.html", days=db.session.scalars(select(Pickup.day)).all())


@blueprint.get("/demander")
@allow(SIGNED_IN)
def form():
    return page("sample/form.html", form=PickupForm())


@blueprint.post("/demander")
@allow(SIGNED_IN)
def ask():
    form = PickupForm()
    if not form.validate():
        return page("sample/form.html", status=422, form=form)
    earlier = form.already()
    if earlier:
        return go_path(earlier)
    ask_pickup(db.session, me(), form.what.data, form.day.data)
    return go_path(form.leads_to("/encombrants"))


@blueprint.get("/tournee")
@allow("sample.collect")
def round_():
    return page("sample/listing.html", days=db.session.scalars(select(Pickup.day)).all())


@blueprint.get("/ailleurs")
@allow(PUBLIC)
def elsewhere():
    return go("sample.listing")

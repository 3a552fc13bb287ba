"""Pages of the sample module."""

from datetime import date

from flask import Blueprint
from sqlalchemy import extract, func, select
from wtforms import DateField, StringField

from civique.core.i18n import _l
from civique.core.paper import Lines, PaperForm, Section, render_form
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant
from civique.web.calendars import Moment
from civique.web.desk_list import Filter, Order, anywhere, newest
from civique.web.feeds import Entry, atom
from civique.web.forms import OnceForm, required
from civique.web.pages import as_pdf, go, page
from civique.web.public_list import PublicList
from civique.web.submit import submit
from civique.web.tables import Column, download
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


PublicList(
    name="ramassages",
    title=_l("Collections to come"),
    select=lambda: select(Pickup).where(Pickup.reminded.is_(False)),
    template="sample/pickups.html",
    orders=(Order("jour", _l("Day"), Pickup.day), newest(Pickup.created_at)),
    filters=(Filter("quand", _l("When?"), {"decembre": "Décembre"}, lambda code: extract("month", Pickup.day) == 12),),
    words=anywhere(func.lower(Pickup.what)),
    words_label=_l("What?"),
    entry=lambda pickup: Entry(f"/encombrants/ramassages#{pickup.id}", pickup.what, pickup.created_at),
    feed=_l("Collections to come"),
    calendar=lambda pickup: Moment(pickup.id, pickup.what, "/encombrants/ramassages", pickup.day),
    data=lambda pickup: {"jour": pickup.day.isoformat(), "objet": pickup.what},
).add_to(blueprint, path="/ramassages", endpoint="pickups")


@blueprint.route("/demander", methods=["GET", "POST"])
@allow(SIGNED_IN)
def ask():
    form = PickupForm()
    return submit(
        form,
        lambda: ask_pickup(db.session, applicant(), form.what.data, form.day.data),
        again=lambda: page("sample/form.html", form=form),
        to="/encombrants",
    )


@blueprint.get("/tournee")
@allow("sample.collect")
def round_():
    return page("sample/listing.html", days=db.session.scalars(select(Pickup.day)).all())


@blueprint.get("/tournees.atom")
@allow(PUBLIC)
def feed():
    rows = db.session.scalars(select(Pickup).order_by(Pickup.created_at.desc()).limit(20))
    return atom("Ramassages", "/encombrants/tournees.atom", [Entry("/encombrants", p.what, p.created_at) for p in rows])


@blueprint.get("/tournees.csv")
@allow(PUBLIC)
def days():
    return download("csv", "tournees", (Column(_l("Day"), lambda p: p.day),), db.session.scalars(select(Pickup)))


@blueprint.get("/formulaire.pdf")
@allow(PUBLIC)
def paper():
    asked = Section("", [Lines(str(PickupForm.what.args[0]))])
    form = PaperForm("Ramassage des encombrants", "ENC-F", "/encombrants/demander", [asked])
    return as_pdf(render_form(db.session, form), "encombrants")


@blueprint.get("/ailleurs")
@allow(PUBLIC)
def elsewhere():
    return go("sample.listing")

"""Residents read, endorse and comment the collections to come."""

from flask import abort
from sqlalchemy import select

from civique.core import clock, settings
from civique.core.endorsements.declarations import Subject, Subjects
from civique.core.endorsements.paper import endorsement_form
from civique.core.endorsements.queries import supports_of
from civique.core.paper import Value
from civique.web.endorsements import SubjectPages
from tenants.db import db
from tests.sample.models import Pickup
from tests.sample.settings import Rounds
from tests.sample.views import blueprint


def describe(pickup):
    return Subject(pickup, pickup.what, f"/encombrants/a-venir/{pickup.id}", "/encombrants/tournee")


def reading():
    return Pickup.day >= clock.today()


def over(moment):
    return select(Pickup.id).where(Pickup.day < moment.date())


def wanted(session):
    return settings.get(session, Rounds).supports


SUBJECTS = Subjects(
    model=Pickup,
    describe=describe,
    endorsed=wanted,
    commented=wanted,
    readable=lambda pickup: pickup.day >= clock.today(),
    reading=reading,
    own=lambda person: Pickup.person_id == person.id,
    over=over,
)


def rows():
    return select(Pickup.id, Pickup.what.label("title"), supports_of(Pickup.id)).where(reading()).order_by(Pickup.day)


def sheet(session, pickup):
    facts = [Value("Jour", pickup.day.isoformat())]
    return endorsement_form(session, SUBJECTS, describe(pickup), "ENC", "Un soutien.", facts), "soutenir"


SubjectPages(
    blueprint=blueprint,
    kind=SUBJECTS,
    place="/a-venir",
    rows=rows,
    load=lambda pickup_id: db.session.get(Pickup, pickup_id) or abort(404),
    list_template="sample/subjects.html",
    template="sample/subject.html",
    paper=sheet,
    elsewhere=lambda pickup: "/encombrants" if pickup.reminded else "",
).add_routes()

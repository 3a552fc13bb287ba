"""Residents endorse and comment the collections to come."""

from sqlalchemy import select

from civique.core import clock
from civique.core.endorsements.declarations import Subject, Subjects
from tests.sample.models import Pickup


def describe(pickup):
    return Subject(pickup, pickup.what, "/encombrants", "/encombrants/tournee")


def readable(_session):
    return select(Pickup.id).where(Pickup.day >= clock.today())


def open_to(session, _person):
    query = select(Pickup).where(Pickup.id.in_(readable(session))).order_by(Pickup.day, Pickup.id)
    return [describe(pickup) for pickup in session.scalars(query)]


def always(_session):
    return True


SUBJECTS = Subjects(Pickup, describe, always, always, readable, open_to)

"""The collections of a year are counted; before the software they were noted in a ledger."""

from sqlalchemy import Integer, extract, select

from civique.core.evaluations.declarations import Evaluated, Row
from civique.core.i18n import _l
from tests.sample.models import Pickup

YEAR = extract("year", Pickup.day).cast(Integer)


def years(session):
    return session.scalars(select(YEAR).distinct()).all()


def count(session, year):
    objects = session.scalars(select(Pickup.what).where(year == YEAR)).all()
    return {"pickups": len(objects), "channels": {"web": {"pickups": len(objects)}}}


COLLECTED = Row("pickups", _l("Bulky waste collection"), main=True, typed="required")
EVALUATED = Evaluated(
    "encombrants", "indicators.read", "core.publish", years, count, (COLLECTED,), columns=(COLLECTED,)
)

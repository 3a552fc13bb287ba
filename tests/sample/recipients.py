"""Collections take contributions: a lorry, a few hands. A collection of a day that is over thanks, and takes no more."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from civique.core import clock
from civique.core.contributions.declarations import Need, Recipient, Recipients
from civique.core.contributions.operations import use_contribution
from tests.sample.models import Pickup

HANDS = Decimal(4)


def find(session):
    pickups = session.scalars(select(Pickup).order_by(Pickup.day.desc(), Pickup.id))
    return [
        Recipient(pickup, f"encombrants-{pickup.day}", f"Ramassage : {pickup.what}", open=pickup.day >= clock.today())
        for pickup in pickups
    ]


def needs(_session, pickup):
    if pickup.day - clock.today() > timedelta(days=7):
        return []
    return [Need(pickup.id, pickup.what, "/encombrants/tournee", "human", "bras", "heures", HANDS)]


def serve(session, contribution, need_id, quantity) -> None:
    pickup = session.get(Pickup, need_id)
    if pickup is None:
        raise LookupError(need_id)
    use_contribution(session, contribution, pickup, quantity)


RECIPIENTS = Recipients(find, needs, serve)

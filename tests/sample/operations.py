"""Writing the sample module."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.agenda.operations import plan_for
from civique.core.i18n import gettext as _
from civique.core.stall.forms import Received
from tests.sample.models import Pickup


def ask_pickup(session, person, what: str, day: date) -> Pickup:
    """Ask for a collection; it enters the commune's agenda."""
    pickup = Pickup(person_id=person.id if person else None, what=what, day=day)
    session.add(pickup)
    session.flush()
    starts = datetime.combine(day, time(8), clock.zone())
    plan_for(session, pickup, title=_("Bulky waste collection"), starts_at=starts, all_day=True)
    audit.record(session, "sample.asked", pickup)
    return pickup


def remind(session) -> None:
    """Note the collections of tomorrow; running it twice changes nothing."""
    tomorrow = clock.today() + timedelta(days=1)
    for pickup in session.scalars(select(Pickup).where(Pickup.day == tomorrow, Pickup.reminded.is_(False))):
        pickup.reminded = True
    session.flush()


def note_help(session, helped) -> None:
    """A project was helped: there may be something to collect once it is over."""
    audit.record(session, "sample.project_helped", project=helped.project.object_id, cents=helped.amount_cents)


def note_report(session, reported) -> None:
    """It is over."""
    audit.record(session, "sample.project_reported", project=reported.project.object_id)


def receive_pickup(session, facts) -> Received:
    """Take what was told at a stall: collected tomorrow, for nobody in particular."""
    pickup = Pickup(
        what=f"{facts.values['what']} {facts.values['size']}".strip(), day=clock.today() + timedelta(days=1)
    )
    session.add(pickup)
    session.flush()
    return Received(pickup, "", "/encombrants")

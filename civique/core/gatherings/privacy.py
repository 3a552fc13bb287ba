"""Personal data of those who register to gatherings: shown to them, erased with them, forgotten with time."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from civique.core import clock, settings
from civique.core.agenda.models import Event
from civique.core.commune import duration
from civique.core.gatherings.models import Gathering, Registration, RegistrationState
from civique.core.gatherings.registrations import cancel_registration
from civique.core.gatherings.settings import GatheringSettings
from civique.core.i18n import gettext as _
from civique.core.i18n import ngettext
from civique.core.passes.operations import revoke
from civique.core.people.models import Person
from tenants.session import TenantSession

MONTH = timedelta(days=30.44)
NOBODY: dict[str, Any] = {"person_id": None, "name": "", "email": "", "phone": "", "needs": {}}


def export_registrations(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Gatherings to which the person is invited or registered, also from an address of theirs."""
    query = select(Registration).where(_theirs(person)).order_by(Registration.created_at)
    return [
        {
            "gathering": r.gathering.event.title,
            "date": r.gathering.event.starts_at.isoformat(),
            "name": r.name,
            "email": r.email,
            "phone": r.phone,
            "channel": r.channel,
            "registration": r.state,
            "adults": r.adults,
            "children": r.children,
            "needs": " ".join(r.needs.values()),
            "came": r.came,
        }
        for r in session.scalars(query)
    ]


def erase_registrations(session: TenantSession, person: Person) -> None:
    """Who registered is forgotten, how many came stays; a seat that is still to come goes to somebody who waits."""
    taking = {RegistrationState.REGISTERED, RegistrationState.WAITING}
    for registration in session.scalars(select(Registration).where(_theirs(person))).all():
        to_come = registration.gathering.event.starts_at > clock.now() and registration.came is None
        if to_come and registration.state in taking:
            cancel_registration(session, registration)
        revoke(session, registration)
        for name, nothing in NOBODY.items():
            setattr(registration, name, nothing)
    session.flush()
    checked = update(Registration).where(Registration.came_by_id == person.id)
    session.execute(checked.values(came_by_id=None))


def forget_registrations(session: TenantSession) -> int:
    """Erase needs soon after a gathering, names later. Twice is once.

    Returns:
        How many registrations have lost something.
    """
    keep, now = settings.get(session, GatheringSettings), clock.now()
    said = Registration.gathering_id.in_(_over(now - timedelta(days=keep.needs_days))), Registration.needs != {}
    old = Registration.gathering_id.in_(_over(now - keep.names_months * MONTH))
    series = select(Gathering.id).where(Gathering.series != "")
    path = Registration.gathering_id.in_(series) & Registration.person_id.is_not(None) & (Registration.came > 0)
    named = or_(Registration.name != "", Registration.person_id.is_not(None)) & ~path
    contact = path & or_(Registration.email != "", Registration.phone != "")
    number = 0
    for values, conditions in (
        ({"needs": {}}, said),
        (NOBODY, (old, named)),
        ({"email": "", "phone": ""}, (old, contact)),
    ):
        forgotten = session.execute(update(Registration).where(*conditions).values(**values))
        number += int(forgotten.rowcount)  # type: ignore[attr-defined]
    return number


def registrations_kept(session: TenantSession) -> str:
    """How long, in words."""
    keep = settings.get(session, GatheringSettings)
    return _(
        "%(names)s after the gathering; needs, %(needs)s",
        names=duration(keep.names_months),
        needs=ngettext("one day", "%(num)s days", keep.needs_days),
    )


def _over(moment: Any) -> Any:
    """Ids of the gatherings that ended before a moment."""
    ended = func.coalesce(Event.ends_at, Event.starts_at) < moment
    return select(Gathering.id).join(Gathering.event).where(ended)


def _theirs(person: Person) -> Any:
    addresses = [address.address for address in person.emails if address.confirmed_at]
    nobody = Registration.person_id.is_(None) & Registration.email.in_(addresses)
    return or_(Registration.person_id == person.id, nobody)

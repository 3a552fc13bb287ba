"""Inviting people to a gathering, and reminding those who are registered."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, select
from uuid_utils.compat import uuid7

from civique.core import audit, clock
from civique.core.agenda.models import Event
from civique.core.gatherings import messages
from civique.core.gatherings.models import Gathering, Opening, Registration, RegistrationState
from civique.core.gatherings.queries import PLANNED, is_open
from civique.core.i18n import gettext as _
from civique.core.messages.models import Message
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession

LETTER_BEFORE = timedelta(days=8)
"""How long before a gathering a reminder by letter is put on the pile: it has to be printed and carried."""
LETTER_LATEST = timedelta(days=4)
"""When a letter would come too late."""


def invite(session: TenantSession, gathering: Gathering, people: Iterable[Person]) -> int:
    """Invite people, by e-mail or by letter; who is invited or registered already is left alone, also who declined.

    Returns:
        How many are invited now who were not.

    Raises:
        Refused: ``closed``, registration is not open.
    """
    opening = session.scalars(select(Opening).where(Opening.gathering_id == gathering.id).with_for_update()).first()
    if not is_open(gathering, opening):
        raise Refused(_("Open the registration first: those who are invited answer there."), rule="closed")
    there = select(Registration.person_id).where(Registration.gathering_id == gathering.id)
    known = set(session.scalars(there.where(Registration.person_id.is_not(None))))
    number = 0
    for person in people:
        if person.id in known or not person.active:
            continue
        known.add(person.id)
        invited = Registration(
            gathering_id=gathering.id,
            person_id=person.id,
            name=person.name,
            state=RegistrationState.INVITED,
            key=uuid7(),
        )
        session.add(invited)
        session.flush()
        messages.tell_invited(session, invited)
        number += 1
    audit.record(session, "gathering.invited", gathering, people=number)
    return number


def remind_gatherings(session: TenantSession) -> None:
    """Remind those who are registered: by e-mail the day before, by letter a week before when they have known it for longer.
    A second run, or one that was killed, writes nothing twice."""
    now = clock.now()
    tomorrow = clock.today() + timedelta(days=1)
    near = select(Gathering).join(Gathering.event).where(*PLANNED, Event.starts_at > now)
    near = near.where(Event.starts_at < now + LETTER_BEFORE).order_by(Gathering.id).with_for_update(of=Gathering)
    for gathering in session.scalars(near).all():
        told = _told(session, gathering)
        left = gathering.event.starts_at - now
        for registration in session.scalars(_registered(gathering)).all():
            way = messages.reached_by(registration)
            by_email = way == "email" and gathering.day <= tomorrow
            by_letter = way == "letter" and left > LETTER_LATEST and _long_known(registration, now)
            if (by_email or by_letter) and registration.id not in told:
                messages.tell_reminded(session, registration)


def _registered(gathering: Gathering) -> Select[Registration]:
    where = Registration.gathering_id == gathering.id, Registration.state == RegistrationState.REGISTERED
    return select(Registration).where(*where).order_by(Registration.id)


def _told(session: TenantSession, gathering: Gathering) -> set[UUID | None]:
    """Registrations that were reminded of this moment; of an earlier one, which was moved, they are reminded again."""
    since = gathering.event.starts_at - LETTER_BEFORE
    own = select(Registration.id).where(Registration.gathering_id == gathering.id)
    query = select(Message.object_id).where(Message.kind == "gathering.reminder", Message.object_id.in_(own))
    return set(session.scalars(query.where(Message.created_at >= since)))


def _long_known(registration: Registration, now: datetime) -> bool:
    return registration.created_at < now - LETTER_BEFORE

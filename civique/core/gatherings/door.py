"""The door: who came, noted on several telephones, some of them without network, once each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.events import tell
from civique.core.gatherings.events import GatheringJoined
from civique.core.gatherings.models import Gathering, Registration, RegistrationState
from civique.core.gatherings.operations import refuse_cancelled
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from tenants.session import TenantSession

MOST = 500


def check_in(
    session: TenantSession,
    registration: Registration,
    *,
    came: int,
    key: UUID,
    at: datetime,
    instead_of: UUID | None = None,
) -> Registration:
    """Note how many of a registration came. What was noted first stays: compare ``came_key`` with ``key`` to know whether
    it was this one.

    Args:
        came: people, who may be more than were registered; 0 only takes an earlier check-in back.
        key: number of this check-in, made where it was made: sent again, it changes nothing.
        at: when they came, by that telephone; a moment to come is read as now.
        instead_of: number of the check-in that this one corrects; when it is no longer the one that holds, nothing changes.

    Raises:
        Refused: ``cancelled``, ``came``.
    """
    session.refresh(registration, with_for_update={"of": Registration})
    gathering = registration.gathering
    refuse_cancelled(gathering)
    _refuse_number(came, least=0 if instead_of else 1)
    if registration.came_key == key or registration.came_key != instead_of:
        return registration
    registration.came = came or None
    registration.came_at, registration.came_by_id = min(at, clock.now()) if came else None, session.actor_id
    registration.came_key = key
    session.flush()
    audit.record(session, "gathering.checked_in", registration, came=came)
    tell(session, GatheringJoined(gathering.id, gathering.kind, registration.person_id, came))
    return registration


def add_at_door(
    session: TenantSession, gathering: Gathering, *, name: str, came: int, key: UUID, at: datetime
) -> Registration:
    """Somebody came without being registered. Sent again, it gives what the first sending made.

    Raises:
        Refused: ``cancelled``, ``came``, ``name``.
    """
    session.execute(select(Gathering.id).where(Gathering.id == gathering.id).with_for_update())
    before = session.scalars(select(Registration).where(Registration.key == key)).one_or_none()
    if before is not None:
        return before
    if not name.strip() or len(name) > 170:
        raise Refused(_("Write the name."), "name", rule="name")
    _refuse_number(came, least=1)
    registration = Registration(
        gathering_id=gathering.id,
        name=name.strip(),
        channel="meeting",
        adults=came,
        state=RegistrationState.REGISTERED,
        key=key,
    )
    session.add(registration)
    session.flush()
    return check_in(session, registration, came=came, key=key, at=at)


def _refuse_number(came: int, least: int) -> None:
    if not least <= came <= MOST:
        raise Refused(_("Say how many came, between 1 and %(most)s.", most=MOST), "came", rule="came")

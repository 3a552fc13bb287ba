"""Registering to a gathering: who comes, with whom, and who waits for a seat.

Whatever changes how many seats are taken locks the opening first, so that the last one is given once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from civique.core import audit, clock
from civique.core.gatherings import messages
from civique.core.gatherings.declarations import NEEDS
from civique.core.gatherings.models import Gathering, Opening, Registration, RegistrationState
from civique.core.gatherings.operations import refuse_unplanned
from civique.core.gatherings.queries import in_wait, is_open, registration_of, seats_taken
from civique.core.i18n import get_locale, ngettext
from civique.core.i18n import gettext as _
from civique.core.people.events import PeopleMerged
from civique.core.people.models import Person
from civique.core.refused import Refused, refuse_all
from tenants.session import TenantSession

NEED_LENGTH = 300
PARTY = 60
"""The most people of one registration, whatever the opening says: a class and those who go with it."""


def open_registration(
    session: TenantSession,
    gathering: Gathering,
    *,
    seats: int | None = None,
    companions: int = 0,
    children: bool = False,
    needs: Sequence[str] = (),
    closes_at: datetime | None = None,
    audience: str = "public",
) -> Opening:
    """Open the registration to a gathering, or change what it asks; more seats go to those who wait.

    Args:
        seats: how many people there is room for; None for no limit.
        companions: the most that one may bring along, children included.
        children: whether children are counted apart.
        needs: codes of ``NEEDS``.
        closes_at: last moment; the beginning of the gathering without it.
        audience: ``public``, or ``invited`` when only those who are invited register on the site.

    Raises:
        Refused: ``not_planned``; ``closes_late``, it would close after the beginning; ``seats_taken``, more are taken.
    """
    refuse_unplanned(gathering)
    if closes_at is not None and closes_at > gathering.event.starts_at:
        raise Refused(_("Registration closes at the latest when it begins."), "closes_at", rule="closes_late")
    opening = _locked(session, gathering) or Opening(gathering_id=gathering.id)
    taken = seats_taken(session, gathering.id)
    if seats is not None and seats < taken:
        sentence = ngettext("One seat is taken already.", "%(num)s seats are taken already.", taken)
        raise Refused(sentence, "seats", rule="seats_taken")
    opening.seats, opening.companions, opening.children = seats, companions, children
    opening.needs = [code for code in NEEDS if code in needs]
    opening.closes_at, opening.audience, opening.closed_at = closes_at, audience, None
    session.add(opening)
    session.flush()
    session.expire(gathering, ["opening"])
    audit.record(session, "gathering.registration_opened", gathering, seats=seats, audience=audience)
    _move_up(session, gathering, opening)
    return opening


def close_registration(session: TenantSession, gathering: Gathering) -> None:
    """Nobody registers any more; those who wait still move up when somebody withdraws."""
    opening = _locked(session, gathering)
    if opening is not None and opening.closed_at is None:
        opening.closed_at = clock.now()
        session.flush()
        audit.record(session, "gathering.registration_closed", gathering)


def register(
    session: TenantSession,
    gathering: Gathering,
    *,
    name: str,
    person: Person | None = None,
    email: str = "",
    phone: str = "",
    channel: str = "web",
    adults: int = 1,
    children: int = 0,
    needs: Mapping[str, str] | None = None,
    key: UUID,
) -> Registration:
    """Register somebody; they wait when there are not seats enough. They are told, wherever they can be reached.

    Args:
        name: as it is read at the door.
        channel: one of ``CHANNELS``.
        adults: whoever registers counts.
        needs: words by code of ``NEEDS``; what the opening does not ask is left out.
        key: number of the form; what is sent again gives the registration that it made.

    Raises:
        Refused: ``closed``, ``by_invitation``, ``already``, ``people``, ``companions``, ``children``, ``need``.
    """
    opening = _open(session, gathering)
    before = session.scalars(select(Registration).where(Registration.key == key)).one_or_none()
    if before is not None:
        return before
    row = registration_of(session, gathering.id, person.id) if person else None
    _refuse_twice(opening, row, channel)
    kept = _needs(opening, needs)
    _refuse_party(opening, adults, children)
    if row is None:
        row = Registration(gathering_id=gathering.id, person_id=person.id if person else None)
        session.add(row)
    row.name, row.email, row.phone, row.locale = name, email, phone, get_locale()
    row.channel, row.adults, row.children, row.needs, row.key = channel, adults, children, kept, key
    _seat(session, opening, row)
    audit.record(session, "gathering.registered", row, state=row.state, channel=channel)
    messages.tell_place(session, row)
    return row


def change_registration(
    session: TenantSession,
    registration: Registration,
    *,
    adults: int,
    children: int = 0,
    needs: Mapping[str, str] | None = None,
) -> None:
    """Change how many come and what they need. The seats that are no longer wanted go to those who wait.

    Raises:
        Refused: ``not_registered``; ``full``, there is no seat for those who are added, and nothing changes; as
            :func:`register`.
    """
    gathering = registration.gathering
    opening = _open(session, gathering)
    session.refresh(registration, with_for_update={"of": Registration})
    if registration.state not in {RegistrationState.REGISTERED, RegistrationState.WAITING}:
        raise Refused(_("This registration was withdrawn. Register again."), rule="not_registered")
    kept = _needs(opening, needs)
    _refuse_party(opening, adults, children)
    if registration.state == RegistrationState.REGISTERED:
        others = seats_taken(session, gathering.id) - registration.party
        if opening.seats is not None and others + adults + children > opening.seats:
            left = opening.seats - others
            sentence = ngettext(
                "There is one seat for you in all. Nothing changed.",
                "There are %(num)s seats for you in all. Nothing changed.",
                left,
            )
            raise Refused(sentence, "adults", rule="full")
    registration.adults, registration.children, registration.needs = adults, children, kept
    session.flush()
    audit.record(session, "gathering.registration_changed", registration)
    _move_up(session, gathering, opening)


def cancel_registration(session: TenantSession, registration: Registration) -> None:
    """Somebody does not come after all: the first of those who wait and fit takes the seats, and is told. Twice is once.

    Raises:
        Refused: ``checked_in``, they came.
    """
    _leave(session, registration, RegistrationState.CANCELLED)


def answer_invitation(
    session: TenantSession,
    registration: Registration,
    *,
    coming: bool,
    adults: int = 1,
    children: int = 0,
    needs: Mapping[str, str] | None = None,
    channel: str = "web",
) -> None:
    """Answer an invitation, or change one's mind. Who comes when there is no seat left waits for one.

    Args:
        channel: how the answer came, one of ``CHANNELS``.

    Raises:
        Refused: as :func:`register` and :func:`change_registration`.
    """
    if not coming:
        _leave(session, registration, RegistrationState.DECLINED)
        return
    if registration.state in {RegistrationState.REGISTERED, RegistrationState.WAITING}:
        change_registration(session, registration, adults=adults, children=children, needs=needs)
        return
    opening = _open(session, registration.gathering)
    session.refresh(registration, with_for_update={"of": Registration})
    kept = _needs(opening, needs)
    _refuse_party(opening, adults, children)
    registration.adults, registration.children, registration.needs = adults, children, kept
    registration.channel = channel
    _seat(session, opening, registration)
    audit.record(session, "gathering.registered", registration, state=registration.state, channel=registration.channel)
    messages.tell_place(session, registration)


def join_registrations(session: TenantSession, merged: PeopleMerged) -> None:
    """Two records of one person are registered to one gathering: the one that says most stays with the person, the other
    is withdrawn and no longer points to them."""
    rows = select(Registration).with_for_update(of=Registration)
    kept = {one.gathering_id: one for one in session.scalars(rows.where(Registration.person_id == merged.kept_id))}
    for double in session.scalars(rows.where(Registration.person_id == merged.double_id)).all():
        own = kept.get(double.gathering_id)
        if own is None:
            continue
        first, second = sorted((own, double), key=_weight)
        first.person_id, second.person_id = None, None
        session.flush()
        first.person_id = merged.kept_id
        if second.came is None:
            _leave(session, second, RegistrationState.CANCELLED)
    session.flush()


def _weight(registration: Registration) -> tuple[bool, int]:
    order = (
        RegistrationState.REGISTERED,
        RegistrationState.WAITING,
        RegistrationState.INVITED,
        RegistrationState.DECLINED,
        RegistrationState.CANCELLED,
    )
    return registration.came is None, order.index(registration.state)


def _locked(session: TenantSession, gathering: Gathering) -> Opening | None:
    """The opening of a gathering, while nobody else takes its seats."""
    query = select(Opening).where(Opening.gathering_id == gathering.id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _open(session: TenantSession, gathering: Gathering) -> Opening:
    opening = _locked(session, gathering)
    if opening is None or not is_open(gathering, opening):
        raise Refused(_("Registration is closed. Call the town hall: it may still help you."), rule="closed")
    return opening


def _refuse_twice(opening: Opening, row: Registration | None, channel: str) -> None:
    if row is not None and row.state in {RegistrationState.REGISTERED, RegistrationState.WAITING}:
        raise Refused(_("This person is registered already."), rule="already")
    if opening.audience == "invited" and channel == "web" and row is None:
        raise Refused(_("One comes by invitation. Call the town hall if you have lost yours."), rule="by_invitation")


def _refuse_party(opening: Opening, adults: int, children: int) -> None:
    faults = []
    if adults < 0 or children < 0 or adults + children < 1:
        faults.append(Refused(_("Say how many of you come."), "adults", rule="people"))
    if children and not opening.children:
        faults.append(Refused(_("Count the children with the others."), "children", rule="children"))
    most = min(opening.companions + 1, PARTY)
    if adults + children > most:
        sentence = ngettext("One person a registration.", "At most %(num)s people a registration.", most)
        faults.append(Refused(sentence, "adults", rule="companions"))
    refuse_all(faults)


def _needs(opening: Opening, said: Mapping[str, str] | None) -> dict[str, Any]:
    """What was said of the needs that are asked, without those that say nothing."""
    kept = {code: (said or {}).get(code, "").strip() for code in opening.needs}
    long = next((code for code, words in kept.items() if len(words) > NEED_LENGTH), None)
    if long is not None:
        raise Refused(_("This is too long."), long, rule="need")
    return {code: words for code, words in kept.items() if words}


def _seat(session: TenantSession, opening: Opening, registration: Registration) -> None:
    """Give a registration, which has no seat yet, the seats that it asks, or a place among those who wait."""
    # Before the row is written: its own seats do not count.
    with session.no_autoflush:
        fits = _fits(session, opening, registration)
    registration.state = RegistrationState.REGISTERED if fits else RegistrationState.WAITING
    registration.waiting_since = None if fits else clock.now()
    session.flush()
    session.refresh(registration, ["gathering", "person"])


def _fits(session: TenantSession, opening: Opening, registration: Registration) -> bool:
    return opening.seats is None or seats_taken(session, opening.gathering_id) + registration.party <= opening.seats


def _leave(session: TenantSession, registration: Registration, state: str) -> None:
    gathering = registration.gathering
    opening = _locked(session, gathering)
    session.refresh(registration, with_for_update={"of": Registration})
    if registration.came:
        raise Refused(_("They came: this is no longer withdrawn."), rule="checked_in")
    if registration.state in {RegistrationState.CANCELLED, RegistrationState.DECLINED}:
        return
    registration.state, registration.waiting_since, registration.needs = state, None, {}
    session.flush()
    audit.record(session, f"gathering.registration_{state}", registration)
    if opening is not None:
        _move_up(session, gathering, opening)


def _move_up(session: TenantSession, gathering: Gathering, opening: Opening) -> None:
    """Give the free seats to those who wait, in their order, passing over those for whom there are not enough."""
    if gathering.state != "planned" or clock.now() >= gathering.event.starts_at:
        return
    for waiting in session.scalars(in_wait(gathering.id)).all():
        if _fits(session, opening, waiting):
            waiting.state, waiting.waiting_since = RegistrationState.REGISTERED, None
            session.flush()
            audit.record(session, "gathering.moved_up", waiting)
            messages.tell_moved_up(session, waiting)

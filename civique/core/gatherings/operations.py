"""Planning, holding and cancelling gatherings."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError
from uuid_utils.compat import uuid7

from civique.core import audit, clock
from civique.core.agenda import operations as agenda
from civique.core.agenda.models import Event
from civique.core.documents.models import Document
from civique.core.events import tell
from civique.core.gatherings import messages
from civique.core.gatherings.events import GatheringJoined
from civique.core.gatherings.models import Attendee, Gathering
from civique.core.i18n import gettext as _
from civique.core.people.events import PeopleMerged
from civique.core.refused import Refused
from tenants.session import TenantSession


def plan_gathering(
    session: TenantSession,
    title: str,
    starts_at: datetime,
    *,
    kind: str = "meeting",
    place: str = "",
    origin: Any = None,
    convened: Collection[UUID] = (),
    public: bool = False,
    series: str = "",
    **facts: Any,
) -> Gathering:
    """Plan a gathering and put it in the agenda.

    Args:
        origin: the row that holds it (a committee).
        convened: identifiers of the people who are called to it.
        public: whether the public agenda shows it.
        series: name shared by gatherings that are one thing offered several times (a training).
        facts: what else its event says (``ends_at``, ``summary``, ``place_id``…).

    Raises:
        Refused: the place is taken (AGE-02).
    """
    key = uuid7()
    event = agenda.plan_event(
        session,
        title=title,
        starts_at=starts_at,
        place_text=place,
        public=public,
        origin_type=Gathering.__tablename__,
        origin_id=key,
        **facts,
    )
    gathering = Gathering(id=key, event=event, kind=kind, series=series)
    if origin is not None:
        gathering.origin_type, gathering.origin_id = origin.__tablename__, origin.id
    session.add(gathering)
    session.flush()
    audit.record(session, "gathering.planned", gathering)
    convene(session, gathering, convened)
    return gathering


def gather_for(session: TenantSession, event: Event, kind: str = "event") -> Gathering:
    """Make a gathering of an event that is in the agenda already, so that people register to it; twice is once.

    Raises:
        Refused: ``of_a_module``, the event is another module's; ``not_planned``, it was cancelled or is an option.
    """
    session.refresh(event, with_for_update={"of": Event})
    found = session.scalars(select(Gathering).where(Gathering.event_id == event.id)).one_or_none()
    if found is not None:
        return found
    if event.origin_type is not None:
        raise Refused(_("This date comes from another part of the site."), rule="of_a_module")
    if event.state != "planned":
        raise Refused(_("Only a date that is planned takes registrations."), rule="not_planned")
    gathering = Gathering(event=event, kind=kind)
    session.add(gathering)
    session.flush()
    event.origin_type, event.origin_id = Gathering.__tablename__, gathering.id
    session.flush()
    audit.record(session, "gathering.planned", gathering)
    return gathering


def change_gathering(session: TenantSession, gathering: Gathering, *, series: str = "", **facts: Any) -> None:
    """Move or reword a gathering that is to come. When its moment or its place changes, who is registered is told.

    Args:
        facts: of its event: ``title``, ``starts_at``, ``place_text``…

    Raises:
        Refused: ``not_planned``; the place is taken (AGE-02).
    """
    refuse_unplanned(gathering)
    event = gathering.event
    before = event.starts_at, event.where
    gathering.series = series
    agenda.change_event(session, event, **facts)
    opening = gathering.opening
    if opening is not None and opening.closes_at is not None:
        opening.closes_at = min(opening.closes_at, event.starts_at)
    session.flush()
    audit.record(session, "gathering.changed", gathering)
    if (event.starts_at, event.where) != before:
        messages.tell_moved(session, gathering)


def convene(session: TenantSession, gathering: Gathering, people: Collection[UUID]) -> None:
    """Call people to a gathering; who is called already is called once."""
    known = _attendees(session, gathering)
    for person_id in people:
        attendee = known.get(person_id)
        if attendee is None:
            session.add(Attendee(gathering_id=gathering.id, person_id=person_id, convened=True))
        else:
            attendee.convened = True
    _changed(session, gathering)


def withdraw_convocation(session: TenantSession, gathering: Gathering, person_id: UUID) -> None:
    """Somebody is no longer called to a gathering."""
    session.execute(delete(Attendee).where(Attendee.gathering_id == gathering.id, Attendee.person_id == person_id))
    _changed(session, gathering)


def record_attendance(session: TenantSession, gathering: Gathering, present: Collection[UUID]) -> None:
    """Record who came, in place of what was recorded before; somebody who was not convened may have come.

    Args:
        present: identifiers of the people who came.

    Raises:
        Refused: ``cancelled``.
    """
    refuse_cancelled(gathering)
    known = _attendees(session, gathering)
    before = {attendee.person_id for attendee in known.values() if attendee.present}
    for attendee in known.values():
        attendee.present = attendee.person_id in present
    others = [person_id for person_id in present if person_id not in known]
    session.add_all([Attendee(gathering_id=gathering.id, person_id=person_id, present=True) for person_id in others])
    _changed(session, gathering)
    for person_id in sorted(before ^ set(present)):
        came = int(person_id in present)
        tell(session, GatheringJoined(gathering.id, gathering.kind, person_id, came))
    audit.record(session, "gathering.attendance_recorded", gathering, present=len(present))


def close_gathering(session: TenantSession, gathering: Gathering, minutes: str, revision: int) -> None:
    """The gathering was held: keep its minutes, which may be written again later.

    Raises:
        StaleDataError: a colleague wrote others. Refused: ``cancelled``.
    """
    session.refresh(gathering, with_for_update={"of": Gathering})
    if gathering.revision != revision:
        raise StaleDataError
    refuse_cancelled(gathering)
    gathering.held_at, gathering.minutes = gathering.held_at or clock.now(), minutes
    session.flush()
    audit.record(session, "gathering.held", gathering)


def cancel_gathering(session: TenantSession, gathering: Gathering) -> None:
    """The gathering does not take place; it stays in the agenda, marked (AGE-04). Who is registered is told.

    Raises:
        Refused: ``not_planned``, it was held or cancelled.
    """
    refuse_unplanned(gathering)
    agenda.cancel_event(session, gathering.event)
    messages.tell_cancelled(session, gathering)
    audit.record(session, "gathering.cancelled", gathering)


def attach_document(session: TenantSession, gathering: Gathering, document: Document) -> None:
    """Put a document beside a gathering: what is read before it, what was shown there."""
    if document not in gathering.documents:
        gathering.documents.append(document)
        session.flush()
        audit.record(session, "gathering.document_attached", gathering, document=document.id)


def detach_document(session: TenantSession, gathering: Gathering, document: Document) -> None:
    """Take a document away from a gathering; it stays among the documents of the commune."""
    if document in gathering.documents:
        gathering.documents.remove(document)
        session.flush()
        audit.record(session, "gathering.document_detached", gathering, document=document.id)


def join_attendees(session: TenantSession, merged: PeopleMerged) -> None:
    """Two records of one person are attendees of one gathering: one is left, convened or present if either was."""
    rows = select(Attendee).with_for_update(of=Attendee)
    kept = {one.gathering_id: one for one in session.scalars(rows.where(Attendee.person_id == merged.kept_id))}
    for double in session.scalars(rows.where(Attendee.person_id == merged.double_id)).all():
        own = kept.get(double.gathering_id)
        if own is not None:
            own.convened = own.convened or double.convened
            own.present = double.present if own.present is None else own.present or bool(double.present)
            session.delete(double)
    session.flush()


def refuse_unplanned(gathering: Gathering) -> None:
    """Refuse what is only done before a gathering.

    Raises:
        Refused: ``not_planned``, it was held or cancelled.
    """
    if gathering.state != "planned":
        raise Refused(_("This meeting was held or cancelled. Choose one that is still to come."), rule="not_planned")


def refuse_cancelled(gathering: Gathering) -> None:
    """Refuse what is noted during a gathering or after it.

    Raises:
        Refused: ``cancelled``.
    """
    if gathering.state == "cancelled":
        raise Refused(_("This meeting was cancelled. Nothing more is recorded about it."), rule="cancelled")


def _attendees(session: TenantSession, gathering: Gathering) -> dict[UUID, Attendee]:
    """Attendees by person, while nobody else changes them."""
    session.execute(select(Gathering.id).where(Gathering.id == gathering.id).with_for_update())
    query = select(Attendee).where(Attendee.gathering_id == gathering.id).execution_options(populate_existing=True)
    return {attendee.person_id: attendee for attendee in session.scalars(query)}


def _changed(session: TenantSession, gathering: Gathering) -> None:
    session.flush()
    session.expire(gathering, ["attendees"])

"""Volunteers: declared by any channel, met, active, paused, left; what a mediator notes."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from civique.core import audit, clock, settings
from civique.core.cases import messages as case_messages
from civique.core.cases.operations import enter
from civique.core.cases.receiving import receive
from civique.core.consents.events import ConsentWithdrawn
from civique.core.consents.operations import is_minor
from civique.core.i18n import gettext as _
from civique.core.interests import InterestTold
from civique.core.loading import among
from civique.core.people.models import Person
from civique.core.people.operations import register_person
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.stall.forms import Received, StallFacts
from civique.core.stall.people import record_of
from civique.modules.volunteering import messages
from civique.modules.volunteering.models import LIVE, Interview, Match, MatchState, Volunteer
from civique.modules.volunteering.operations.matches import KIND, freed
from civique.modules.volunteering.operations.minors import CONSENT
from civique.modules.volunteering.queries import volunteer_of
from civique.modules.volunteering.settings import VolunteeringSettings
from tenants.session import TenantSession

BY_CHANNEL = {"web": "site", "paper": "card", "meeting": "meeting", "market": "meeting", "doorstep": "meeting"}
"""Where somebody comes from when nobody says it (BEN-06)."""
BY_MODULE = {"welcome": "newcomer"}
"""Where somebody comes from when another module tells it."""


def declare(
    session: TenantSession,
    applicant: Person | None,
    *,
    channel: str = "web",
    origin: str = "",
    message: Any = case_messages.received,
    **facts: Any,
) -> Volunteer:
    """Somebody gives a hand, whatever mission it will be. Who they come from is kept (BEN-06).

    Args:
        origin: one of ``words.ORIGINS``; what the channel says when it is empty.
        message: the receipt; None when nobody is told.
        facts: the other columns.

    Raises:
        Refused: ``once``: they are a volunteer already.
    """
    chosen = settings.get(session, VolunteeringSettings)
    volunteer = Volunteer(channel=channel, origin=origin or BY_CHANNEL.get(channel, "desk"), **facts)
    volunteer.applicant_id = applicant.id if applicant else None
    if applicant is not None and volunteer.territory_id is None:
        volunteer.territory_id = applicant.territory_id
    try:
        with session.begin_nested():
            receive(session, volunteer, module="volunteering", prefix="BEN", days=chosen.contact_days, message=None)
    except IntegrityError as error:
        raise Refused(
            _("This person is on the list of volunteers already: what changed is written on that page."), rule="once"
        ) from error
    if message is not None:
        message(session, volunteer, clock.today() + timedelta(days=chosen.contact_days))
    return volunteer


def hear_interest(session: TenantSession, told: InterestTold) -> None:
    """Somebody would like to give a hand, as another module heard: the desk has them in its list. A volunteer already stays
    one, with this origin beside the first one (BEN-06)."""
    person = get_person(session, told.person_id)
    if told.kind != KIND or person is None:
        return
    origin = BY_MODULE.get(told.origin, "other")
    # Whoever declares themselves at this moment holds a key of their record: it is there once they have ended.
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    volunteer = volunteer_of(session, person.id)
    if volunteer is None:
        declare(session, person, channel=told.channel, origin=origin)
    elif origin != volunteer.origin and not volunteer.later_origin:
        change_volunteer(session, volunteer, later_origin=origin)


def change_volunteer(session: TenantSession, volunteer: Volunteer, **facts: Any) -> None:
    """Change what somebody likes, can and cannot do."""
    for name, value in facts.items():
        setattr(volunteer, name, value)
    session.flush()
    audit.record(session, "volunteering.volunteer_changed", volunteer, fields=" ".join(sorted(facts)))


def declare_at_stall(session: TenantSession, told: StallFacts) -> Received:
    """Take what was told at a stall: what they like, in their words."""
    facts = {"wishes": told.values["wishes"], "territory_id": told.territory_id}
    volunteer = declare(session, record_of(session, told), channel=told.channel, **facts)
    return Received(volunteer, str(volunteer.reference), f"/mairie/benevolat/{volunteer.id}")


def take_cards(
    session: TenantSession, cards: Sequence[dict[str, Any]], *, origin: str, channel: str
) -> list[Volunteer]:
    """Enter the paper cards of a meeting: a record and a volunteer for each, all or none.

    Args:
        cards: ``given_name``, ``family_name``, ``phone``, ``wishes``.
    """
    taken = []
    for card in cards:
        person = register_person(session, card["given_name"], card["family_name"], phone=card["phone"])
        taken.append(declare(session, person, channel=channel, origin=origin, wishes=card["wishes"], message=None))
    return taken


def contacted(session: TenantSession, volunteer: Volunteer, **_facts: Any) -> None:
    """Effect: somebody of the desk has spoken with them; the first time counts."""
    volunteer.contacted_at = volunteer.contacted_at or clock.now()


def meet(session: TenantSession, volunteer: Volunteer, *, met_on: date, notes: str, **_facts: Any) -> None:
    """Effect: a mediator met them, and notes it for mediators alone.

    Raises:
        Refused: ``future``.
    """
    note_interview(session, volunteer, met_on, notes)
    contacted(session, volunteer)


def note_interview(session: TenantSession, volunteer: Volunteer, met_on: date, notes: str) -> Interview:
    """Note a conversation.

    Raises:
        Refused: ``future``.
    """
    if met_on > clock.today():
        raise Refused(_("This day has not come yet."), "met_on", rule="future")
    interview = Interview(volunteer_id=volunteer.id, met_on=met_on, notes=notes, written_by=session.actor_id)
    session.add(interview)
    session.flush()
    audit.record(session, "volunteering.interview_noted", volunteer)
    return interview


def leave(session: TenantSession, volunteer: Volunteer, **_facts: Any) -> None:
    """Effect: somebody who leaves, or pauses, is expected nowhere; those who expected them are told."""
    _end_matches(session, Match.volunteer_id == volunteer.id)


def alone(session: TenantSession, volunteer: Volunteer) -> None:
    """Somebody who comes back is a volunteer once.

    Raises:
        Refused: ``once``: they declared themselves again meanwhile, or nobody is named any more.
    """
    # Whoever declares themselves at this moment holds a key of their record: it is there once they have ended.
    session.execute(select(Person.id).where(Person.id == volunteer.applicant_id).with_for_update())
    if volunteer.applicant_id is None or volunteer_of(session, volunteer.applicant_id) is not None:
        raise Refused(_("This person is on the list of volunteers already: their page says where it is."), rule="once")


def stop_minor(session: TenantSession, withdrawn: ConsentWithdrawn) -> None:
    """Hear that a guardian no longer consents: a minor is expected nowhere any more (BEN-05)."""
    person = session.get(Person, withdrawn.person_id)
    if withdrawn.kind == CONSENT and person is not None and is_minor(person):
        _end_matches(session, Match.applicant_id == person.id)


def _end_matches(session: TenantSession, whose: ColumnElement[bool]) -> None:
    """What was proposed is declined, what had begun has ended."""
    query = select(Match).where(whose, among(Match.state, LIVE)).with_for_update(of=Match)
    for match in session.scalars(query).unique().all():
        expected = match.opened
        enter(session, match, MatchState.ENDED if expected else MatchState.DECLINED)
        freed(session, match)
        if expected:
            messages.gone(session, match)

"""The welcome event, and what new residents come to afterwards (ACC-05)."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from civique.core import clock
from civique.core.agenda.models import Event
from civique.core.cases.operations import move
from civique.core.cases.workflow import workflow_of
from civique.core.feedback.declarations import Questionnaire, Scale, Words
from civique.core.feedback.operations import invite_to_answer
from civique.core.gatherings.events import GatheringJoined
from civique.core.gatherings.invitations import invite
from civique.core.gatherings.models import Gathering, Registration
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.messages.queries import written_at
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.welcome import messages
from civique.modules.welcome.models import HouseholdState as S
from civique.modules.welcome.models import WelcomeHousehold, WelcomeJoined
from civique.modules.welcome.operations.households import note_joined
from civique.modules.welcome.queries.households import (
    KIND,
    household_during,
    household_of,
    invitable,
    new_seats,
    to_ask_opinion,
)
from tenants.session import TenantSession

OPINION = Questionnaire(
    "welcome_event",
    _l("What did you think of the welcome event?"),
    (
        Scale("useful", _l("I found the information that I needed")),
        Scale("met", _l("I met neighbours")),
        Scale("again", _l("I would recommend it to somebody who arrives")),
        Words("words", _l("What should change next time?")),
    ),
    model=Gathering,
    title=lambda gathering: str(gathering.event.title),
)
ASKED_AFTER, ASKED_UNTIL, ANSWERED_UNTIL = timedelta(days=1), timedelta(days=30), timedelta(days=60)
"""How long after the event an opinion is asked, how late at most, and until when it is taken."""
NOTED_AFTER = timedelta(days=7)
"""How long after the event a household that nobody saw counts as one that did not come."""


def invite_households(session: TenantSession, gathering: Gathering) -> int:
    """Invite to a welcome event the households that wish it and were not invited to another one.

    Returns:
        How many were invited.

    Raises:
        Refused: ``nobody``; as :func:`civique.core.gatherings.registrations.invite`.
    """
    households = session.scalars(invitable().with_for_update(of=WelcomeHousehold)).unique().all()
    people = [household.applicant for household in households if household.applicant is not None]
    if not people:
        raise Refused(_("No new household waits for an invitation."), rule="nobody")
    invite(session, gathering, people)
    for household in households:
        _move(session, household, "invite")
    return len(households)


def hear_joined(session: TenantSession, joined: GatheringJoined) -> None:
    """Somebody came to a gathering: to the welcome event, their household came; to another, they joined something within
    their first year. A correction takes it back."""
    person = session.get(Person, joined.person_id) if joined.person_id else None
    if person is None:
        return
    household = household_of(session, person)
    if joined.kind == KIND:
        if household is not None:
            _came(session, household, joined.came > 0)
        return
    if joined.came:
        note_joined(session, person.id, joined.kind, clock.today())
    elif household_during(session, person.id, clock.today()) is not None and household is not None:
        session.execute(
            delete(WelcomeJoined).where(WelcomeJoined.household_id == household.id, WelcomeJoined.what == joined.kind)
        )


def _came(session: TenantSession, household: WelcomeHousehold, came: bool) -> None:
    if came and household.state != S.CAME:
        _move(session, household, "come")
    elif not came and household.state == S.CAME:
        _move(session, household, "correct")


def close_events(session: TenantSession) -> int:
    """Note, a week after their welcome event, that households which were invited to it did not come. Twice is once.

    Returns:
        How many.
    """
    absent = _absent(session)
    for household in absent:
        _move(session, household, "miss")
    return len(absent)


def ask_opinions(session: TenantSession) -> int:
    """Ask the households that came to a welcome event what they thought of it, once each.

    Returns:
        How many were asked.
    """
    now, asked = clock.now(), 0
    for household, registration in to_ask_opinion(session, now - ASKED_UNTIL, now - ASKED_AFTER):
        gathering = registration.gathering
        if written_at(session, "welcome.opinion", household, gathering.event.starts_at) or not household.applicant:
            continue
        until = gathering.event.starts_at + ANSWERED_UNTIL
        issued = invite_to_answer(session, OPINION, gathering, until=until, person=household.applicant, pin=True)
        messages.opinion(session, household, issued)
        asked += 1
    return asked


def note_seats(session: TenantSession) -> None:
    """Note that new residents sit on a committee: no event tells it. Twice is once."""
    for person_id, since in session.execute(new_seats()):
        note_joined(session, person_id, "committee", since)


def _absent(session: TenantSession) -> Sequence[WelcomeHousehold]:
    """Households invited to a welcome event that is over, and to none that is still to come."""
    before = clock.now() - NOTED_AFTER
    mine = (
        select(Registration.id)
        .join(Gathering, Gathering.id == Registration.gathering_id)
        .join(Event, Event.id == Gathering.event_id)
        .where(Registration.person_id == WelcomeHousehold.applicant_id, Gathering.kind == KIND)
    )
    over, to_come = mine.where(Event.starts_at < before), mine.where(Event.starts_at >= before)
    query = select(WelcomeHousehold).where(WelcomeHousehold.state == S.INVITED, over.exists(), ~to_come.exists())
    return session.scalars(query).unique().all()


def _move(session: TenantSession, household: WelcomeHousehold, name: str) -> None:
    workflow = workflow_of(household)
    assert workflow is not None, "a household is a case"
    move(session, workflow, household, name)

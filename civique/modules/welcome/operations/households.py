"""A household declares itself; it says what it needs and what it would like to take part in; it is reminded, then anonymised."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from civique.core import audit, clock, settings
from civique.core.cases.privacy import forget_applicant
from civique.core.cases.receiving import receive
from civique.core.events import tell
from civique.core.i18n import gettext as _
from civique.core.interests import InterestTold, Joined
from civique.core.people.models import Person
from civique.core.people.operations import correct_person
from civique.core.people.queries import get_person
from civique.core.personalised.operations import forget_documents_of
from civique.core.refused import Refused
from civique.core.stall.forms import Received, StallFacts
from civique.core.stall.people import record_of
from civique.modules.welcome import messages
from civique.modules.welcome.models import (
    WelcomeHousehold,
    WelcomeInterest,
    WelcomeItem,
    WelcomeJoined,
    WelcomeTick,
)
from civique.modules.welcome.operations.known import lock_known
from civique.modules.welcome.operations.relays import name_relay
from civique.modules.welcome.queries.households import household_during, household_of
from civique.modules.welcome.settings import WelcomeSettings
from tenants.session import TenantSession

PREFIX = "BVN"
WORDS = ("name", "words")
"""Columns that hold what somebody wrote."""
MOST_PEOPLE = 30
"""Adults, or children, of a household."""
EARLIEST, LATEST = timedelta(days=730), timedelta(days=183)
"""How long ago a household may have arrived, and how long before it arrives it may say so."""


def declare_household(
    session: TenantSession,
    applicant: Person | None,
    *,
    arrived_on: date,
    adults: int,
    children: int | None = 0,
    channel: str = "web",
    language: str = "fr",
    message: Any = messages.declared,
    **facts: Any,
) -> WelcomeHousehold:
    """A household says that it has arrived, whatever channel it came by; who greets it is named at once.

    Args:
        applicant: who speaks for it.
        message: writes the receipt; None when nobody is told.
        facts: ``name``, ``needs``, ``interests``, and the other columns.

    Raises:
        Refused: ``closed``, on the site alone; ``declared_already``; ``arrived_on``.
    """
    chosen = settings.get(session, WelcomeSettings)
    if channel == "web" and not chosen.open:
        raise Refused(
            _("Households do not declare themselves on the site at the moment: call the town hall."), rule="closed"
        )
    _check_arrival(arrived_on)
    _refuse_second(session, applicant)
    interests = facts.pop("interests", ())
    household = WelcomeHousehold(
        arrived_on=arrived_on,
        adults=adults,
        children=children or 0,
        channel=channel,
        language=language,
        applicant_id=applicant.id if applicant else None,
        **facts,
    )
    _speak(session, applicant, language)

    def written(session: TenantSession, household: WelcomeHousehold, due: date) -> None:
        name_relay(session, household)
        if message is not None:
            message(session, household, due)

    receive(session, household, module="welcome", prefix=PREFIX, days=chosen.kit_days, message=written)
    tell_interests(session, household, interests)
    return household


def _check_arrival(day: date) -> None:
    if not clock.today() - EARLIEST <= day <= clock.today() + LATEST:
        raise Refused(
            _("Check the day: new residents arrived within the last two years, or arrive within six months."),
            "arrived_on",
            rule="arrived_on",
        )


def _refuse_second(session: TenantSession, applicant: Person | None) -> None:
    """One household a person: two sendings at once wait for each other."""
    if applicant is None:
        return
    session.execute(select(Person.id).where(Person.id == applicant.id).with_for_update())
    known = household_of(session, applicant)
    if known is not None:
        sentence = _(
            "This household is registered already: %(reference)s. Change it on its page.", reference=known.reference
        )
        raise Refused(sentence, rule="declared_already")


def _speak(session: TenantSession, applicant: Person | None, language: str) -> None:
    """What is written to somebody follows the language that they chose."""
    locale = "en" if language == "en" else "fr"
    if applicant is not None and applicant.locale != locale:
        correct_person(session, applicant, locale=locale)


def change_household(session: TenantSession, household: WelcomeHousehold, **facts: Any) -> None:
    """Correct what a household said, or say what was not said yet; a visit that is wished for only now is entrusted.

    Raises:
        Refused: ``anonymised``; ``arrived_on``.
    """
    lock_known(session, household)
    interests = facts.pop("interests", None)
    if facts.get("arrived_on", household.arrived_on) != household.arrived_on:
        _check_arrival(facts["arrived_on"])
    if "language" in facts:
        _speak(session, household.applicant, facts["language"])
    for name, value in facts.items():
        setattr(household, name, value)
    household.children = household.children or 0
    session.flush()
    if household.visit:
        name_relay(session, household)
    if interests is not None:
        tell_interests(session, household, interests)
    audit.record(session, "welcome.household_changed", household, fields=" ".join(sorted(facts)))


def tell_interests(session: TenantSession, household: WelcomeHousehold, kinds: Collection[str]) -> None:
    """Keep what a household would like to take part in; each is told once to the modules that care, with its origin."""
    known = {interest.kind: interest for interest in household.interests}
    for kind in set(known) - set(kinds):
        household.interests.remove(known[kind])
    fresh = sorted(set(kinds) - set(known))
    for kind in fresh:
        household.interests.append(WelcomeInterest(kind=kind))
    session.flush()
    if household.applicant_id is not None:
        for kind in fresh:
            told = ("welcome", household.channel, household.__tablename__, household.id, clock.today())
            tell(session, InterestTold(household.applicant_id, kind, *told))


def tick_step(session: TenantSession, household: WelcomeHousehold, item: WelcomeItem, done: bool) -> None:
    """A household says that a first step is taken, or is not; twice is once."""
    if done:
        values = {"household_id": household.id, "item_id": item.id}
        session.execute(insert(WelcomeTick).values(values).on_conflict_do_nothing())
    else:
        session.execute(
            delete(WelcomeTick).where(WelcomeTick.household_id == household.id, WelcomeTick.item_id == item.id)
        )


def note_joined(session: TenantSession, person_id: Any, what: str, day: date) -> None:
    """A new resident joined something within twelve months: kept for the figures, once a thing, without their name."""
    household = household_during(session, person_id, day)
    if household is None:
        return
    values = {"household_id": household.id, "what": what[:40], "joined_on": day}
    session.execute(insert(WelcomeJoined).values(values).on_conflict_do_nothing())


def hear_joined(session: TenantSession, joined: Joined) -> None:
    """Somebody takes part in something for good; their record may have been merged meanwhile."""
    person = get_person(session, joined.person_id)
    if person is not None:
        note_joined(session, person.id, joined.kind, joined.day)


def forget_household(session: TenantSession, household: WelcomeHousehold, **_facts: Any) -> None:
    """Leave a household without anybody (ACC-06): its month of arrival, its territory, what interested it and what it joined
    stay for the figures."""
    forget_documents_of(session, [household.id])
    forget_applicant(session, household, WORDS)
    household.arrived_on = household.arrived_on.replace(day=1)
    household.adults = household.children = 0
    household.needs, household.relay_id, household.greet_by = [], None, None
    household.visit = household.invite = household.keep_touch = False
    for step in household.steps:
        step.motive = ""
    session.execute(delete(WelcomeTick).where(WelcomeTick.household_id == household.id))
    session.flush()


def read_number(cell: str) -> int:
    """A number of people, as it is told at a stall.

    Raises:
        Refused: it is no number, or of too many people.
    """
    compact = "".join(cell.split())
    if not compact.isascii() or not compact.isdecimal() or int(compact) > MOST_PEOPLE:
        raise Refused(_("Write a number, for instance 2."))
    return int(compact)


def declare_at_stall(session: TenantSession, told: StallFacts) -> Received:
    """Take a household that was met at a stall; it arrived lately."""
    household = declare_household(
        session,
        record_of(session, told),
        name=told.name[:120],
        arrived_on=clock.today(),
        adults=max(told.values["adults"] or 1, 1),
        children=told.values["children"] or 0,
        territory_id=told.territory_id,
        channel=told.channel,
    )
    return Received(household, str(household.reference), f"/mairie/bienvenue/{household.id}")

"""Those who greet new residents, territory by territory (ACC-04)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from civique.core import audit, clock, settings
from civique.core.i18n import gettext as _
from civique.core.messages.queries import written_at
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.welcome import messages
from civique.modules.welcome.models import WelcomeHousehold, WelcomeRelay
from civique.modules.welcome.operations.known import lock_known
from civique.modules.welcome.queries.households import TO_GREET, greeting_due, relay_for
from civique.modules.welcome.settings import WelcomeSettings
from tenants.session import TenantSession

REMINDED_BEFORE = timedelta(days=3)


def add_relay(session: TenantSession, kind: str, **facts: Any) -> WelcomeRelay:
    """Name who greets the households of a territory, or of the whole commune; those that nobody greets yet are entrusted.

    Raises:
        Refused: ``nobody``, neither a name nor a person.
    """
    relay = WelcomeRelay(kind=kind, **facts)
    _check(relay)
    session.add(relay)
    session.flush()
    audit.record(session, "welcome.relay_named", relay, kind=kind)
    for household in _alone(session):
        name_relay(session, household)
    return relay


def change_relay(session: TenantSession, relay: WelcomeRelay, **facts: Any) -> None:
    """Correct a relay.

    Raises:
        Refused: as :func:`add_relay`.
    """
    for name, value in facts.items():
        setattr(relay, name, value)
    _check(relay)
    session.flush()
    audit.record(session, "welcome.relay_changed", relay)


def _check(relay: WelcomeRelay) -> None:
    if not relay.name and relay.person_id is None:
        raise Refused(_("Write the name of the relay, or choose the person who greets."), "name", rule="nobody")


def end_relay(session: TenantSession, relay: WelcomeRelay) -> None:
    """A relay greets no more: the households that it had not greeted yet go to others."""
    relay.ended_on = relay.ended_on or clock.today()
    session.flush()
    audit.record(session, "welcome.relay_ended", relay)
    for household in session.scalars(select(WelcomeHousehold).where(WelcomeHousehold.relay_id == relay.id, TO_GREET)):
        household.relay_id = None
        session.flush()
        name_relay(session, household)


def _alone(session: TenantSession) -> list[WelcomeHousehold]:
    query = select(WelcomeHousehold).where(WelcomeHousehold.relay_id.is_(None), TO_GREET)
    return list(session.scalars(query).unique())


def name_relay(session: TenantSession, household: WelcomeHousehold, relay: WelcomeRelay | None = None) -> None:
    """Entrust the visit of a household that wishes one, by its territory or to the relay that is chosen. The relay is told;
    the delay runs from the day it wishes it. Nothing changes for who is greeted, or has this relay already.
    """
    if not household.visit or household.greeted_on is not None or (relay is None and household.relay_id is not None):
        return
    days = settings.get(session, WelcomeSettings).greet_days
    household.greet_by = household.greet_by or clock.today() + timedelta(days=days)
    chosen = relay or relay_for(session, household.territory_id)
    if chosen is None or chosen.id == household.relay_id:
        session.flush()
        return
    household.relay = chosen
    session.flush()
    audit.record(session, "welcome.household_entrusted", household, relay=chosen.id)
    messages.to_greet(session, chosen, household)


def note_greeted(session: TenantSession, household: WelcomeHousehold, day: date) -> None:
    """Somebody greeted a household: the day, and nothing of what was said.

    Raises:
        Refused: ``anonymised``; ``day``, a day to come; ``greeted``, it was noted already.
    """
    lock_known(session, household)
    if day > clock.today():
        raise Refused(_("This day is still to come."), "day", rule="day")
    if household.greeted_on is not None:
        raise Refused(_("This visit is noted already. Thank you."), rule="greeted")
    household.greeted_on = day
    session.flush()
    audit.record(session, "welcome.household_greeted", household)


def remind_relays(session: TenantSession) -> int:
    """Remind those who have a household to greet within three days, once a household and relay.

    Returns:
        How many were reminded.
    """
    reminded = 0
    for household in greeting_due(session, clock.today() + REMINDED_BEFORE):
        relay = household.relay
        since = written_at(session, "welcome.to_greet", household)
        if relay is not None and not written_at(session, "welcome.greet_reminder", household, since):
            messages.greet_reminder(session, relay, household)
            reminded += 1
    return reminded


def forget_relay(session: TenantSession, person: Person) -> None:
    """A person who greets is erased: the relay ends with them, unless it has a name of its own."""
    for relay in session.scalars(select(WelcomeRelay).where(WelcomeRelay.person_id == person.id)):
        relay.person_id = None
        if not relay.name and relay.ended_on is None:
            end_relay(session, relay)
    session.flush()

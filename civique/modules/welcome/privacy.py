"""Households and relays among the data of a person."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from civique.core import settings
from civique.core.cases.operations import move
from civique.core.cases.privacy import personal_cases
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import PersonalData
from civique.core.people.models import Person
from civique.modules.welcome.models import HouseholdState, WelcomeRelay
from civique.modules.welcome.operations.households import WORDS
from civique.modules.welcome.operations.relays import forget_relay
from civique.modules.welcome.queries.vouchers import vouchers_of
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import WORKFLOW
from tenants.session import TenantSession


def kept_months(session: TenantSession) -> int:
    """How long a household is known by name."""
    return settings.get(session, WelcomeSettings).kept_months


def household_kept(session: TenantSession) -> str:
    """How long, in words."""
    return _(
        "%(months)s months after you declared it, unless you asked to stay in touch; then nothing names you",
        months=kept_months(session),
    )


def export_households(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What a person said of their household, and its vouchers."""
    found = CASES.export(session, person)
    for entry, household in zip(found, WORKFLOW.mine(session, person), strict=True):
        vouchers = vouchers_of(session, household)
        entry["vouchers"] = [f"{v.shown} : {v.offer.organisation.name}, {v.offer.title}" for v in vouchers]
    return found


def erase_households(session: TenantSession, person: Person) -> None:
    """A household stays for the figures, without anybody."""
    mine = [household for household in WORKFLOW.mine(session, person) if household.state != HouseholdState.ANONYMISED]
    CASES.erase(session, person)
    for household in mine:
        move(session, WORKFLOW, household, "anonymise")


CASES = personal_cases(
    WORKFLOW, "welcome_households", _l("Your household: new residents"), words=WORDS, months=kept_months
)
HOUSEHOLDS = replace(
    CASES,
    purpose=_l("To welcome you: the kit, the vouchers, the visit and the invitation that you asked for"),
    retention=household_kept,
    export=export_households,
    erase=erase_households,
    labels={**CASES.labels, "vouchers": _l("Vouchers")},
)


def export_relays(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """For which territories a person greets new residents."""
    query = select(WelcomeRelay).where(WelcomeRelay.person_id == person.id)
    return [{"territory": relay.territory.name if relay.territory else ""} for relay in session.scalars(query)]


RELAYS = PersonalData(
    "welcome_relays",
    _l("Where you greet new residents"),
    _l("To tell you whom to greet"),
    _l("Public-interest task"),
    _l("As long as you greet"),
    export_relays,
    forget_relay,
    labels={"territory": _l("Village")},
)

"""What is done every day. Each may be run twice and changes nothing the second time."""

from datetime import date, timedelta

from civique.core import clock, settings
from civique.core.cases.operations import move
from civique.modules.welcome.models import HouseholdState as S
from civique.modules.welcome.operations import gatherings, relays, vouchers
from civique.modules.welcome.queries.households import silent_since, to_anonymise
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import WORKFLOW
from tenants.session import TenantSession

MONTH = timedelta(days=30.44)


def expire_vouchers(session: TenantSession) -> None:
    """The vouchers of offers that are over were not used."""
    vouchers.expire_vouchers(session)


def remind_relays(session: TenantSession) -> None:
    """Remind those who have a household to greet soon."""
    relays.remind_relays(session)


def follow_households(session: TenantSession) -> None:
    """Who was invited and did not come, who sits on a committee; who arrived some months ago is asked for news."""
    gatherings.close_events(session)
    gatherings.note_seats(session)
    gatherings.ask_opinions(session)
    months = settings.get(session, WelcomeSettings).remind_months
    for household in silent_since(session, _before(months)):
        if household.state != S.INVITED:
            move(session, WORKFLOW, household, "remind")


def forget_households(session: TenantSession) -> None:
    """Leave without name the households that arrived a year ago and do not stay in touch (ACC-06)."""
    months = settings.get(session, WelcomeSettings).kept_months
    for household in to_anonymise(session, _before(months)):
        move(session, WORKFLOW, household, "anonymise")


def _before(months: int) -> date:
    return clock.today() - months * MONTH

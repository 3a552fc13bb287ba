"""Writes."""

from datetime import date
from typing import Any

from civique.core import settings
from civique.core.cases import messages
from civique.core.cases.receiving import receive
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.core.stall.forms import Received, StallFacts
from civique.core.stall.people import record_of
from civique.skeleton.models import SkeletonRequest
from civique.skeleton.settings import SkeletonSettings
from tenants.session import TenantSession


def ask(
    session: TenantSession,
    applicant: Person | None,
    *,
    starts_on: date,
    ends_on: date,
    channel: str = "web",
    message: Any = messages.received,
    **facts: Any,
) -> SkeletonRequest:
    """Take a request, whatever channel it came by.

    Args:
        message: the receipt; None when nobody is told.
        facts: the other columns.

    Raises:
        Refused: ``closed``, on the site alone; ``days``.
    """
    chosen = settings.get(session, SkeletonSettings)
    if channel == "web" and not chosen.open:
        raise Refused(_("Requests are not taken on the site at the moment: call the town hall."), rule="closed")
    if ends_on < starts_on:
        raise Refused(_("The last day comes before the first one."), "ends_on", rule="days")
    case = SkeletonRequest(starts_on=starts_on, ends_on=ends_on, channel=channel, **facts)
    case.applicant_id = applicant.id if applicant else None
    receive(session, case, module="skeleton", prefix="SKE", days=chosen.answer_days, message=message)
    return case


def ask_at_stall(session: TenantSession, told: StallFacts) -> Received:
    """Take what was told at a stall, for one day."""
    day = told.values["day"]
    facts = {"title": told.values["title"], "purpose": "", "territory_id": told.territory_id}
    case = ask(session, record_of(session, told), starts_on=day, ends_on=day, channel=told.channel, **facts)
    return Received(case, str(case.reference), f"/mairie/squelette/{case.id}")

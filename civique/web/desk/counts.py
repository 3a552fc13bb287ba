"""How many things wait, for the menu and the work list: one query a request."""

from dataclasses import dataclass
from datetime import datetime

from flask import g
from sqlalchemy import func, select

from civique.core.claims.models import PaperClaim
from civique.core.enquiries.models import Enquiry
from civique.core.messages.models import Message
from civique.core.organisations.models import Organisation
from civique.core.people.models import Proxy
from tenants.session import TenantSession


@dataclass(frozen=True)
class Waiting:
    """Numbers of things that wait for an agent, and the date of the oldest letter."""

    questions: int
    letters: int
    oldest_letter: datetime | None
    organisations: int
    proxies: int
    claims: int


def waiting(session: TenantSession) -> Waiting:
    """What waits now; asked once, whoever asks."""
    if "desk_waiting" not in g:
        g.desk_waiting = _count(session)
    found: Waiting = g.desk_waiting
    return found


def _count(session: TenantSession) -> Waiting:
    counted = func.count()
    pile = Message.state == "to_print"
    query = select(
        select(counted).where(Enquiry.state == "open").scalar_subquery(),
        select(counted).where(pile).scalar_subquery(),
        select(func.min(Message.created_at)).where(pile).scalar_subquery(),
        select(counted).where(Organisation.validated_at.is_(None)).scalar_subquery(),
        select(counted).where(Proxy.accepted_at.is_(None), Proxy.ended_at.is_(None)).scalar_subquery(),
        select(counted).where(PaperClaim.state == "waiting").scalar_subquery(),
    )
    return Waiting(*session.execute(query).one())

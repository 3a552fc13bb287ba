"""How many things wait: queries for the menu, and their answers for the work list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from civique.core.claims.models import PaperClaim
from civique.core.messages.models import Message
from civique.core.organisations.models import Organisation
from civique.core.people.models import Proxy
from civique.core.questions.models import Question, QuestionState
from tenants.session import TenantSession

OPEN_QUESTIONS = select(func.count()).where(Question.state == QuestionState.OPEN)
LETTERS = select(func.count()).where(Message.state == "to_print")
ORGANISATIONS = select(func.count()).where(Organisation.validated_at.is_(None))
CLAIMS = select(func.count()).where(PaperClaim.state == "waiting")
_WAITING = select(
    LETTERS.scalar_subquery(),
    select(func.min(Message.created_at)).where(Message.state == "to_print").scalar_subquery(),
    ORGANISATIONS.scalar_subquery(),
    select(func.count()).where(Proxy.accepted_at.is_(None), Proxy.ended_at.is_(None)).scalar_subquery(),
    CLAIMS.scalar_subquery(),
)


@dataclass(frozen=True)
class Waiting:
    """Numbers of things that wait for an agent, and the date of the oldest letter."""

    letters: int
    oldest_letter: datetime | None
    organisations: int
    proxies: int
    claims: int


def waiting(session: TenantSession) -> Waiting:
    """What waits now, in one query."""
    return Waiting(*session.execute(_WAITING).one())

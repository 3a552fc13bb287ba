"""Reminding applicants of an agreement to sign and of a visit to come, once each: the message itself is the proof that it was."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from civique.core import clock
from civique.core.agreements import messages
from civique.core.agreements.operations import take_agreement
from civique.core.agreements.queries import checks_to_make, unsigned_by_applicant
from civique.core.agreements.subjects import subjects_on
from civique.core.messages.models import Message
from tenants.session import TenantSession

SIGN_AFTER = timedelta(days=15)
"""How long after it was offered an unsigned agreement is reminded."""
BEFORE = timedelta(days=15)
"""How long before a visit of upkeep it is told."""


def remind_agreements(session: TenantSession) -> None:
    """Remind of what is due in the modules that are on. A late run, a second run or a run that was killed changes nothing.

    When only the commune has not signed, nobody is written to: the mairie has it in its list of work.
    """
    tables = list(subjects_on(session))
    for agreement in unsigned_by_applicant(session, clock.now() - SIGN_AFTER, tables):
        subject, row = take_agreement(session, agreement)
        if not _written(session, "agreement.reminder_to_sign", row, agreement.offered_at):
            messages.unsigned(session, agreement, subject, row)
    for check in checks_to_make(session, clock.today() + BEFORE, 1000):
        if check.agreement.object_type in tables:
            subject, row = take_agreement(session, check.agreement)
            if not _written(session, "agreement.reminder_upkeep", check):
                messages.visit(session, check, subject, row)


def _written(session: TenantSession, kind: str, about: Any, since: datetime | None = None) -> bool:
    """Whether this was written already. Two runs at once wait for each other on the agreement."""
    query = select(Message.id).where(Message.kind == kind, Message.object_id == about.id)
    query = query.where(Message.created_at >= since) if since else query
    return session.execute(query.limit(1)).first() is not None

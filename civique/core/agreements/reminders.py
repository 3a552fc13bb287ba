"""Reminding applicants of an agreement to sign and of a visit to come, once each: the message itself is the proof that it was."""

from datetime import timedelta

from civique.core import clock
from civique.core.agreements import messages
from civique.core.agreements.operations import take_agreement
from civique.core.agreements.queries import checks_to_make, unsigned_by_applicant
from civique.core.agreements.subjects import subjects_on
from civique.core.messages.queries import written_at
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
        if not written_at(session, "agreement.reminder_to_sign", row, agreement.offered_at):
            messages.unsigned(session, agreement, subject, row)
    for check in checks_to_make(session, clock.today() + BEFORE, 1000):
        if check.agreement.object_type in tables:
            subject, row = take_agreement(session, check.agreement)
            if not written_at(session, "agreement.reminder_upkeep", check):
                messages.visit(session, check, subject, row)

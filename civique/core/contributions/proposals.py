"""Help that a partner proposes from the site: received, accepted as a contribution to an object, or declined with a word."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.contributions import messages
from civique.core.contributions.declarations import Recipient
from civique.core.contributions.models import Contribution, ContributionProposal
from civique.core.contributions.operations import pledge_contribution
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.references import next_reference
from civique.core.refused import Refused
from tenants.session import TenantSession

DELAY = timedelta(days=14)
"""Within which the mairie promises an answer."""
GIFT = (
    "description",
    "quantity",
    "unit",
    "value_cents",
    "value_basis",
    "staff_time",
    "valid_until",
    "thanked",
)
"""What the contribution takes over from the proposal."""
NOBODY = {"contact_name": "", "email": None, "phone": None, "person_id": None}
"""The columns of who proposed, emptied."""


def propose_contribution(session: TenantSession, recipients: Sequence[Recipient], **facts: Any) -> ContributionProposal:
    """Take a proposal and acknowledge it.

    Args:
        recipients: what takes contributions in this commune.

    Raises:
        Refused: ``nothing_open``.
    """
    if not any(recipient.open for recipient in recipients):
        raise nothing_open()
    proposal = ContributionProposal(reference=next_reference(session, "AID"), **facts)
    session.add(proposal)
    session.flush()
    messages.received(session, proposal, clock.today() + DELAY)
    audit.record(session, "contribution.proposed", proposal, nature=proposal.nature)
    return proposal


def accept_proposal(
    session: TenantSession,
    proposal: ContributionProposal,
    revision: int,
    recipient: Recipient | None,
    organisation_id: UUID | None,
    word: str = "",
    *,
    again: bool = False,
) -> Contribution:
    """It becomes a contribution pledged to an object, and the partner reads it.

    Args:
        recipient: what it goes to.
        organisation_id: the one of the directory that gives; without it, the contribution bears the name that was written.
        again: the same partner really gives the same a second time.

    Raises:
        StaleDataError. Refused: ``proposal_answered``, ``nothing_open``, ``proposal_expired``, ``pledged_twice``.
    """
    _lock(session, proposal, revision)
    if recipient is None or not recipient.open:
        raise nothing_open()
    if proposal.valid_until is not None and proposal.valid_until < clock.today():
        raise Refused(
            _(
                "It was offered until %(until)s. Call them: if it still stands, decline this one with a word and note the pledge yourself.",
                until=long_date(proposal.valid_until),
            ),
            rule="proposal_expired",
        )
    facts = {name: getattr(proposal, name) for name in GIFT}
    giver = "" if organisation_id else proposal.giver_name
    contribution = pledge_contribution(
        session,
        recipient.row,
        proposal.nature,
        again=again,
        organisation_id=organisation_id,
        giver_name=giver,
        **facts,
    )
    proposal.contribution_id = contribution.id
    _answer(session, proposal, "accepted", word)
    messages.accepted(session, proposal, recipient.label, word)
    return contribution


def decline_proposal(session: TenantSession, proposal: ContributionProposal, revision: int, word: str) -> None:
    """The mairie does not take it, and says why.

    Raises:
        StaleDataError. Refused: ``proposal_answered``, ``proposal_word`` without a word.
    """
    _lock(session, proposal, revision)
    if not word.strip():
        raise Refused(_("Write a word: they will read it."), "why", rule="proposal_word")
    _answer(session, proposal, "declined", word)
    messages.declined(session, proposal, word)


def forget_proposals(session: TenantSession, before: datetime) -> None:
    """Forget who proposed what was answered before a moment; what was given stays in the ledger."""
    answered = ContributionProposal.answered_at < before
    session.execute(update(ContributionProposal).where(answered).values(**NOBODY))


def nothing_open() -> Refused:
    """Nothing takes help at the moment."""
    return Refused(
        _("Nothing takes help at the moment. Write to the town hall: it tells you when it can be proposed."),
        rule="nothing_open",
    )


def _lock(session: TenantSession, proposal: ContributionProposal, revision: int) -> None:
    session.refresh(proposal, with_for_update={"of": ContributionProposal})
    if proposal.state != "waiting":
        raise Refused(_("This proposal was answered in the meantime. Nothing was changed."), rule="proposal_answered")
    if proposal.revision != revision:
        raise StaleDataError


def _answer(session: TenantSession, proposal: ContributionProposal, state: str, word: str) -> None:
    proposal.state, proposal.word, proposal.answered_at = state, word.strip(), clock.now()
    session.flush()
    audit.record(session, f"contribution.proposal_{state}", proposal)

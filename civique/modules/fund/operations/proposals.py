"""Help that a partner proposes from the site: received, accepted as a pledge of the open fund, or declined with a word."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock, privacy, settings
from civique.core.commune import Retention
from civique.core.contributions.models import Contribution
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.references import next_reference
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.messages import proposals as messages
from civique.modules.fund.models import Fund, Proposal
from civique.modules.fund.operations import partners
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
"""What the pledge takes over from the proposal."""
NOBODY = {"contact_name": "", "email": None, "phone": None, "person_id": None}
"""The columns of who proposed, emptied."""


def open_fund(session: TenantSession) -> Fund | None:
    """The fund that partners can help now."""
    fund = queries.current_fund(session)
    return fund if fund is not None and fund.state == "open" else None


def receive_proposal(session: TenantSession, **facts: Any) -> Proposal:
    """Take a proposal and acknowledge it.

    Raises:
        Refused: ``no_open_fund``.
    """
    if open_fund(session) is None:
        raise Refused(
            _("No fund is open at the moment: help can be taken once the next one opens."), rule="no_open_fund"
        )
    proposal = Proposal(reference=next_reference(session, "AID"), **facts)
    session.add(proposal)
    session.flush()
    messages.received(session, proposal, clock.today() + DELAY)
    audit.record(session, "fund.proposal_received", proposal, nature=proposal.nature)
    return proposal


def accept_proposal(
    session: TenantSession,
    proposal: Proposal,
    revision: int,
    organisation_id: UUID | None,
    word: str = "",
    *,
    again: bool = False,
) -> Contribution:
    """It becomes a pledge of the open fund, and the partner reads it.

    Args:
        organisation_id: the one of the directory that gives; without it, the pledge bears the name that was written.
        again: the same partner really gives the same a second time.

    Raises:
        StaleDataError. Refused: ``proposal_answered``, ``no_open_fund``, ``proposal_expired``, ``pledged_twice``.
    """
    _take(session, proposal, revision)
    fund = open_fund(session)
    if fund is None:
        raise Refused(
            _("No fund is open at the moment: help can be taken once the next one opens."), rule="no_open_fund"
        )
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
    pledged = partners.pledge(
        session, fund, proposal.nature, again=again, organisation_id=organisation_id, giver_name=giver, **facts
    )
    proposal.contribution_id = pledged.id
    _answer(session, proposal, "accepted", word)
    messages.accepted(session, proposal, fund.year, word)
    return pledged


def decline_proposal(session: TenantSession, proposal: Proposal, revision: int, word: str) -> None:
    """The mairie does not take it, and says why.

    Raises:
        StaleDataError. Refused: ``proposal_answered``, ``proposal_word`` without a word.
    """
    _take(session, proposal, revision)
    if not word.strip():
        raise Refused(_("Write a word: they will read it."), "why", rule="proposal_word")
    _answer(session, proposal, "declined", word)
    messages.declined(session, proposal, word)


def forget_proposals(session: TenantSession) -> None:
    """Who proposed is forgotten as long after the answer as who asks a question; what was given stays in the ledger."""
    long_ago = clock.now() - settings.get(session, Retention).question * privacy.MONTH
    session.execute(update(Proposal).where(Proposal.answered_at < long_ago).values(**NOBODY))


def _take(session: TenantSession, proposal: Proposal, revision: int) -> None:
    session.refresh(proposal, with_for_update={"of": Proposal})
    if proposal.state != "waiting":
        raise Refused(_("This proposal was answered in the meantime. Nothing was changed."), rule="proposal_answered")
    if proposal.revision != revision:
        raise StaleDataError


def _answer(session: TenantSession, proposal: Proposal, state: str, word: str) -> None:
    proposal.state, proposal.word, proposal.answered_at = state, word.strip(), clock.now()
    session.flush()
    audit.record(session, f"fund.proposal_{state}", proposal)

"""Help that a partner proposes from the site: received, accepted as a pledge of the open fund, or declined with a word."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock, privacy, settings
from civique.core.commune import Retention
from civique.core.contributions.models import Contribution
from civique.core.i18n import get_locale, long_date, number
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from civique.core.references import next_reference
from civique.modules.fund import queries
from civique.modules.fund.models import Fund, Proposal
from civique.modules.fund.operations import partners
from civique.modules.fund.operations.course import RuleBroken
from civique.services.identifiers import format_amount
from tenants.session import TenantSession

DELAY = timedelta(days=14)
"""Within which the mairie promises an answer."""
GIFT = (
    "description", "quantity", "unit", "value_cents", "value_basis", "staff_time", "valid_until", "thanked",
)  # fmt: skip
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
        RuleBroken: ``no_open_fund``.
    """
    if open_fund(session) is None:
        raise RuleBroken("no_open_fund")
    proposal = Proposal(reference=next_reference(session, "AID"), **facts)
    session.add(proposal)
    session.flush()
    # What was typed is not sent to an address that nobody confirmed: the form would write for whoever fills it in.
    _tell(session, proposal, "fund.proposal_received", get_locale(), lambda: Content(
        subject=_("We received your proposal of help (%(reference)s)", reference=proposal.reference),
        paragraphs=(
            _("Thank you. The town hall reads it and answers you by %(day)s.", day=long_date(clock.today() + DELAY)),
            _("Nothing is promised before you have agreed with the town hall."),
        ),
        lines=((_("Reference"), proposal.reference), (_("Received on"), long_date(clock.today()))),
        reason=_reason(),
    ))  # fmt: skip
    audit.record(session, "fund.proposal_received", proposal, nature=proposal.nature)
    return proposal


def accept_proposal(
    session: TenantSession, proposal: Proposal, revision: int, organisation_id: UUID | None, word: str = "",
    *, again: bool = False,
) -> Contribution:  # fmt: skip
    """It becomes a pledge of the open fund, and the partner reads it.

    Args:
        organisation_id: the one of the directory that gives; without it, the pledge bears the name that was written.
        again: the same partner really gives the same a second time.

    Raises:
        StaleDataError. RuleBroken: ``proposal_answered``, ``no_open_fund``, ``proposal_expired``, ``pledged_twice``.
    """
    _take(session, proposal, revision)
    fund = open_fund(session)
    if fund is None:
        raise RuleBroken("no_open_fund")
    if proposal.valid_until is not None and proposal.valid_until < clock.today():
        raise RuleBroken("proposal_expired", until=proposal.valid_until)
    facts = {name: getattr(proposal, name) for name in GIFT}
    giver = "" if organisation_id else proposal.giver_name
    pledged = partners.pledge(
        session, fund, proposal.nature, again=again, organisation_id=organisation_id, giver_name=giver, **facts
    )
    proposal.contribution_id = pledged.id
    _answer(session, proposal, "accepted", word)
    _tell(session, proposal, "fund.proposal_accepted", "fr", lambda: Content(
        subject=_("Thank you: your help is welcome (%(reference)s)", reference=proposal.reference),
        paragraphs=(
            _("The town hall gladly accepts what you propose to the citizen initiative fund of %(year)s:", year=fund.year),
            in_words(proposal),
            *([word] if word else [_("We call or write to you to agree on the day.")]),
        ),
        action=(_("See the partners of the fund"), "/fonds/partenaires"),
        reason=_reason(),
    ))  # fmt: skip
    return pledged


def decline_proposal(session: TenantSession, proposal: Proposal, revision: int, word: str) -> None:
    """The mairie does not take it, and says why.

    Raises:
        StaleDataError. RuleBroken: ``proposal_answered``, ``proposal_word`` without a word.
    """
    _take(session, proposal, revision)
    if not word.strip():
        raise RuleBroken("proposal_word")
    _answer(session, proposal, "declined", word)
    _tell(session, proposal, "fund.proposal_declined", "fr", lambda: Content(
        subject=_("Your proposal of help %(reference)s", reference=proposal.reference),
        paragraphs=(
            _("Thank you for proposing this to the citizen initiative fund:"),
            in_words(proposal),
            _("The town hall cannot take it. Here is why:"),
            word,
        ),
        reason=_reason(),
    ))  # fmt: skip


def in_words(proposal: Proposal) -> str:
    """What is proposed, in one line: « Graines : 40 sachets », « 500,00 € »."""
    if proposal.nature == "financial":
        money = format_amount(proposal.value_cents or 0, get_locale())
        return f"{money} – {proposal.description}" if proposal.description else money
    quantity = f"{number(proposal.quantity or 0)} {proposal.unit}".strip()
    return _("%(what)s: %(quantity)s", what=proposal.description, quantity=quantity)


def forget_proposals(session: TenantSession) -> None:
    """Who proposed is forgotten as long after the answer as who asks a question; what was given stays in the ledger."""
    long_ago = clock.now() - settings.get(session, Retention).enquiry * privacy.MONTH
    session.execute(update(Proposal).where(Proposal.answered_at < long_ago).values(**NOBODY))


def _take(session: TenantSession, proposal: Proposal, revision: int) -> None:
    session.refresh(proposal, with_for_update={"of": Proposal})
    if proposal.state != "waiting":
        raise RuleBroken("proposal_answered")
    if proposal.revision != revision:
        raise StaleDataError


def _answer(session: TenantSession, proposal: Proposal, state: str, word: str) -> None:
    proposal.state, proposal.word, proposal.answered_at = state, word.strip(), clock.now()
    session.flush()
    audit.record(session, f"fund.proposal_{state}", proposal)


def _reason() -> str:
    return _("You receive this message because you proposed help to the citizen initiative fund.")


def _tell(session: TenantSession, proposal: Proposal, kind: str, locale: str, content: Callable[[], Content]) -> None:
    """By e-mail, or as a letter to somebody known who has none; a telephone alone is for the agent to call."""
    if proposal.person is not None and (proposal.person.email or not proposal.email):
        write_to(session, proposal.person, kind, content, about=proposal)
    elif proposal.email:
        write_to_address(session, proposal.email, kind, content, about=proposal, locale=locale)

"""What the fund writes to those who propose help."""

from collections.abc import Callable
from datetime import date

from civique.core import clock
from civique.core.i18n import get_locale, long_date, number
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from civique.modules.fund.models import Proposal
from civique.services.identifiers import format_amount
from tenants.session import TenantSession


def received(session: TenantSession, proposal: Proposal, due: date) -> None:
    """Receipt, with the day of the answer."""
    # What was typed is not sent to an address that nobody confirmed: the form would write for whoever fills it in.
    _tell(
        session,
        proposal,
        "fund.proposal_received",
        get_locale(),
        lambda: Content(
            subject=_("We received your proposal of help (%(reference)s)", reference=proposal.reference),
            paragraphs=(
                _("Thank you. The town hall reads it and answers you by %(day)s.", day=long_date(due)),
                _("Nothing is promised before you have agreed with the town hall."),
            ),
            lines=((_("Reference"), proposal.reference), (_("Received on"), long_date(clock.today()))),
            reason=_reason(),
        ),
    )


def accepted(session: TenantSession, proposal: Proposal, year: int, word: str) -> None:
    """The mairie takes it."""
    _tell(
        session,
        proposal,
        "fund.proposal_accepted",
        None,
        lambda: Content(
            subject=_("Thank you: your help is welcome (%(reference)s)", reference=proposal.reference),
            paragraphs=(
                _(
                    "The town hall gladly accepts what you propose to the citizen initiative fund of %(year)s:",
                    year=year,
                ),
                in_words(proposal),
                *([word] if word else [_("We call or write to you to agree on the day.")]),
            ),
            action=(_("See the partners of the fund"), "/fonds/partenaires"),
            reason=_reason(),
        ),
    )


def declined(session: TenantSession, proposal: Proposal, word: str) -> None:
    """The mairie does not take it, and why."""
    _tell(
        session,
        proposal,
        "fund.proposal_declined",
        None,
        lambda: Content(
            subject=_("Your proposal of help %(reference)s", reference=proposal.reference),
            paragraphs=(
                _("Thank you for proposing this to the citizen initiative fund:"),
                in_words(proposal),
                _("The town hall cannot take it. Here is why:"),
                word,
            ),
            reason=_reason(),
        ),
    )


def in_words(proposal: Proposal) -> str:
    """What is proposed, in one line: « Graines : 40 sachets », « 500,00 € »."""
    if proposal.nature == "financial":
        money = format_amount(proposal.value_cents or 0, get_locale())
        return f"{money} – {proposal.description}" if proposal.description else money
    quantity = f"{number(proposal.quantity or 0)} {proposal.unit}".strip()
    return _("%(what)s: %(quantity)s", what=proposal.description, quantity=quantity)


def _reason() -> str:
    return _("You receive this message because you proposed help to the citizen initiative fund.")


def _tell(
    session: TenantSession, proposal: Proposal, kind: str, locale: str | None, content: Callable[[], Content]
) -> None:
    """By e-mail, or as a letter to somebody known who has none; a telephone alone is for the agent to call. An address is
    answered in the language of its proposal."""
    if proposal.person is not None and (proposal.person.email or not proposal.email):
        write_to(session, proposal.person, kind, content, about=proposal)
    elif proposal.email:
        write_to_address(session, proposal.email, kind, content, about=proposal, locale=locale)

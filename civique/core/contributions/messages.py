"""What the town hall writes to those who propose help."""

from collections.abc import Callable
from datetime import date

from civique.core import clock
from civique.core.contributions.labels import in_words
from civique.core.contributions.models import ContributionProposal
from civique.core.i18n import get_locale, long_date
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from tenants.session import TenantSession


def received(session: TenantSession, proposal: ContributionProposal, due: date) -> None:
    """Receipt, with the day of the answer."""
    # What was typed is not sent to an address that nobody confirmed: the form would write for whoever fills it in.
    _tell(
        session,
        proposal,
        "contribution.proposal_received",
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


def accepted(session: TenantSession, proposal: ContributionProposal, recipient: str, word: str) -> None:
    """The mairie takes it."""
    _tell(
        session,
        proposal,
        "contribution.proposal_accepted",
        None,
        lambda: Content(
            subject=_("Thank you: your help is welcome (%(reference)s)", reference=proposal.reference),
            paragraphs=(
                _("The town hall gladly accepts what you propose for « %(recipient)s »:", recipient=recipient),
                in_words(proposal),
                *([word] if word else [_("We call or write to you to agree on the day.")]),
            ),
            action=(_("See the partners"), "/partenaires"),
            reason=_reason(),
        ),
    )


def declined(session: TenantSession, proposal: ContributionProposal, word: str) -> None:
    """The mairie does not take it, and why."""
    _tell(
        session,
        proposal,
        "contribution.proposal_declined",
        None,
        lambda: Content(
            subject=_("Your proposal of help %(reference)s", reference=proposal.reference),
            paragraphs=(
                _("Thank you for proposing this to the town hall:"),
                in_words(proposal),
                _("The town hall cannot take it. Here is why:"),
                word,
            ),
            reason=_reason(),
        ),
    )


def _reason() -> str:
    return _("You receive this message because you proposed help to the town hall.")


def _tell(
    session: TenantSession,
    proposal: ContributionProposal,
    kind: str,
    locale: str | None,
    content: Callable[[], Content],
) -> None:
    """By e-mail, or as a letter to somebody known who has none; a telephone alone is for the agent to call. An address is
    answered in the language of its proposal."""
    if proposal.person is not None and (proposal.person.reached_by == "email" or not proposal.email):
        write_to(session, proposal.person, kind, content, about=proposal)
    elif proposal.email:
        write_to_address(session, proposal.email, kind, content, about=proposal, locale=locale)

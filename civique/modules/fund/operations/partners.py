"""Partners of the fund: what they give is matched to what projects were granted; cash already granted stays (FON-05)."""

from decimal import Decimal
from uuid import UUID

from civique.core.contributions.events import WithdrawalAsked
from civique.core.contributions.models import Contribution, ContributionUse
from civique.core.contributions.operations import use_contribution
from civique.core.contributions.queries import received_cents
from civique.core.i18n import gettext as _
from civique.core.i18n import money
from civique.core.refused import Refused
from civique.modules.fund.models import Ask, Fund, FundApplication
from civique.modules.fund.operations.course import lock_fund
from civique.modules.fund.queries import committed_cents
from civique.modules.fund.queries.partners import given_to
from tenants.session import TenantSession


def keep_granted_cash(session: TenantSession, asked: WithdrawalAsked) -> None:
    """A partner takes a contribution to a fund back: not cash that is granted already.

    Raises:
        Refused: FON-05.
    """
    contribution = asked.contribution
    if contribution.object_type != Fund.__tablename__:
        return
    fund = session.get_one(Fund, contribution.object_id, with_for_update={"of": Fund}, populate_existing=True)
    if contribution.nature == "financial" and contribution.received_on is not None:
        left = (fund.envelope_cents or 0) + received_cents(session, fund) - committed_cents(session, fund)
        if (contribution.value_cents or 0) > left:
            raise Refused(
                _("Only %(left)s are left in the envelope. Grant a part, or wait for another fund.", left=money(left)),
                rule="FON-05",
            )


def match(
    session: TenantSession, contribution: Contribution, ask: Ask, quantity: Decimal, note: str = ""
) -> ContributionUse:
    """Things or time that a partner gives go to a project that was granted some.

    Raises:
        Refused: ``other_nature``; ``not_granted_in_kind``, more than what the decision granted.
        Refused: expired, withdrawn, or not enough left.
    """
    application = session.get_one(FundApplication, ask.application_id)
    lock_fund(session, application)
    if ask.nature != contribution.nature:
        raise Refused(_("Things go to things, time to time."), rule="other_nature")
    if quantity + given_to(session, ask) > (ask.granted_quantity or Decimal(0)):
        raise Refused(
            _("The decision grants less than this: « %(what)s ».", what=ask.description), rule="not_granted_in_kind"
        )
    ask.provider = ask.provider or contribution.giver[:160]
    return use_contribution(session, contribution, ask, quantity, note)


def serve_ask(session: TenantSession, contribution: Contribution, ask_id: UUID, quantity: Decimal) -> None:
    """The same, as the ledger of contributions asks it.

    Raises:
        LookupError: no project of the contribution's fund asked this.
        Refused: see ``match``.
    """
    ask = session.get(Ask, ask_id)
    if ask is None or session.get_one(FundApplication, ask.application_id).fund_id != contribution.object_id:
        raise LookupError(ask_id)
    match(session, contribution, ask, quantity)

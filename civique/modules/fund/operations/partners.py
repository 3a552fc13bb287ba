"""Partners of the fund: what they pledge in money, things and time, matched to what projects were granted."""

from decimal import Decimal
from typing import Any

from civique.core import audit
from civique.core.contributions import operations as contributions
from civique.core.contributions.models import Contribution, ContributionUse
from civique.core.contributions.queries import contributions_to, received_cents
from civique.core.folding import fold
from civique.modules.fund.models import Ask, Fund, FundRequest
from civique.modules.fund.operations.course import RuleBroken, lock_fund
from civique.modules.fund.queries import committed_cents
from civique.modules.fund.queries.partners import given_to
from tenants.session import TenantSession


def pledge(session: TenantSession, fund: Fund, nature: str, *, again: bool = False, **facts: Any) -> Contribution:
    """Note what a partner pledges to a fund.

    Args:
        again: the partner really pledges the same a second time.

    Raises:
        RuleBroken: ``pledged_twice``, the same giver has the same pledge already.
    """
    session.refresh(fund, with_for_update={"of": Fund})
    if not again and _known(session, fund, nature, facts):
        raise RuleBroken("pledged_twice")
    return contributions.promise(session, fund, nature, **facts)


def _known(session: TenantSession, fund: Fund, nature: str, facts: dict[str, Any]) -> bool:
    """Whether the same giver has pledged the same: an identifier when there is one, the name otherwise."""
    giver = {name: facts.get(name) for name in ("organisation_id", "person_id", "giver_name")}
    what = {name: facts.get(name) for name in ("value_cents", "quantity", "unit")}
    return any(
        all(_same(getattr(other, name), value) for name, value in (giver | what).items())
        and fold(other.description) == fold(facts.get("description", ""))
        for other in contributions_to(session, fund, nature)
    )


def _same(kept: Any, given: Any) -> bool:
    if isinstance(kept, str):
        return fold(kept) == fold(given or "")
    return (kept or None) == (given or None)


def cancel_pledge(session: TenantSession, fund: Fund, pledged: Contribution) -> None:
    """A partner takes a pledge back.

    Raises:
        RuleBroken: FON-05, its cash is granted already. NotUsable: ``used``.
    """
    session.refresh(fund, with_for_update={"of": Fund})
    if pledged.nature == "financial" and pledged.received_on is not None:
        left = (fund.envelope_cents or 0) + received_cents(session, fund) - committed_cents(session, fund)
        if (pledged.value_cents or 0) > left:
            raise RuleBroken("FON-05", left=left)
    contributions.cancel(session, pledged)


def match(
    session: TenantSession, pledged: Contribution, ask: Ask, quantity: Decimal, note: str = ""
) -> ContributionUse:
    """A pledge of things or time goes to a project that was granted some.

    Raises:
        RuleBroken: ``other_nature``; ``not_granted_in_kind``, more than what the decision granted.
        NotUsable: expired, cancelled, or not enough left.
    """
    request = session.get_one(FundRequest, ask.request_id)
    lock_fund(session, request)
    if ask.nature != pledged.nature:
        raise RuleBroken("other_nature")
    if quantity + given_to(session, ask) > (ask.granted_quantity or Decimal(0)):
        raise RuleBroken("not_granted_in_kind", what=ask.description)
    ask.provider = ask.provider or pledged.giver[:160]
    return contributions.use(session, pledged, ask, quantity, note)


def thank(session: TenantSession, pledged: Contribution, shown: bool) -> None:
    """Show the giver on the page of thanks, or no longer: only when they agreed."""
    pledged.thanked = shown
    session.flush()
    audit.record(session, "fund.partner_thanked", pledged, shown=shown)

"""Partners of the fund: what they pledge in money, things and time, matched to what projects were granted."""

from decimal import Decimal
from typing import Any

from civique.core import audit
from civique.core.contributions import operations as contributions
from civique.core.contributions.models import Contribution, ContributionUse
from civique.core.contributions.queries import contributions_to, received_cents
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.i18n import money
from civique.core.refused import Refused
from civique.modules.fund.models import Ask, Fund, FundRequest
from civique.modules.fund.operations.course import lock_fund
from civique.modules.fund.queries import committed_cents
from civique.modules.fund.queries.partners import given_to
from tenants.session import TenantSession


def pledge(session: TenantSession, fund: Fund, nature: str, *, again: bool = False, **facts: Any) -> Contribution:
    """Note what a partner pledges to a fund.

    Args:
        again: the partner really pledges the same a second time.

    Raises:
        Refused: ``pledged_twice``, the same giver has the same pledge already.
    """
    session.refresh(fund, with_for_update={"of": Fund})
    if not again and _known(session, fund, nature, facts):
        raise Refused(
            _("This partner has pledged the same already. If it really is a second gift, tick the box and send again."),
            "again",
            rule="pledged_twice",
        )
    return contributions.record_contribution(session, fund, nature, **facts)


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
        Refused: FON-05, its cash is granted already. Refused: ``used``.
    """
    session.refresh(fund, with_for_update={"of": Fund})
    if pledged.nature == "financial" and pledged.received_on is not None:
        left = (fund.envelope_cents or 0) + received_cents(session, fund) - committed_cents(session, fund)
        if (pledged.value_cents or 0) > left:
            raise Refused(
                _("Only %(left)s are left in the envelope. Grant a part, or wait for another fund.", left=money(left)),
                rule="FON-05",
            )
    contributions.withdraw_contribution(session, pledged)


def match(
    session: TenantSession, pledged: Contribution, ask: Ask, quantity: Decimal, note: str = ""
) -> ContributionUse:
    """A pledge of things or time goes to a project that was granted some.

    Raises:
        Refused: ``other_nature``; ``not_granted_in_kind``, more than what the decision granted.
        Refused: expired, cancelled, or not enough left.
    """
    request = session.get_one(FundRequest, ask.request_id)
    lock_fund(session, request)
    if ask.nature != pledged.nature:
        raise Refused(_("Things go to things, time to time."), rule="other_nature")
    if quantity + given_to(session, ask) > (ask.granted_quantity or Decimal(0)):
        raise Refused(
            _("The decision grants less than this: « %(what)s ».", what=ask.description), rule="not_granted_in_kind"
        )
    ask.provider = ask.provider or pledged.giver[:160]
    return contributions.use_contribution(session, pledged, ask, quantity, note)


def thank(session: TenantSession, pledged: Contribution, shown: bool) -> None:
    """Show the giver on the page of thanks, or no longer: only when they agreed."""
    pledged.thanked = shown
    session.flush()
    audit.record(session, "fund.partner_thanked", pledged, shown=shown)

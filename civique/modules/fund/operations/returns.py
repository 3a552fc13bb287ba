"""Amounts that come back to the envelope (FON-11)."""

from civique.core import audit
from civique.core.i18n import gettext as _
from civique.core.i18n import money
from civique.core.refused import Refused
from civique.modules.fund.models import HELPED, ApplicationState, FundRequest, Return
from civique.modules.fund.operations.course import need_state
from tenants.session import TenantSession


def give_back(session: TenantSession, request: FundRequest, amount_cents: int, motive: str) -> Return:
    """An amount comes back to the envelope, with a trace (FON-11).

    Raises:
        Refused: ``more_back_than_granted``.
    """
    need_state(request, *HELPED, ApplicationState.LAPSED, rule="not_helped")
    if amount_cents > request.granted_cents - request.returned_cents:
        raise Refused(
            _(
                "Only %(left)s can come back to the envelope.",
                left=money(request.granted_cents - request.returned_cents),
            ),
            rule="more_back_than_granted",
        )
    back = Return(fund_id=request.fund_id, amount_cents=amount_cents, motive=motive, by_id=session.actor_id)
    request.returns.append(back)
    session.flush()
    audit.record(session, "fund.money_returned", request, cents=amount_cents)
    return back

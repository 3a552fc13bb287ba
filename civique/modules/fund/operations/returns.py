"""Amounts that come back to the envelope (FON-11)."""

from civique.core import audit
from civique.core.i18n import gettext as _
from civique.core.i18n import money
from civique.core.refused import Refused
from civique.modules.fund.models import HELPED, ApplicationState, FundApplication, Return
from civique.modules.fund.operations.course import need_state
from tenants.session import TenantSession


def give_back(session: TenantSession, application: FundApplication, amount_cents: int, motive: str) -> Return:
    """An amount comes back to the envelope, with a trace (FON-11).

    Raises:
        Refused: ``more_back_than_granted``.
    """
    need_state(application, *HELPED, ApplicationState.LAPSED, rule="not_helped")
    if amount_cents > application.granted_cents - application.returned_cents:
        raise Refused(
            _(
                "Only %(left)s can come back to the envelope.",
                left=money(application.granted_cents - application.returned_cents),
            ),
            rule="more_back_than_granted",
        )
    back = Return(fund_id=application.fund_id, amount_cents=amount_cents, motive=motive, by_id=session.actor_id)
    application.returns.append(back)
    session.flush()
    audit.record(session, "fund.money_returned", application, cents=amount_cents)
    return back

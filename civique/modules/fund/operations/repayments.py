"""Money that comes back to the envelope, and what was paid and not spent: asked back, received, or waived (FON-11)."""

from datetime import date

from civique.core import audit, clock
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, money
from civique.core.refused import Refused
from civique.modules.fund.models import HELPED, ApplicationState, FundApplication, Repayment, Return
from civique.modules.fund.operations.course import lock, lock_fund, need_motive, need_state, refuse_linked
from tenants.session import TenantSession


def ask_repayment(session: TenantSession, application: FundApplication, amount_cents: int) -> Repayment | None:
    """Ask an amount back from who was paid; nothing is asked for 0.

    Raises:
        Refused: ``more_than_paid``.
    """
    if amount_cents > application.paid_cents:
        raise Refused(
            _(
                "Only %(left)s were paid: no more can be asked back. Lower the amount.",
                left=money(application.paid_cents),
            ),
            "repay_cents",
            rule="more_than_paid",
        )
    if amount_cents <= 0:
        return None
    repayment = Repayment(amount_cents=amount_cents, asked_on=clock.today(), reference="", motive="")
    application.repayments.append(repayment)
    session.flush()
    audit.record(session, "fund.repayment_asked", application, cents=amount_cents)
    return repayment


def note_received(
    session: TenantSession, application: FundApplication, repayment: Repayment, on: date, reference: str = ""
) -> None:
    """The treasurer received it: it returns to the envelope, with a trace. Noting it twice changes nothing.

    Raises:
        Refused: ``repayment_waived``; ``repaid_early``, a day before it was asked or to come; FON-07.
    """
    lock_fund(session, application)
    lock(session, application)
    refuse_linked(session, application)
    session.refresh(repayment, with_for_update=True)
    if repayment.state == "received":
        return
    if repayment.state == "waived":
        raise Refused(
            _("A colleague gave up asking for this amount. Nothing was changed: the reason is on this page."),
            rule="repayment_waived",
        )
    if on < repayment.asked_on or on > clock.today():
        raise Refused(
            _("Between the day it was asked back (%(asked_on)s) and today.", asked_on=long_date(repayment.asked_on)),
            "on",
            rule="repaid_early",
        )
    repayment.state, repayment.received_on, repayment.reference = "received", on, reference
    give_back(session, application, repayment.amount_cents, reference)


def waive(session: TenantSession, application: FundApplication, repayment: Repayment, motive: str) -> None:
    """Give up asking (remise gracieuse): the amount stays granted and paid. Doing it twice changes nothing.

    Raises:
        Refused: FON-08 without a reason; ``repayment_received``; FON-07.
    """
    need_motive(motive)
    lock(session, application)
    refuse_linked(session, application)
    session.refresh(repayment, with_for_update=True)
    if repayment.state == "waived":
        return
    if repayment.state == "received":
        raise Refused(
            _("This amount was received already: it is back in the envelope, nothing is left to give up."),
            rule="repayment_received",
        )
    repayment.state, repayment.motive = "waived", motive.strip()[:600]
    session.flush()
    audit.record(session, "fund.repayment_waived", application, cents=repayment.amount_cents)


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

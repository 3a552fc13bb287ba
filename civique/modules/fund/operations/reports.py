"""The report, what comes back to the envelope (FON-11), the end of an application."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from civique.core import clock, events, search
from civique.core.agreements import operations as agreements
from civique.core.agreements.queries import agreement_of
from civique.core.i18n import gettext as _
from civique.core.projects import ProjectReported
from civique.core.refused import Refused
from civique.core.stories.operations import withdraw_story
from civique.modules.fund import messages
from civique.modules.fund.models import ApplicationState, FundApplication, Report
from civique.modules.fund.operations.course import (
    enter,
    lock,
    need_state,
    refuse_linked,
)
from civique.modules.fund.operations.payments import need_no_payment
from civique.modules.fund.operations.repayments import ask_repayment, give_back
from civique.modules.fund.queries import helped_project
from tenants.session import TenantSession


def keep_report(
    session: TenantSession,
    application: FundApplication,
    spent: dict[UUID, int],
    *,
    revision: int | None = None,
    **facts: Any,
) -> Report:
    """Write the report, or write it again until it is accepted. ``spent``: cents for each budget line.

    Args:
        revision: that of the report that was read, 0 when there was none; None writes over any.

    Raises:
        StaleDataError: the applicant, or the mairie, wrote it since it was read.
        Refused: ``not_under_way``; ``report_accepted``.
    """
    lock(session, application)
    session.expire(application, ["report"])
    if application.report is not None:
        session.refresh(application.report)
    if revision is not None and revision != (application.report.revision if application.report else 0):
        raise StaleDataError
    need_state(application, ApplicationState.UNDER_WAY, ApplicationState.REPORT, rule="not_under_way")
    report = application.report
    if report is not None and report.accepted_at is not None:
        raise Refused(_("The town hall accepted this report: it no longer changes."), rule="report_accepted")
    if report is None:
        application.report = report = Report(text="")
    else:
        flag_modified(report, "text")  # what was spent is on the lines: the revision moves with them
    for name, value in facts.items():
        setattr(report, name, value)
    for line in application.lines:
        line.spent_cents = spent.get(line.id, line.spent_cents)
    session.flush()
    if not report.may_publish:
        withdraw_story(session, application.id)
    return report


def send_report(session: TenantSession, application: FundApplication) -> None:
    """Send the report to the mairie. Twice is once.

    Raises:
        Refused: ``report_empty``, no text or no spent amount.
    """
    lock(session, application)
    need_state(application, ApplicationState.UNDER_WAY, ApplicationState.REPORT, rule="not_under_way")
    report = application.report
    if report is None or not report.text.strip() or any(line.spent_cents is None for line in application.lines):
        raise Refused(
            _("Tell what you did, and write what you spent on each line (0 if nothing)."), rule="report_empty"
        )
    report.sent_at = report.sent_at or clock.now()
    if application.state != ApplicationState.REPORT:
        enter(session, application, ApplicationState.REPORT)
        messages.report_received(session, application)


def reopen_report(session: TenantSession, application: FundApplication, *, motive: str) -> None:
    """The report goes back to the applicant with what is missing (``motive``)."""
    if application.report is not None:
        application.report.sent_at = None


def settle(session: TenantSession, application: FundApplication, *, repay_cents: int | None = None) -> dict[str, int]:
    """Accept the report and close the file: what is neither paid nor owed comes back to the envelope (FON-11), what was
    paid and not spent is asked back.

    Args:
        repay_cents: what is asked back; by default what was paid above all that was spent.

    Returns:
        Cents that came back to the envelope, and cents asked back.

    Raises:
        Refused: ``payment_waits``, ``more_than_paid``, FON-07.
    """
    refuse_linked(session, application)
    need_no_payment(application)
    report = application.report
    assert report is not None, "the state says that there is a report"
    report.accepted_at = clock.now()
    left = application.to_pay_cents
    if left > 0:
        give_back(session, application, left, "")
    asked = ask_repayment(session, application, application.unspent_cents if repay_cents is None else repay_cents)
    agreement = agreement_of(session, application)
    if agreement is not None and agreement.state == "signed" and agreement.upkeep_until is None:
        agreements.end_agreement(session, agreement)
    events.tell(session, ProjectReported(helped_project(application), clock.today()))
    return {"returned_cents": left, "asked_back_cents": asked.amount_cents if asked else 0}


def give_up(
    session: TenantSession, application: FundApplication, *, motive: str, repay_cents: int | None = None
) -> dict[str, int]:
    """A helped project does not take place: the file lapses, what was not paid comes back (FON-11), what was paid is
    asked back.

    Args:
        repay_cents: what is asked back; by default all that was paid.

    Returns:
        Cents asked back.

    Raises:
        Refused: ``payment_waits``, ``more_than_paid``.
    """
    agreement = agreement_of(session, application)
    if agreement is not None:
        agreements.withdraw_agreement(session, agreement, motive)
    return {"asked_back_cents": return_money(session, application, motive, repay_cents)}


def return_money(session: TenantSession, application: FundApplication, motive: str, repay_cents: int | None) -> int:
    """A helped project stops before its report is accepted: what was not paid comes back to the envelope, what was paid is
    asked back, neither the project nor its story is shown any more. The fund and the application are locked by the caller.

    Args:
        repay_cents: what is asked back; None for all that was paid.

    Returns:
        Cents asked back.

    Raises:
        Refused: ``payment_waits``, ``more_than_paid``.
    """
    need_no_payment(application)
    withdraw_story(session, application.id)
    search.remove(session, application)
    left = application.to_pay_cents
    if left > 0:
        give_back(session, application, left, motive)
    asked = ask_repayment(session, application, application.paid_cents if repay_cents is None else repay_cents)
    return asked.amount_cents if asked else 0

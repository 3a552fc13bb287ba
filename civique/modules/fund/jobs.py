"""Reminders, recomputed each day from where the applications stand: a late run, a second run or a run that was killed changes
nothing. Each thing due is reminded once: the message itself is the proof that it was."""

from datetime import datetime, timedelta

from sqlalchemy import select

from civique.core import clock, settings
from civique.core.cases.operations import move
from civique.core.i18n import gettext as _
from civique.core.messages.queries import written_at
from civique.modules.fund import messages
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import forgetting
from civique.modules.fund.operations.course import lock
from civique.modules.fund.queries import LAST_DAY
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.workflow import WORKFLOW
from tenants.session import TenantSession

BEFORE = 15
"""Days before a report is due, when it is reminded."""


def remind(session: TenantSession) -> None:
    """The job ``fund.remind``: what is due is reminded, what was never completed lapses."""
    rules = settings.get(session, FundSettings)
    _reports(session, rules.report_days)
    for application in desk_queries.waiting_since(session, "to_complete", rules.complete_days):
        _incomplete(session, application, rules.complete_days)


def forget_applications(session: TenantSession) -> None:
    """The job ``fund.forget_applications``: drafts that nobody touched go after a year; ten years after the last thing that
    happened to an application, its accounts stay without the name."""
    forgetting.forget_drafts(session)
    forgetting.forget_old(session)


def _reports(session: TenantSession, days: int) -> None:
    """Reports due in two weeks, then late ones."""
    soon = clock.today() + timedelta(days=BEFORE - days)
    query = select(FundApplication).where(FundApplication.state == ApplicationState.UNDER_WAY, soon >= LAST_DAY)
    for application in session.scalars(query.order_by(LAST_DAY)).unique().all():
        assert application.last_day is not None, "the query asks for it"
        due = application.last_day + timedelta(days=days)
        late = due < clock.today()
        kind = "fund.reminder_report_late" if late else "fund.reminder_report_due"
        lock(session, application)
        if written_at(session, kind, application, _entered(application)) is None:
            (messages.report_late if late else messages.report_due)(session, application, due)


def _incomplete(session: TenantSession, application: FundApplication, days: int) -> None:
    """Reminded once, then lapsed after twice the delay, never on the day of the reminder."""
    lock(session, application)
    since = _entered(application)
    lapses = clock.local(since).date() + timedelta(days=2 * days)
    reminded = written_at(session, "fund.reminder_to_complete", application, since)
    if reminded is None:
        messages.still_to_complete(session, application, max(lapses, clock.today() + timedelta(days=BEFORE)))
        return
    over = clock.today() >= max(lapses, clock.local(reminded).date() + timedelta(days=BEFORE))
    if over and application.state == ApplicationState.TO_COMPLETE:
        motive = _("We did not receive what was missing, although we asked twice.")
        move(session, WORKFLOW, application, "lapse", motive=motive)


def _entered(application: FundApplication) -> datetime:
    """When the application entered its state."""
    return max(step.at for step in application.steps if step.state == application.state)

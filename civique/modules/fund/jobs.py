"""Reminders, recomputed each day from where the applications stand: a late run, a second run or a run that was killed changes
nothing. Each thing due is reminded once: the message itself is the proof that it was."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from civique.core import clock, settings
from civique.core.cases.operations import move
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.operations import write_to
from civique.modules.fund.models import ApplicationState, FundApplication
from civique.modules.fund.operations import endorsements, forgetting
from civique.modules.fund.operations.course import lock
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


def forget_endorsements(session: TenantSession) -> None:
    """The job ``fund.forget_endorsements``: supports and comments go some months after the examination."""
    endorsements.forget_endorsements(session)


def forget_applications(session: TenantSession) -> None:
    """The job ``fund.forget_applications``: drafts that nobody touched go after a year; ten years after the last thing that
    happened to an application, its accounts stay without the name."""
    forgetting.forget_drafts(session)
    forgetting.forget_old(session)


def _reports(session: TenantSession, days: int) -> None:
    """Reports due in two weeks, then late ones."""
    soon = clock.today() + timedelta(days=BEFORE - days)
    query = select(FundApplication).where(
        FundApplication.state == ApplicationState.UNDER_WAY, FundApplication.ends_on <= soon
    )
    for application in session.scalars(query.order_by(FundApplication.ends_on)).unique().all():
        assert application.ends_on is not None, "the query asks for it"
        due = application.ends_on + timedelta(days=days)
        late, since = due < clock.today(), _entered(application)
        words = partial(_report, application, due, late)
        if late:
            _once(session, application, "fund.reminder_report_late", words, since=since)
        else:
            _once(session, application, "fund.reminder_report_due", words, since=since)


def _report(application: FundApplication, due: date, late: bool) -> Content:
    day = long_date(due)
    return Content(
        subject=_("The report of your project « %(title)s » is late", title=application.title)
        if late
        else _("The report of your project « %(title)s » is due soon", title=application.title),
        paragraphs=(
            _("We expected the report of your project by %(day)s.", day=day)
            if late
            else _("Please send the report of your project by %(day)s.", day=day),
            _(
                "Tell in a few lines what you did and what you spent, and add photos if you have some. It takes ten minutes; the town hall can write it with you."
            ),
            _("While it is missing, you cannot ask the fund again.")
            if late
            else _("Has the project not taken place yet? Tell us, we change the dates."),
        ),
        action=(_("Write my report"), f"/fonds/demandes/{application.id}"),
        reason=_reason(),
    )


def _incomplete(session: TenantSession, application: FundApplication, days: int) -> None:
    """Reminded once, then lapsed after twice the delay, never on the day of the reminder."""
    wanted = [item.label for item in application.missing if item.given_at is None]
    since = _entered(application)
    lapses = clock.local(since).date() + timedelta(days=2 * days)
    reminded = _once(
        session,
        application,
        "fund.reminder_to_complete",
        lambda: Content(
            subject=_("Your request %(reference)s still waits for something", reference=application.reference),
            paragraphs=(
                _("We cannot examine your request « %(title)s » yet. We still need:", title=application.title),
                *(f"– {label}" for label in wanted),
                _(
                    "Give it on the page of your request, or bring it to the town hall, before %(day)s. Otherwise the request is closed; you can send another one.",
                    day=long_date(max(lapses, clock.today() + timedelta(days=BEFORE))),
                ),
            ),
            action=(_("Complete my request"), f"/fonds/demandes/{application.id}"),
            reason=_reason(),
        ),
        since=since,
    )
    if reminded is None or clock.today() < max(lapses, clock.local(reminded).date() + timedelta(days=BEFORE)):
        return
    if application.state == ApplicationState.TO_COMPLETE:
        motive = _("We did not receive what was missing, although we asked twice.")
        move(session, WORKFLOW, application, "lapse", motive=motive)


def _once(
    session: TenantSession,
    application: FundApplication,
    kind: str,
    content: Callable[[], Content],
    *,
    about: Any = None,
    since: datetime | None = None,
) -> datetime | None:
    """Write to the applicant unless this was done already since a moment. Two runs at once wait for each other on the application.

    Returns:
        When it was written before; None when it is written now, or to nobody.
    """
    lock(session, application)
    target = about if about is not None else application
    query = select(Message.created_at).where(Message.kind == kind, Message.object_id == target.id)
    query = query.where(Message.created_at >= since) if since else query
    written = session.scalars(query.order_by(Message.created_at)).first()
    if written is None and application.applicant is not None:
        write_to(session, application.applicant, kind, content, about=target)
    return written


def _entered(application: FundApplication) -> datetime:
    """When the application entered its state."""
    return max(step.at for step in application.steps if step.state == application.state)


def _reason() -> str:
    return _("You receive this message because you asked the citizen initiative fund for help.")

"""Reminders, recomputed each day from where the requests stand: a late run, a second run or a run that was killed changes
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
from civique.modules.fund.models import ApplicationState, FundRequest
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
    for request in desk_queries.waiting_since(session, "to_complete", rules.complete_days):
        _incomplete(session, request, rules.complete_days)


def forget_endorsements(session: TenantSession) -> None:
    """The job ``fund.forget_endorsements``: supports and comments go some months after the examination."""
    endorsements.forget_endorsements(session)


def forget_requests(session: TenantSession) -> None:
    """The job ``fund.forget_requests``: drafts that nobody touched go after a year; ten years after the last thing that
    happened to a request, its accounts stay without the name."""
    forgetting.forget_drafts(session)
    forgetting.forget_old(session)


def _reports(session: TenantSession, days: int) -> None:
    """Reports due in two weeks, then late ones."""
    soon = clock.today() + timedelta(days=BEFORE - days)
    query = select(FundRequest).where(FundRequest.state == ApplicationState.UNDER_WAY, FundRequest.ends_on <= soon)
    for request in session.scalars(query.order_by(FundRequest.ends_on)).unique().all():
        assert request.ends_on is not None, "the query asks for it"
        due = request.ends_on + timedelta(days=days)
        late, since = due < clock.today(), _entered(request)
        words = partial(_report, request, due, late)
        if late:
            _once(session, request, "fund.reminder_report_late", words, since=since)
        else:
            _once(session, request, "fund.reminder_report_due", words, since=since)


def _report(request: FundRequest, due: date, late: bool) -> Content:
    day = long_date(due)
    return Content(
        subject=_("The report of your project « %(title)s » is late", title=request.title)
        if late
        else _("The report of your project « %(title)s » is due soon", title=request.title),
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
        action=(_("Write my report"), f"/fonds/demandes/{request.id}"),
        reason=_reason(),
    )


def _incomplete(session: TenantSession, request: FundRequest, days: int) -> None:
    """Reminded once, then lapsed after twice the delay, never on the day of the reminder."""
    wanted = [item.label for item in request.missing if item.given_at is None]
    since = _entered(request)
    lapses = clock.local(since).date() + timedelta(days=2 * days)
    reminded = _once(
        session,
        request,
        "fund.reminder_to_complete",
        lambda: Content(
            subject=_("Your request %(reference)s still waits for something", reference=request.reference),
            paragraphs=(
                _("We cannot examine your request « %(title)s » yet. We still need:", title=request.title),
                *(f"– {label}" for label in wanted),
                _(
                    "Give it on the page of your request, or bring it to the town hall, before %(day)s. Otherwise the request is closed; you can send another one.",
                    day=long_date(max(lapses, clock.today() + timedelta(days=BEFORE))),
                ),
            ),
            action=(_("Complete my request"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
        since=since,
    )
    if reminded is None or clock.today() < max(lapses, clock.local(reminded).date() + timedelta(days=BEFORE)):
        return
    if request.state == ApplicationState.TO_COMPLETE:
        motive = _("We did not receive what was missing, although we asked twice.")
        move(session, WORKFLOW, request, "lapse", motive=motive)


def _once(
    session: TenantSession,
    request: FundRequest,
    kind: str,
    content: Callable[[], Content],
    *,
    about: Any = None,
    since: datetime | None = None,
) -> datetime | None:
    """Write to the holder unless this was done already since a moment. Two runs at once wait for each other on the request.

    Returns:
        When it was written before; None when it is written now, or to nobody.
    """
    lock(session, request)
    target = about if about is not None else request
    query = select(Message.created_at).where(Message.kind == kind, Message.object_id == target.id)
    query = query.where(Message.created_at >= since) if since else query
    written = session.scalars(query.order_by(Message.created_at)).first()
    if written is None and request.holder is not None:
        write_to(session, request.holder, kind, content, about=target)
    return written


def _entered(request: FundRequest) -> datetime:
    """When the request entered its state."""
    return max(step.at for step in request.steps if step.state == request.state)


def _reason() -> str:
    return _("You receive this message because you asked the citizen initiative fund for help.")

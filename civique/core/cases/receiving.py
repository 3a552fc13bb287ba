"""Receiving a case: its reference, its first step, the answer due, the receipt."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from civique.core import clock
from civique.core.answers.operations import open_answer
from civique.core.cases import messages
from civique.core.cases.operations import enter
from civique.core.cases.workflow import workflow_of
from civique.core.references import next_reference
from tenants.session import TenantSession


def receive(
    session: TenantSession,
    case: Any,
    *,
    module: str,
    prefix: str,
    days: int,
    whom: str = "",
    at: datetime | None = None,
    action: str = "",
    message: Callable[[TenantSession, Any, date], object] | None = messages.received,
) -> Any:
    """Take a case that was brought: it gets its reference, enters the first state of its workflow, an answer is due, and
    its applicant has a receipt (art. L112-8 CRPA).

    Args:
        prefix: of its reference.
        days: within which it is answered.
        whom: name of who asks, when the commune has no record of them.
        at: when it was brought, if it is not now.
        action: of the audit trail, when it is not that of the state.
        message: writes the receipt; None when nobody is told (a list of former years).
    """
    workflow = workflow_of(case)
    assert workflow is not None, "only a case is received"
    case.reference, case.state = next_reference(session, prefix), workflow.states[0].code
    session.add(case)
    session.flush()
    due = clock.today() + timedelta(days=days)
    open_answer(
        session,
        case,
        module=module,
        title=workflow.title(case),
        whom=whom or (case.applicant.name if case.applicant else ""),
        due_on=due,
        channel=case.channel,
        path=workflow.desk_path(case),
        opened_at=case.created_at,
    )
    enter(session, case, case.state, at=at, action=action, channel=case.channel)
    if message is not None:
        message(session, case, due)
    return case

"""Moving cases from state to state."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.answers import operations as answers
from civique.core.cases.models import CaseStep, MissingItem
from civique.core.cases.workflow import Transition, Workflow, workflow_of
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession


def move(
    session: TenantSession,
    workflow: Workflow,
    case: Any,
    name: str,
    *,
    revision: int | None = None,
    motive: str = "",
    **facts: Any,
) -> Any:
    """Take a case through a transition: lock, check, apply, then write the step, the audit line, the answer due and the
    message.

    Args:
        revision: of the case that was read; None when whoever acts read nothing (the software, its applicant).
        facts: what the transition's check, effect and message take besides the session and the case.

    Raises:
        StaleDataError: a colleague changed the case since it was read.
        Refused: the case is elsewhere, a motive is missing, or as the transition's check and effect say.
    """
    transition = workflow.by_name[name]
    if transition.lock is not None:
        transition.lock(session, case)
    lock(session, case, revision)
    if case.state not in transition.sources:
        raise elsewhere(transition)
    if transition.motive and not motive.strip():
        raise Refused(_("Write the reason: it will be read by who asked."), "motive", rule=transition.motive)
    if motive:
        facts["motive"] = motive.strip()
    if transition.check is not None:
        transition.check(session, case, **facts)
    outcome = transition.effect(session, case, **facts) if transition.effect is not None else None
    if isinstance(outcome, dict):
        facts, outcome = facts | outcome, None
    enter(session, case, outcome or transition.target, motive, action=transition.audit)
    if transition.answer:
        ANSWERS[transition.answer](session, case)
    if transition.message is not None:
        transition.message(session, case, **facts)
    return case


ANSWERS = {
    "pause": answers.pause_answer,
    "resume": answers.resume_answer,
    "close": answers.close_answer,
    "drop": answers.drop_answer,
    "reopen": answers.reopen_answer,
}
"""What a transition does to the answer due."""


def elsewhere(transition: Transition) -> Refused:
    """Refusal of a transition of a case that is in none of its sources."""
    sentence = transition.otherwise or _("A colleague took this further in the meantime. Nothing was changed.")
    return Refused(str(sentence), rule=transition.rule or "elsewhere")


def lock(session: TenantSession, case: Any, revision: int | None = None) -> None:
    """Take a case for oneself until the end of the transaction, as the database has it now.

    Raises:
        StaleDataError: it is no longer the one that was read.
    """
    session.refresh(case, with_for_update={"of": type(case)})
    if revision is not None and case.revision != revision:
        raise StaleDataError


def enter(
    session: TenantSession,
    case: Any,
    state: str,
    motive: str = "",
    *,
    at: datetime | None = None,
    action: str = "",
    **facts: Any,
) -> None:
    """A case enters a state: the step keeps when, who and why.

    Args:
        at: when, if it is not now.
        action: of the audit trail, when it is not that of the state.
        facts: kept in the audit trail.
    """
    case.state = state
    case.steps.append(CaseStep(state=state, at=at or clock.now(), actor_id=session.actor_id, motive=motive[:2000]))
    session.flush()
    audit.record(session, action or f"{case.audit}{state}", case, **facts)


def assign(session: TenantSession, case: Any, assignee: Person | None) -> None:
    """Somebody of the mairie takes charge of a case and of its answer, or nobody any more.

    Raises:
        Refused: as the workflow's ``may_take`` says.
    """
    workflow = workflow_of(case)
    if assignee is not None and workflow is not None and workflow.may_take is not None:
        workflow.may_take(session, case, assignee)
    case.assignee_id = assignee.id if assignee else None
    answer = answers.answer_for(session, case)
    if answer is not None:
        answers.assign_answer(session, answer, assignee)
    session.flush()
    audit.record(session, f"{case.audit}assigned", case)


def forget_orphans(session: TenantSession, model: type[Any]) -> int:
    """Delete the steps and missing items of cases that were deleted by a statement. Twice is once.

    Returns:
        How many rows went.
    """
    gone = 0
    for table in (CaseStep, MissingItem):
        query = delete(table).where(table.object_type == model.__tablename__, table.object_id.not_in(select(model.id)))
        gone += session.execute(query).rowcount  # type: ignore[attr-defined]
    return gone

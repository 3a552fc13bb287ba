"""The cases of a person among their data: exported, left without a name when they go or when time has passed."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select, update

from civique.core import audit, clock
from civique.core.answers.operations import forget_author
from civique.core.cases.models import CaseStep
from civique.core.cases.workflow import Workflow
from civique.core.documents.operations import drop_file
from civique.core.held import plain
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import PersonalData
from civique.core.people.models import Person
from tenants.session import TenantSession

LABELS = {"asked": _l("Your request"), "answers": _l("What you gave and added afterwards")}


def personal_cases(
    workflow: Workflow, name: str, label: Any, *, words: Sequence[str], months: Callable[[TenantSession], int]
) -> PersonalData:
    """The kind of personal data that the cases of a table are.

    Args:
        name: of the kind, as ``personal_columns.txt`` names it.
        words: columns that hold what somebody wrote: emptied with their name.
        months: how long a case that is over names who asked; a daily job calls :func:`forget_old`.
    """

    def kept(session: TenantSession) -> str:
        return _("%(months)s months after the answer; then your name goes", months=months(session))

    def export(session: TenantSession, person: Person) -> list[dict[str, Any]]:
        return [_exported(workflow, case) for case in workflow.mine(session, person)]

    def erase(session: TenantSession, person: Person) -> None:
        model = workflow.model
        session.execute(update(model).where(model.assignee_id == person.id).values(assignee_id=None))
        for case in session.scalars(select(model).where(model.applicant_id == person.id)).unique():
            forget_applicant(session, case, words)

    return PersonalData(
        name,
        label,
        _l("To examine them and to answer you"),
        _l("Public-interest task"),
        kept,
        export,
        erase,
        labels=LABELS,
        words={"state": {state.code: state.told or state.label for state in workflow.states}},
    )


def _exported(workflow: Workflow, case: Any) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "date": plain(case.created_at),
        "channel": case.channel,
        "state": case.state,
        "asked": [f"{label} : {words}" for label, words in workflow.said(case)],
        "answers": [f"{item.label} : {item.answer}".removeprefix(" : ") for item in case.missing if item.given_at],
    }


def forget_applicant(session: TenantSession, case: Any, words: Sequence[str]) -> None:
    """A case stays for the figures, without who asked, what they wrote and what they gave."""
    case.applicant_id = None
    for column in words:
        setattr(case, column, "")
    for item in case.missing:
        item.answer = ""
        if item.file is not None:
            drop_file(session, item.file)
    forget_author(session, case, case.reference or "")
    session.flush()


def forget_old(session: TenantSession, workflow: Workflow, words: Sequence[str], months: int) -> int:
    """Leave without a name the cases that are over and to which nothing happened for some months. Twice is once.

    Returns:
        How many named somebody.
    """
    model = workflow.model
    before = clock.now() - timedelta(days=30 * months)
    since = exists().where(CaseStep.object_id == model.id, CaseStep.at >= before)
    over = [state.code for state in workflow.states if not state.waits_for]
    query = select(model).where(model.applicant_id.is_not(None), model.state.in_(over), ~since)
    old = session.scalars(query.with_for_update(of=model, skip_locked=True)).unique().all()
    for case in old:
        forget_applicant(session, case, words)
        audit.record(session, f"{case.audit}forgotten", case)
    return len(old)

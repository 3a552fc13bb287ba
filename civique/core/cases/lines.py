"""The four lines that open whatever speaks of a case: where it is, who has it, what comes next, what one may do."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy.orm import object_session

from civique.core.answers.models import AnswerDue
from civique.core.answers.operations import answer_for
from civique.core.cases.workflow import APPLICANT, NOBODY, Workflow
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from tenants.session import TenantSession


@dataclass(frozen=True)
class FourLines:
    """Where the case is and since when; which service has it and who decides; what comes next and by which day; what the
    applicant may do."""

    where: str
    who: str
    next: str
    you: str

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Heading and sentence of each line."""
        return (
            (_("Where?"), self.where),
            (_("Who?"), self.who),
            (_("Next?"), self.next),
            (_("You?"), self.you),
        )


def four_lines(session: TenantSession, workflow: Workflow, case: Any, due: AnswerDue | None) -> FourLines:
    """The four lines of a case, for its applicant.

    Args:
        due: its answer due, if it opened one.
    """
    state = workflow.state(case)
    since = case.steps[-1].at if case.steps else case.created_at
    day = long_date(since, weekday=False)
    if state.held_by is not None:
        where = _("%(where)s, since %(day)s.", where=state.held_by(case), day=day)
    elif state.waits_for == APPLICANT:
        where = _("With you, since %(day)s.", day=day)
    elif state.waits_for == NOBODY:
        told = workflow.shown(case.state, case)
        if told.endswith((".", "!")):
            where = _("%(state)s Since %(day)s.", state=told, day=day)
        else:
            where = _("%(state)s, on %(day)s.", state=told, day=day)
    else:
        where = _("At the town hall, since %(day)s.", day=day)
    you = str(state.todo_of(case) if state.todo_of is not None else state.todo)
    return FourLines(where, workflow.service(session, case), _next(state, due), you or _("Nothing to do."))


def decided_by(case: Any) -> str:
    """Where a case that waits for its decision is, with the day when it is known: ``told_of`` of such a state."""
    due = answer_for(cast(TenantSession, object_session(case)), case)
    if due is None or due.paused_on is not None:
        return _("At the town hall: the decision is to come")
    return _("At the town hall: decision before %(day)s", day=long_date(due.due_on, weekday=False))


def _next(state: Any, due: AnswerDue | None) -> str:
    if state.waits_for == NOBODY:
        return str(state.next) or _("Nothing more is to come.")
    if due is not None and due.state in {"due", "preparing"} and due.paused_on is None:
        day = long_date(due.due_on)
        return state.next_by(day) if state.next_by else _("Answer before %(day)s.", day=day)
    return str(state.next) or _("The town hall goes on with it.")

"""« Où en est-on ? »: the course of a case as its applicant sees it, steps done, under way and to come."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civique.core.answers.models import AnswerDue
from civique.core.channels import GIVEN
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date

if TYPE_CHECKING:
    from civique.core.cases.workflow import Workflow


@dataclass(frozen=True)
class Step:
    """One step: ``state`` is ``done``, ``now`` or ``todo``."""

    title: str
    text: str
    state: str


@dataclass(frozen=True)
class Stage:
    """A stage of the course of a case, in the order of its life.

    Args:
        title: while it is under way or to come; a state with a ``step`` of its own says it otherwise.
        states: in which it is under way.
        reached: states whose entry ends it; ``done`` is then its title, unless the state has a ``step``.
        text: what happens in it, while it is under way or to come.
        when: whether it is to come for a case.
        own: steps of something that has no state (a payment), instead of all the above.
        answered: the day of the answer due is said while it is under way or to come.
    """

    title: Any = ""
    states: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    done: Any = ""
    text: Any = ""
    when: Callable[[Any], bool] = lambda case: True
    own: Callable[[Any], Iterator[Step]] | None = None
    answered: bool = False


def course(workflow: "Workflow", case: Any, due: AnswerDue | None = None, sent_on: Any = None) -> list[Step]:
    """Steps of a case that was sent.

    Args:
        due: its answer due, if it opened one.
        sent_on: when it was sent, if it is not when it was made.
    """
    entered = {step.state: step for step in case.steps}
    over = not workflow.state(case).waits_for
    sent = f"{long_date(sent_on or case.created_at, weekday=False)}, {GIVEN[case.channel]}."
    steps = [Step(_("Sent"), sent, "done")]
    current = next((rank for rank, stage in enumerate(workflow.stages) if case.state in stage.states), -1)
    for rank, stage in enumerate(workflow.stages):
        ends = [entered[code] for code in stage.reached if code in entered]
        if stage.own is not None:
            steps += stage.own(case)
        elif ends:
            last = max(ends, key=lambda step: step.at)
            steps.append(Step(str(workflow.by_code[last.state].step or stage.done or stage.title), _said(last), "done"))
        elif rank == current:
            steps.append(_current(workflow, stage, case, entered.get(case.state), due, over=over))
        elif not over and rank > current and stage.when(case):
            steps.append(Step(str(stage.title), _text(stage, due), "todo"))
    if over and current < 0 and not any(case.state in stage.reached for stage in workflow.stages):
        steps.append(Step(workflow.told(case.state, case), _said(entered.get(case.state)), "done"))
    return steps


def _current(workflow: "Workflow", stage: Stage, case: Any, since: Any, due: AnswerDue | None, *, over: bool) -> Step:
    own = workflow.state(case).step
    text = _said(since) if own else _text(stage, due)
    return Step(str(own or stage.title), text, "done" if over else "now")


def _text(stage: Stage, due: AnswerDue | None) -> str:
    if stage.answered and due is not None:
        return _("At the latest on %(date)s, by a message or a letter.", date=long_date(due.due_on))
    return str(stage.text)


def _said(step: Any) -> str:
    """Day and reason of a step."""
    return f"{long_date(step.at, weekday=False)}. {step.motive}".strip() if step is not None else ""

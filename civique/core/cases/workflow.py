"""What a module declares of its cases: states and transitions. Everything shown of a state comes from here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import Select

from civique.core.cases.course import Stage
from civique.core.people.models import Person
from tenants.session import TenantSession

MAIRIE, APPLICANT, NOBODY = "mairie", "applicant", ""
"""Who acts next on a case in a state."""


@dataclass(frozen=True)
class State:
    """A state of a case.

    Args:
        code: constant of the class of states in ``models.py``.
        label: what the mairie reads, also in its files.
        tone: of its label: ``wait``, ``ok``, ``stop`` or nothing.
        told: what the applicant reads; the label when it is not said. ``told_of`` gives it when it depends on the case.
        waits_for: who acts next: ``MAIRIE``, ``APPLICANT`` or ``NOBODY`` once it is over.
        held_by: where a case is, for its applicant (« With you »), when it is elsewhere than ``waits_for`` says.
        next: what comes next, for the applicant, when no answer due says it.
        next_by: gives it from the day of the answer due, when what is due is no answer.
        todo: what the applicant may do. ``todo_of`` says it when it depends on the case.
        groups: of the queue, codes of ``Workflow.groups``.
        step: title of the step in the course of the case, when it is not that of the stage.
        heading: of what the mairie can do now, otherwise the label; ``hint`` what it should look at.
    """

    code: str
    label: Any
    tone: str = ""
    told: Any = ""
    waits_for: str = MAIRIE
    next: Any = ""
    next_by: Callable[[str], str] | None = None
    todo: Any = ""
    groups: tuple[str, ...] = ()
    step: Any = ""
    heading: Any = ""
    hint: Any = ""
    told_of: Callable[[Any], Any] | None = None
    held_by: Callable[[Any], Any] | None = None
    todo_of: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Transition:
    """A way from some states to another.

    Args:
        name: code in the code and the audit trail; its page is ``path``.
        label: of the button.
        target: the state it leads to; empty when ``effect`` returns it.
        permission: who may do it in the back office; empty for what the applicant or the software does.
        path: last part of its address in the back office.
        done: notice once it is done.
        motive: rule that asks for a reason, which the applicant reads; empty when none is needed.
        answer: what it does to the answer due: ``open``, ``pause``, ``resume``, ``close`` or ``drop``.
        otherwise: what is said to whoever comes when the case is in no source state, and ``rule`` its code.
        lock: takes the rows that must be locked before the case.
        check: raises ``Refused`` when a rule forbids it.
        effect: writes what is its own; receives what the form gives, and returns nothing, the state that it leads to, or
            facts for the message.
        message: writes to the applicant.
        audit: action of the audit trail, when it is not that of the state it leads to.
        fold: words behind which its form stands; empty for a button at once.
        bulk: what it means for several cases at once, said before it is confirmed; it may be done to several when it is
            said.
    """

    name: str
    label: Any
    sources: tuple[str, ...]
    target: str = ""
    permission: str = ""
    path: str = ""
    done: Any = ""
    motive: str = ""
    answer: str = ""
    otherwise: Any = ""
    rule: str = ""
    lock: Callable[[TenantSession, Any], object] | None = None
    check: Callable[..., object] | None = None
    effect: Callable[..., str | dict[str, Any] | None] | None = None
    message: Callable[..., object] | None = None
    audit: str = ""
    fold: Any = ""
    bulk: Any = ""


_BY_MODEL: dict[type[Any], "Workflow"] = {}


def workflow_of(case: Any) -> "Workflow | None":
    """Workflow of the table that a row comes from; None for what is not a case."""
    return _BY_MODEL.get(type(case))


@dataclass(frozen=True)
class Workflow:
    """The states and transitions of one table of cases, and how a case is shown.

    Args:
        model: class of the case.
        title: name of a case, in the words of who asks.
        path: its page for the applicant; empty when it has none.
        asked: what was asked, label and words, as every page of a case, its receipt and its export say it.
        desk_path: its page in the back office.
        service: who has it and who decides, for the applicant.
        mine: cases that a person follows, newest first.
        groups: of states, code → words; each is a choice of the queue.
        reason: why the applicant receives what is written about it.
        stages: of its course, as the applicant sees it.
        parts: query of the ids of the rows whose audit lines its history tells besides its own.
        may_take: raises ``Refused`` when somebody of the mairie may not take charge of a case.
    """

    name: str
    model: type[Any]
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    title: Callable[[Any], str]
    desk_path: Callable[[Any], str]
    service: Callable[[TenantSession, Any], str]
    mine: Callable[[TenantSession, Person], Sequence[Any]]
    path: Callable[[Any], str] = lambda case: ""
    asked: Callable[[Any], Sequence[tuple[str, str]]] = lambda case: ()
    groups: Mapping[str, Any] = field(default_factory=dict)
    may_take: Callable[[TenantSession, Any, Person], object] | None = None
    reason: Any = ""
    stages: tuple[Stage, ...] = ()
    parts: Callable[[Any], Select[UUID]] | None = None

    def __post_init__(self) -> None:
        _BY_MODEL[self.model] = self

    @cached_property
    def by_code(self) -> Mapping[str, State]:
        """States by code."""
        return {state.code: state for state in self.states}

    @cached_property
    def by_name(self) -> Mapping[str, Transition]:
        """Transitions by name."""
        return {transition.name: transition for transition in self.transitions}

    def state(self, case: Any) -> State:
        """State of a case."""
        return self.by_code[case.state]

    def said(self, case: Any) -> list[tuple[str, str]]:
        """What was asked, without what nobody said."""
        return [(label, words) for label, words in self.asked(case) if words]

    def told(self, code: str, case: Any = None) -> str:
        """State in the applicant's words, those of a case when they depend on it."""
        state = self.by_code[code]
        own = state.told_of(case) if case is not None and state.told_of is not None else ""
        return str(own or state.told or state.label)

    def shown(self, code: str, case: Any = None) -> str:
        """:meth:`told` as a label that stands alone: it begins with a capital."""
        told = self.told(code, case)
        return told[:1].upper() + told[1:]

    def in_group(self, group: str) -> tuple[str, ...]:
        """Codes of the states of a group."""
        return tuple(state.code for state in self.states if group in state.groups)

    def waiting(self, *who: str) -> tuple[str, ...]:
        """Codes of the states in which one of these acts next."""
        return tuple(state.code for state in self.states if state.waits_for in who)

"""What is missing in a case: asked from its applicant, given by them or brought to the mairie."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm.attributes import flag_modified

from civique.core import audit, clock
from civique.core.cases import messages
from civique.core.cases.models import CaseStep, MissingItem
from civique.core.cases.operations import elsewhere, lock, move
from civique.core.cases.workflow import APPLICANT, MAIRIE, State, Transition, workflow_of
from civique.core.documents.models import StoredFile
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from tenants.session import TenantSession

MOST_ADDED = 10
"""Things that an applicant adds to one case of their own accord."""
NEWS = timedelta(days=7)
"""During which what was added stands on the work list."""
ASK, COMPLETED = "ask_missing", "completed"
"""Transition of a workflow with missing items: the last one was given, the case goes back to the mairie."""


def state(code: str, **more: Any) -> State:
    """The state of a case that waits for what is missing.

    Args:
        code: constant of the class of states.
        more: what the module says otherwise.
    """
    usual: dict[str, Any] = {
        "label": _l("To be completed by the applicant"),
        "told": _l("We need something from you"),
        "tone": "wait",
        "waits_for": APPLICANT,
        "next": _l("The town hall goes on as soon as nothing is missing."),
        "todo": _l("Give what is missing, on this page, by letter or at the town hall."),
        "heading": _l("The applicant must still give something"),
        "hint": _l("Nothing to do for now: you are told as soon as everything is there."),
        "step": _l("Something is missing"),
    }
    return State(code, **(usual | more))


def transitions(
    sources: tuple[str, ...],
    waiting: str,
    back: str,
    permission: str,
    completed: Mapping[str, Any] = MappingProxyType({}),
    **more: Any,
) -> tuple[Transition, ...]:
    """The transitions of a case in which something is missing: the mairie asks for it; with the last thing it comes back.

    Args:
        sources: states in which something may be missing.
        waiting: made with :func:`state`; ``back`` the one it leads to.
        completed: of the second one, what the module says otherwise or besides (``otherwise``, ``check``).
        more: of the first one, likewise.
    """
    usual: dict[str, Any] = {
        "done": _l("The applicant is told what is missing."),
        "fold": _l("Something is missing"),
        "answer": "pause",
        "message": messages.to_complete,
    }
    label, over = _l("Ask the applicant for it"), _l("Nothing is missing any more")
    asked = Transition(ASK, label, sources, waiting, permission, "manque", effect=ask, **(usual | more))
    return asked, Transition(COMPLETED, over, (waiting,), back, **({"answer": "resume"} | dict(completed)))


def ask(session: TenantSession, case: Any, *, labels: Sequence[str], motive: str = "") -> None:
    """Effect of a transition: note what the applicant must still give; ``motive`` is the same as one text.

    Raises:
        Refused: ``nothing_missing``.
    """
    wanted = [label.strip() for label in labels if label.strip()]
    if not wanted:
        raise Refused(_("Write at least one thing that is missing."), "others", rule="nothing_missing")
    case.missing.extend(MissingItem(label=label[:300]) for label in wanted)


def is_waiting(case: Any) -> bool:
    """Whether something is still to be given."""
    return any(item.given_at is None for item in case.missing)


def give(session: TenantSession, case: Any, item: MissingItem, answer: str, file: StoredFile | None = None) -> None:
    """The applicant gives something that was missing; with the last one the case goes back to the mairie.

    Raises:
        Refused: the case waits for nothing, ``given_already``, ``nothing_given``; with the last one, as the transition
            ``completed`` says.
    """
    workflow = workflow_of(case)
    assert workflow is not None, "only a case has missing items"
    lock(session, case)
    completed = workflow.by_name[COMPLETED]
    if case.state not in completed.sources:
        raise elsewhere(completed)
    session.refresh(item)
    if item.given_at is not None:
        raise Refused(_("This was given in the meantime: read it below. Nothing was changed."), rule="given_already")
    if not answer.strip() and file is None:
        raise Refused(_("Write a few words, or add a file."), "answer", rule="nothing_given")
    item.answer, item.file_id, item.given_at = answer, file.id if file else None, clock.now()
    session.flush()
    audit.record(session, f"{case.audit}given", case)
    if not is_waiting(case):
        move(session, workflow, case, COMPLETED)


def may_add(case: Any) -> bool:
    """Whether its applicant may add something of their own accord: while the mairie has the case."""
    workflow = workflow_of(case)
    return workflow is not None and workflow.state(case).waits_for == MAIRIE


def add(session: TenantSession, case: Any, text: str, file: StoredFile | None = None) -> MissingItem:
    """The applicant adds something that nobody asked for; whoever was answering reads it first.

    Raises:
        Refused: ``not_waiting``: the mairie does not have the case any more; ``too_many_additions``.
    """
    lock(session, case)
    if not may_add(case):
        raise Refused(
            _("The town hall has already answered: write a new message, or call."), "text", rule="not_waiting"
        )
    if sum(item.added for item in case.missing) >= MOST_ADDED:
        raise Refused(_("You have already added much. Call the town hall instead."), "text", rule="too_many_additions")
    item = MissingItem(label="", answer=text.strip(), file_id=file.id if file else None, given_at=clock.now())
    case.missing.append(item)
    flag_modified(case, "state")  # another revision: an answer that is being written is shown what was added
    session.flush()
    audit.record(session, f"{case.audit}added", case)
    return item


def lately_added(session: TenantSession) -> Sequence[MissingItem]:
    """What applicants added of their own accord these last days, to cases to which nothing happened since; newest first,
    fifty at most."""
    since = exists().where(CaseStep.object_id == MissingItem.object_id, CaseStep.at > MissingItem.given_at)
    fresh = MissingItem.label == "", MissingItem.given_at > clock.now() - NEWS
    query = select(MissingItem).where(*fresh, ~since).order_by(MissingItem.given_at.desc())
    return session.scalars(query.limit(50)).all()


def receive(
    session: TenantSession, case: Any, item: MissingItem, word: str, file: StoredFile | None, revision: int
) -> None:
    """Something that was missing was brought to the town hall: as when the applicant gives it, but for who noted it.

    Raises:
        StaleDataError: a colleague changed the case since it was read.
        Refused: as the workflow's ``may_take`` says of who notes it; as :func:`give`.
    """
    lock(session, case, revision)
    workflow, actor = workflow_of(case), get_person(session, session.actor_id)
    if workflow is not None and workflow.may_take is not None and actor is not None:
        workflow.may_take(session, case, actor)
    give(session, case, item, word, file)

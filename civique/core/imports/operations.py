"""Keeping a list until its yes, then taking all of it in one transaction."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock, once, tasks
from civique.core.i18n import gettext as _
from civique.core.imports.checking import Report, check
from civique.core.imports.declarations import CREATED, UNCHANGED, UPDATED, Importer
from civique.core.imports.models import ListImport
from civique.core.refused import Refused
from tenants.session import TenantSession

# Lines from which a worker takes the list: some seconds of work for the page.
LONG = 1_000
LIFE = timedelta(days=2)


def keep_list(
    session: TenantSession, importer: Importer, content: dict[str, Any], file_name: str, about_id: UUID | None = None
) -> ListImport:
    """Keep a list that was read, for the person who brought it."""
    wanted = ListImport(
        importer=importer.name,
        about_id=about_id,
        person_id=session.actor_id,
        file_name=file_name[-200:],
        content=content,
    )
    session.add(wanted)
    session.flush()
    return wanted


def say_yes(session: TenantSession, importer: Importer, wanted: ListImport, seen: str) -> UUID | None:
    """Take a list, at once or by a worker when it is long.

    Args:
        seen: fingerprint of what the person read before saying yes.

    Returns:
        The task that takes it, None when it is done.

    Raises:
        Refused: taken already, or lines to correct. StaleDataError: it would no longer do what the person saw. Nothing is
            written.
    """
    _lock(session, importer, wanted)
    report = check(session, importer, wanted)
    if report.faults:
        raise _faulty()
    if report.fingerprint != seen:
        raise StaleDataError
    if len(wanted.lines) <= LONG:
        _take(session, importer, wanted, report)
        return None
    task = tasks.start_task(session, str(importer.label), "core.import_list", import_id=wanted.id)
    task.path = f"/mairie/imports/{wanted.id}"
    wanted.state, wanted.task_id = "running", task.id
    session.flush()
    return task.id


def change_mind(session: TenantSession, wanted: ListImport) -> None:
    """Stop a long list before its worker begins: it waits for a yes again, and its task says that nothing was imported.

    Raises:
        Refused: the worker holds it (nobody waits for the end here), or is done.
    """
    query = select(ListImport).where(ListImport.id == wanted.id).with_for_update(skip_locked=True)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None or found.state != "running" or found.task_id is None:
        sentence = _("The import has begun: it can no longer be stopped. It is taken whole, or not at all.")
        raise Refused(sentence, rule="begun")
    tasks.fail(session, found.task_id, _("You stopped it before it began. Nothing was imported."))
    give_back(session, found.id)
    audit.record(session, "list.stopped", found, importer=found.importer)


def _faulty() -> Refused:
    sentence = _("Something changed meanwhile: lines are to be corrected. Nothing was imported.")
    return Refused(sentence, rule="faulty")


def take_later(
    session: TenantSession, importer: Importer, import_id: UUID, report_step: Callable[[int, int, str], None]
) -> ListImport | None:
    """The worker takes a long list, checked anew; None when it is gone or taken already.

    Raises:
        Refused: something changed meanwhile that forbids it: nothing of it is taken.
    """
    wanted = session.get(ListImport, import_id)
    if wanted is None:
        return None
    once.hold(session, _alone(importer, wanted))
    session.refresh(wanted, with_for_update=True)
    if wanted.state != "running":
        return None
    session.info["actor_id"] = wanted.person_id
    report = check(session, importer, wanted)
    if report.faults:
        raise _faulty()
    _take(session, importer, wanted, report, report_step)
    return wanted


def _lock(session: TenantSession, importer: Importer, wanted: ListImport) -> None:
    """Be alone with the lists of an importer: who brings the same one meanwhile waits, then sees what was done."""
    once.hold(session, _alone(importer, wanted))
    session.refresh(wanted, with_for_update=True)
    if wanted.state != "waiting":
        raise Refused(_("This list was imported already: nothing was done twice."), rule="taken")


def _alone(importer: Importer, wanted: ListImport) -> UUID:
    return uuid5(NAMESPACE_URL, f"import:{importer.name}:{wanted.about_id or ''}")


def _take(
    session: TenantSession,
    importer: Importer,
    wanted: ListImport,
    report: Report,
    report_step: Callable[[int, int, str], None] = lambda _done, _total, _step: None,
) -> None:
    """Write every line that changes something; the caller commits all or nothing."""
    writing = [line for line in report.lines if line.decision.outcome != UNCHANGED]
    for number, line in enumerate(writing):
        importer.write(session, report.known, line.decision, line.values)
        report_step(number, len(writing), "")
    counts = report.counts
    wanted.state, wanted.done_at, wanted.content = "done", clock.now(), {}
    wanted.created, wanted.updated, wanted.unchanged = counts[CREATED], counts[UPDATED], counts[UNCHANGED]
    session.flush()
    audit.record(
        session,
        "list.imported",
        wanted,
        importer=importer.name,
        created=wanted.created,
        updated=wanted.updated,
        unchanged=wanted.unchanged,
    )


def give_back(session: TenantSession, import_id: UUID) -> None:
    """A list that could not be taken after all waits again, so that its person sees why."""
    wanted = session.get(ListImport, import_id)
    if wanted is not None and wanted.state == "running":
        wanted.state = "waiting"
        session.flush()


def drop_list(session: TenantSession, wanted: ListImport) -> None:
    """Forget a list that waits."""
    session.delete(wanted)
    session.flush()


def forget_lists(session: TenantSession, before: datetime) -> int:
    """Delete the lists brought before a moment, taken or not: those that wait hold people's data.

    Returns:
        How many.
    """
    old = select(ListImport.id).where(ListImport.created_at < before, ListImport.state != "running")
    return session.execute(delete(ListImport).where(ListImport.id.in_(old))).rowcount  # type: ignore[attr-defined, no-any-return]


def forget_lists_of(session: TenantSession, person_id: UUID) -> None:
    """Delete the lists that a person brought."""
    session.execute(delete(ListImport).where(ListImport.person_id == person_id))

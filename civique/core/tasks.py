"""Long work that shows progress and can be left: exports, imports, batches of letters, the opening of a site."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from civique.core import clock
from civique.core.base import Base, Created, Id, one_of
from civique.core.documents.operations import store
from civique.core.i18n import gettext as _
from civique.core.outbox import enqueue
from tenants.engines import Engines
from tenants.session import TenantSession, session_for
from tenants.tenant import Tenant

# Progress is written at most that often: an archive has a step a file.
SECONDS_BETWEEN_REPORTS = 1.0
# A work that says nothing for that long has died with its worker, and was not taken up again.
SILENCE = timedelta(hours=6)


@dataclass(frozen=True)
class Result:
    """The file that a work left: its name for who fetches it, its size in bytes, its type."""

    name: str
    size: int
    mime: str


class Task(Base):
    """A piece of long work, followed by the person who asked for it. ``asked`` is the address of the list that it writes,
    with its filters; ``path`` that of the page where its effect is shown; ``document`` what is made for each of its ``rows``."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(one_of("state", ("waiting", "running", "done", "failed")), name="state"),
        Index("ix_task_person_id", "person_id"),
        {"info": {"export": False}},
    )
    shown_on_pages = False

    id: Mapped[Id]
    label: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    step: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    file_name: Mapped[str | None] = mapped_column(String(200))
    file_size: Mapped[int | None] = mapped_column(BigInteger)
    file_mime: Mapped[str | None] = mapped_column(String(100))
    path: Mapped[str | None] = mapped_column(String(200))
    asked: Mapped[str] = mapped_column(String(2000), default="")
    document: Mapped[str] = mapped_column(String(40), default="")
    rows: Mapped[list[str]] = mapped_column(default=list)
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Created]
    seen_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def file(self) -> Result | None:
        """The file that it left, while it is kept. It is not one of the commune's files (:func:`result_path`)."""
        if self.file_name is None:
            return None
        return Result(self.file_name, self.file_size or 0, self.file_mime or "application/octet-stream")


def start_task(session: TenantSession, label: str, job: str, *, asked: str = "", **ids: Any) -> Task:
    """Ask for long work; the page follows the task."""
    task = Task(label=label, person_id=session.actor_id, asked=asked)
    session.add(task)
    session.flush()
    enqueue(session, job, task_id=task.id, **ids)
    return task


def task_under_way(session: TenantSession, person_id: UUID | None, asked: str) -> Task | None:
    """The work that a person asked for already at this address, when it has not ended."""
    query = select(Task).where(Task.person_id == person_id, Task.asked == asked, Task.ended_at.is_(None))
    return session.scalars(query.order_by(Task.created_at.desc()).limit(1)).first()


def progress(engines: Engines, tenant: Tenant, task_id: UUID) -> Callable[[int, int, str], None]:
    """Gives ``report(done, total, step)``, which writes how far a work is, in transactions of its own: the page sees it
    before the work is committed. The end, or the failure, is noted by the job itself when it commits."""
    last = -SECONDS_BETWEEN_REPORTS

    def report(done: int, total: int, step: str = "") -> None:
        nonlocal last
        if time.monotonic() - last < SECONDS_BETWEEN_REPORTS:
            return
        with session_for(engines, tenant) as own:
            values = {"state": "running", "done": done, "total": total, "step": step[:200], "seen_at": clock.now()}
            own.execute(update(Task).where(Task.id == task_id, Task.ended_at.is_(None)).values(values))
            own.commit()
        last = time.monotonic()

    return report


def result_path(tenant: Tenant, task_id: UUID) -> Path:
    """Where the file of a work is, or must be put, complete."""
    return store().result(tenant.schema, task_id.hex)


def finish(session: TenantSession, task_id: UUID, *, file: Result | None = None, path: str | None = None) -> None:
    """The work is done; its file (at :func:`result_path`) or its page can be opened."""
    values: dict[str, Any] = {"state": "done", "ended_at": clock.now(), "path": path, "error": None}
    if file is not None:
        values |= {"file_name": file.name[-200:], "file_size": file.size, "file_mime": file.mime}
    session.execute(update(Task).where(Task.id == task_id).values(values))


def fail(session: TenantSession, task_id: UUID, error: str) -> None:
    """The work failed for good, with a sentence for the person."""
    values = {"state": "failed", "ended_at": clock.now(), "error": error[:500]}
    session.execute(update(Task).where(Task.id == task_id, Task.ended_at.is_(None)).values(values))


def fail_silent(session: TenantSession) -> int:
    """Say of works that have said nothing for hours that they failed, so that somebody asks for them again.

    Returns:
        How many.
    """
    seen = select(Task.id).where(
        Task.ended_at.is_(None), func.coalesce(Task.seen_at, Task.created_at) < clock.now() - SILENCE
    )
    silent = session.scalars(seen).all()
    for task_id in silent:
        fail(session, task_id, _("This work was interrupted. Start it again."))
    return len(silent)


def forget_results(session: TenantSession, before: datetime, label: str | None = None) -> None:
    """Delete the files that long work left (exports) before a moment: they hold people's data and are made to be fetched.

    Args:
        label: only the files of the tasks with this label.
    """
    query = select(Task).where(Task.file_name.is_not(None), Task.ended_at < before)
    for task in session.scalars(query.where(Task.label == label) if label else query).all():
        forget_result(session, task)


def forget_result(session: TenantSession, task: Task) -> None:
    """Delete the file that a work left, if it is still there."""
    task.file_name = task.file_size = task.file_mime = None
    session.flush()
    result_path(session.tenant, task.id).unlink(missing_ok=True)


def forget_tasks_of(session: TenantSession, person_id: UUID) -> None:
    """Delete the long works that a person asked for, with what they left."""
    for task in session.scalars(select(Task).where(Task.person_id == person_id)).all():
        forget_result(session, task)
        session.delete(task)
    session.flush()


def tasks_of(session: TenantSession, person_id: UUID | None) -> Sequence[Task]:
    """The last long works that a person asked for, newest first."""
    query = select(Task).where(Task.person_id == person_id).order_by(Task.created_at.desc()).limit(20)
    return session.scalars(query).all()

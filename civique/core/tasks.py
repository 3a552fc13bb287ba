"""Long work that shows progress and can be left: exports, imports, batches of letters, the opening of a site."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core import clock
from civique.core.base import Base, Created, Id, one_of
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.outbox import enqueue
from tenants.engines import Engines
from tenants.session import TenantSession, session_for


class Task(Base):
    """A piece of long work, followed by the person who asked for it."""

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
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_file.id", ondelete="SET NULL"))
    path: Mapped[str | None] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[Created]
    ended_at: Mapped[datetime | None]

    file: Mapped[StoredFile | None] = relationship(lazy="joined")


def start_task(session: TenantSession, label: str, job: str, **ids: Any) -> Task:
    """Ask for long work; the page follows the task."""
    task = Task(label=label, person_id=session.actor_id)
    session.add(task)
    session.flush()
    enqueue(session, job, task_id=task.id, **ids)
    return task


@contextmanager
def progress(engines: Engines, session: TenantSession, task_id: UUID) -> Iterator[Callable[[int, int, str], None]]:
    """Report progress in transactions of its own, so that the page sees it before the work is committed.

    Gives ``report(done, total, step)``. The end, or the failure, is noted by the job itself when it commits.
    """

    def report(done: int, total: int, step: str = "") -> None:
        with session_for(engines, session.tenant) as own:
            values = {"state": "running", "done": done, "total": total, "step": step[:200]}
            own.execute(update(Task).where(Task.id == task_id).values(values))
            own.commit()

    yield report


def finish(session: TenantSession, task_id: UUID, *, file: StoredFile | None = None, path: str | None = None) -> None:
    """The work is done; its file or its page can be opened."""
    values = {"state": "done", "ended_at": clock.now(), "file_id": file.id if file else None, "path": path}
    session.execute(update(Task).where(Task.id == task_id).values(values))


def fail(session: TenantSession, task_id: UUID, error: str) -> None:
    """The work failed for good, with a sentence for the person."""
    values = {"state": "failed", "ended_at": clock.now(), "error": error[:500]}
    session.execute(update(Task).where(Task.id == task_id).values(values))


def forget_task_files(session: TenantSession, before: datetime, label: str | None = None) -> None:
    """Delete the files that long work left (exports) before a moment: they hold people's data and are made to be fetched.

    Args:
        label: only the files of the tasks with this label.
    """
    query = select(Task).where(Task.file_id.is_not(None), Task.ended_at < before)
    for task in session.scalars(query.where(Task.label == label) if label else query).all():
        file = task.file
        if file is not None:
            task.file = None
            session.flush()
            drop_file(session, file)


def tasks_of(session: TenantSession, person_id: UUID | None) -> Sequence[Task]:
    """The last long works that a person asked for, newest first."""
    query = select(Task).where(Task.person_id == person_id).order_by(Task.created_at.desc()).limit(20)
    return session.scalars(query).all()

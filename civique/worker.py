"""What a worker runs: one function may be called, for one outbox row; its effect and its receipt are one transaction."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from rq.job import Job
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from civique.core import logs, manifest
from civique.core.config import config
from civique.core.outbox import JobReceipt, take_receipt
from civique.core.process import engines, registry
from civique.core.registry import modules
from civique.lanes import ENTRY
from tenants.session import session_for
from tenants.tenant import Tenant

log = structlog.get_logger()
MOST_FAILURES = 56
"""With delays that grow to an hour, a mail server may be away for two days before a message is given up."""
SOON = 10
"""Seconds at most before a job is tried again that lost the database."""
MOST_DEATHS = 4
"""Attempts that ended with their process, or with the database, after which a job is not tried again."""

_BEGIN = text(
    "UPDATE platform.outbox SET starts = starts + 1, started_at = clock_timestamp(), "
    "leased_until = clock_timestamp() + make_interval(secs => :lease) WHERE id = :id AND done_at IS NULL RETURNING *"
)
_RENEW = text(
    "UPDATE platform.outbox SET leased_until = clock_timestamp() + make_interval(secs => :lease) "
    "WHERE id = :id AND done_at IS NULL"
)
_CLOSE = text(
    "UPDATE platform.outbox SET done_at = clock_timestamp(), outcome = :outcome, error = coalesce(:error, error), "
    "leased_until = NULL WHERE id = :id AND done_at IS NULL"
)
# Only what is not closed: another attempt may have ended well meanwhile.
_FAILED = text(
    "UPDATE platform.outbox SET error = :error, failures = failures + 1, leased_until = NULL, "
    "due_at = clock_timestamp() + make_interval(secs => :delay) WHERE id = :id AND done_at IS NULL"
)


class RefusedJob(ValueError):
    """Somebody wrote a job into the queue that is not ours to run."""


class JobFailed(RuntimeError):
    """A job failed; the row of the outbox says when it is tried again."""


class OurJob(Job):
    """A job that can only call :func:`perform` with an outbox id: the queue's content is not trusted."""

    @property
    def func(self) -> Any:
        """The one allowed function: :func:`perform`, whose errors the queue keeps for a week without their words.

        Raises:
            RefusedJob: another function, or other arguments.
        """
        arguments = self.args
        if self.func_name != ENTRY or len(arguments) != 1 or not isinstance(arguments[0], str) or self.kwargs:
            raise RefusedJob(f"refused job {self.func_name}")
        return _perform_quietly

    @property
    def success_callback(self) -> None:
        """No callback is ever run."""

    @property
    def failure_callback(self) -> None:
        """No callback is ever run."""

    @property
    def stopped_callback(self) -> None:
        """No callback is ever run."""


def perform(outbox_id: str) -> None:
    """Run the job of an outbox row in its commune, once.

    The receipt is written in the same transaction as the effect, before it: its key keeps a second attempt waiting, a
    row of the commune's own where an advisory lock could be held by any commune. If the process dies before the row is
    closed, the next attempt finds the receipt and only closes the row.
    """
    row = _begin(UUID(outbox_id))
    if row is None:
        return
    with _leased(row.id):
        _perform(row)


def _perform(row: Any) -> None:
    tenant, job = registry().by_schema(row.owner), modules().jobs.get(row.job)
    if tenant is None or job is None or not _switched_on(tenant, row.job):
        # What this process remembers may be some seconds old: a module that was switched on just before must not lose it.
        registry().forget()
        tenant = registry().by_schema(row.owner)
    if tenant is None or job is None or not _switched_on(tenant, row.job):
        _close(row.id, "skipped")
        return
    if row.starts - row.failures > MOST_DEATHS + 1:
        log.error("job given up", job=row.job, tenant=row.owner, starts=row.starts)
        _close(row.id, "failed", "WorkerDied")
        _give_up(tenant, job, row)
        return
    try:
        made = _prepared(tenant, job, row)
        with session_for(engines(), tenant) as session:
            if take_receipt(session, row.id):
                job.run(session, *made, **row.args)
                session.commit()
    except Exception as error:
        _note_failure(row, error)
        if row.failures + 1 >= MOST_FAILURES:
            _give_up(tenant, job, row)
        raise
    _close(row.id, "done")


def _prepared(tenant: Tenant, job: manifest.Job, row: Any) -> tuple[Any, ...]:
    """What a job makes before its transaction: nothing for most, nor for one whose receipt is there."""
    if job.prepare is None:
        return ()
    if row.starts > 1:
        with session_for(engines(), tenant) as session:
            if session.get(JobReceipt, row.id) is not None:
                return (None,)
    with _unhurried():
        return (job.prepare(tenant, **row.args),)


@contextmanager
def _leased(outbox_id: UUID) -> Iterator[None]:
    """The row stays ours as long as this process lives: a lease is short, so that what a dead one left is soon taken."""
    seconds = config().lease_seconds
    done = threading.Event()

    def renew() -> None:
        while not done.wait(seconds / 4):
            try:
                with engines().platform.begin() as connection:
                    connection.execute(_RENEW, {"id": outbox_id, "lease": seconds})
            except SQLAlchemyError as error:
                log.warning("lease not renewed", error=type(error).__name__)

    heart = threading.Thread(target=renew, daemon=True)
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()


@contextmanager
def _unhurried() -> Iterator[None]:
    """Work that may last: the queue's alarm, which is for a transaction, is silent meanwhile."""
    alarmed = threading.current_thread() is threading.main_thread()
    left = signal.alarm(0) if alarmed else 0
    try:
        yield
    finally:
        if left:
            signal.alarm(left)


def _perform_quietly(outbox_id: str) -> None:
    """Run :func:`perform`; what the queue and its log keep of an error is its class, not what somebody typed.

    Raises:
        JobFailed: with the classes of the error.
    """
    try:
        perform(outbox_id)
    except Exception as error:
        raise JobFailed(", ".join(logs.names(error))) from None


def _begin(outbox_id: UUID) -> Any:
    with engines().platform.begin() as connection:
        return connection.execute(_BEGIN, {"id": outbox_id, "lease": config().lease_seconds}).one_or_none()


def _switched_on(tenant: Tenant, job: str) -> bool:
    module = job.partition(".")[0]
    return module in {"core", "platform"} or module in tenant.modules


def _close(outbox_id: UUID, outcome: str, error: str | None = None) -> None:
    with engines().platform.begin() as connection:
        connection.execute(_CLOSE, {"id": outbox_id, "outcome": outcome, "error": error})


def _note_failure(row: Any, error: Exception) -> None:
    """Try again later, with growing delays; after the last attempt the row is closed as failed and shows in doctor."""
    values = {
        "id": row.id,
        "error": ", ".join(logs.names(error))[:1000],
        "delay": min(SOON if _lost(error) else 3600, 5 * 2 ** min(row.failures, 10)),
    }
    with engines().platform.begin() as connection:
        connection.execute(_FAILED, values)
    if row.failures + 1 >= MOST_FAILURES:
        _close(row.id, "failed")
    log.warning("job failed", job=row.job, tenant=row.owner, failure=row.failures + 1, error=type(error).__name__)


def _lost(error: Exception) -> bool:
    """Whether the connection to the database ended, which says nothing of the job: it works again in a moment."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state.startswith("57P0"))


def _give_up(tenant: Tenant, job: manifest.Job, row: Any) -> None:
    """Let a job that failed for good say so to people; its receipt keeps a later attempt from doing it after all."""
    if job.given_up is None:
        return
    try:
        with session_for(engines(), tenant) as session:
            if take_receipt(session, row.id):
                job.given_up(session, **row.args)
                session.commit()
    except Exception as error:  # the operator sees the row all the same
        log.error("giving up failed", job=row.job, tenant=row.owner, error=", ".join(logs.names(error)))

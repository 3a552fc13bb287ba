"""The RQ worker: one function may be called, for one outbox row; its effect and its receipt are one transaction."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from redis import Redis
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from civique.core import clock, logs, manifest
from civique.core.config import config
from civique.core.outbox import JobReceipt, take_receipt
from civique.core.process import engines, registry
from civique.core.registry import modules
from civique.services.memory import return_memory_early
from tenants.models import OutboxRow
from tenants.session import session_for
from tenants.tenant import Tenant

log = structlog.get_logger()
QUEUE = "civique"
ENTRY = "civique.worker.perform"
# With delays that grow to an hour, a mail server may be away for two days before a message is given up.
MOST_FAILURES = 56
JOBS_A_LIFE = 2000


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
    row = _row(UUID(outbox_id))
    if row is None or row.done_at is not None:
        return
    tenant, job = registry().by_schema(row.owner), modules().jobs.get(row.job)
    if tenant is None or job is None or not _switched_on(tenant, row.job):
        # What this process remembers may be some seconds old: a module that was switched on just before must not lose it.
        registry().forget()
        tenant = registry().by_schema(row.owner)
    if tenant is None or job is None or not _switched_on(tenant, row.job):
        _close(row.id, "skipped")
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
    """What a long job makes before its transaction: nothing for the others, nor for one whose receipt is there."""
    if job.prepare is None:
        return ()
    with session_for(engines(), tenant) as session:
        if session.get(JobReceipt, row.id) is not None:
            return (None,)
    with _unhurried(row.id):
        return (job.prepare(tenant, **row.args),)


@contextmanager
def _unhurried(outbox_id: UUID) -> Iterator[None]:
    """Work longer than a lease: it is renewed as long as this process lives, and the queue's alarm is silent meanwhile."""
    seconds = config().lease_seconds
    done = threading.Event()

    def renew() -> None:
        query = update(OutboxRow).where(OutboxRow.id == outbox_id, OutboxRow.done_at.is_(None))
        while not done.wait(seconds / 4):
            try:
                with engines().platform.begin() as connection:
                    connection.execute(query.values(leased_until=clock.now() + timedelta(seconds=seconds)))
            except SQLAlchemyError as error:
                log.warning("lease not renewed", error=type(error).__name__)

    heart = threading.Thread(target=renew, daemon=True)
    alarmed = threading.current_thread() is threading.main_thread()
    left = signal.alarm(0) if alarmed else 0
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()
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


def _row(outbox_id: UUID) -> Any:
    with engines().platform.connect() as connection:
        return connection.execute(select(OutboxRow.__table__).where(OutboxRow.id == outbox_id)).one_or_none()


def _switched_on(tenant: Tenant, job: str) -> bool:
    module = job.partition(".")[0]
    return module in {"core", "platform"} or module in tenant.modules


def _close(outbox_id: UUID, outcome: str) -> None:
    with engines().platform.begin() as connection:
        values = {"done_at": clock.now(), "outcome": outcome, "leased_until": None}
        undone = OutboxRow.done_at.is_(None)
        connection.execute(update(OutboxRow).where(OutboxRow.id == outbox_id, undone).values(values))


def _note_failure(row: Any, error: Exception) -> None:
    """Try again later, with growing delays; after the last attempt the row is closed as failed and shows in doctor."""
    delay = timedelta(seconds=min(3600, 5 * 2 ** min(row.failures, 10)))
    values: dict[str, Any] = {
        "error": ", ".join(logs.names(error))[:1000],
        "due_at": clock.now() + delay,
        "leased_until": None,
        "failures": row.failures + 1,
    }
    if row.failures + 1 >= MOST_FAILURES:
        values |= {"done_at": clock.now(), "outcome": "failed"}
    with engines().platform.begin() as connection:
        undone = OutboxRow.done_at.is_(None)  # another attempt may have ended well meanwhile
        connection.execute(update(OutboxRow).where(OutboxRow.id == row.id, undone).values(values))
    log.warning("job failed", job=row.job, tenant=row.owner, failure=row.failures + 1, error=type(error).__name__)


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


class OurWorker(SimpleWorker):
    """RQ's worker with our job class, running jobs in its own process: ten times more jobs a second than a fork for each.

    Nothing is lost when a job takes the process down: the outbox row is leased, and taken again.
    """

    job_class = OurJob


def run_worker() -> None:
    """Work until told to stop, or until enough was done: the supervisor starts a fresh process."""
    return_memory_early()
    logs.configure(local=config().local)
    modules()
    connection = Redis.from_url(config().redis_url)
    queue = Queue(QUEUE, connection=connection, job_class=OurJob, serializer=JSONSerializer)
    worker = OurWorker(
        [queue],
        connection=connection,
        job_class=OurJob,
        serializer=JSONSerializer,
        worker_ttl=60,
        default_result_ttl=0,
    )
    worker.work(logging_level="WARNING", max_jobs=JOBS_A_LIFE)

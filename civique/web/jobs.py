"""The core's jobs. Each takes ids and may be run twice."""

from datetime import timedelta
from functools import cache
from uuid import UUID, uuid4

from sqlalchemy import text

from civique.core import clock, privacy, settings
from civique.core.commune import Retention
from civique.core.config import config
from civique.core.indicators import computing
from civique.core.messages import operations as messages
from civique.core.process import engines
from civique.core.registry import modules
from civique.services.mail import FolderMailer, Mailer, MailUnavailable, SmtpMailer
from tenants.retention import purge_audit
from tenants.session import TenantSession


@cache
def mailer() -> Mailer:
    """How messages leave: SMTP, or files in a demonstration.

    Raises:
        MailUnavailable: production without SMTP; the job stays in the outbox until it is set.
    """
    settings = config()
    if settings.smtp_url:
        return SmtpMailer(settings.smtp_url)
    if settings.demonstration:
        return FolderMailer(settings.var / "mail")
    raise MailUnavailable("SMTP_URL is missing")


def deliver_message(session: TenantSession, message_id: str) -> None:
    """Send one message."""
    messages.deliver(session, UUID(message_id), mailer())


def purge(session: TenantSession) -> None:
    """Apply the retention durations of one commune; the audit trail, which its own role cannot touch, by the owner."""
    privacy.purge(session, modules())
    limit = clock.now() - settings.get(session, Retention).audit * privacy.MONTH
    purge_audit(engines(), session.tenant, limit)


def count_indicators(session: TenantSession) -> None:
    """Count anew the indicators of the modules that are on; what was validated is left alone."""
    if not session.tenant.is_platform:
        computing.recompute(session, modules().of(session.tenant))


def tick(session: TenantSession) -> None:
    """Once a minute: start the periodic jobs whose period began, in every open commune, and at the apex for the core's and
    the platform's own.

    ``periodic_run`` has one row a commune, job and period: however often the tick runs, a period runs once.
    """
    query = text(
        """
        WITH fresh AS (
            INSERT INTO platform.periodic_run (owner, job, period)
            SELECT t.schema, :job, :period FROM platform.tenant t
             WHERE t.state IN ('open', 'suspended') AND (:module = 'core' OR t.modules @> to_jsonb(CAST(:module AS text)))
            UNION ALL SELECT 'platform', :job, :period WHERE :module IN ('core', 'platform')
            ON CONFLICT DO NOTHING RETURNING owner, job)
        INSERT INTO platform.outbox (id, owner, job, args) SELECT gen_random_uuid(), owner, job, '{}' FROM fresh
        """
    )
    for job in modules().jobs.values():
        if job.every is not None:
            values = {"job": job.name, "module": job.name.partition(".")[0], "period": _period(job.every)}
            session.execute(query, values)
    session.execute(text("DELETE FROM platform.periodic_run WHERE created_at < clock_timestamp() - interval '60 days'"))


def _period(every: timedelta) -> str:
    """Name of the period that we are in: its day for daily work, its number otherwise."""
    now = clock.now()
    if every >= timedelta(days=1):
        days = every.days
        return f"{days}d-{(now.date().toordinal()) // days}"
    return f"{int(every.total_seconds())}s-{int(now.timestamp() // every.total_seconds())}"


def export_tenant(session: TenantSession, task_id: str) -> None:
    """Write the commune's archive and attach it to the task that asked for it."""
    from civique.core import tasks
    from civique.core.documents.operations import keep_file, store
    from tenants.transfer import export_tenant as export

    tenant = session.tenant
    target = config().var / "exports" / f"{uuid4()}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tasks.progress(engines(), session, UUID(task_id)) as report:
        export(engines(), modules().plan, store(), tenant, target, lambda step: report(0, 0, step))
    with target.open("rb") as stream:
        file = keep_file(
            session, stream, name=f"{tenant.slug}.zip", mime="application/zip", visibility="private",
            person_id=session.actor_id, max_bytes=2**40,
        )  # fmt: skip
    target.unlink()
    tasks.finish(session, UUID(task_id), file=file)

"""Daily work: each commune has a minute of its night, in which one job does what every module has to do that day."""

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from civique.core import clock, logs
from civique.core.manifest import Job
from civique.core.outbox import enqueue
from civique.core.registry import modules
from tenants.session import TenantSession
from tenants.tenant import PLATFORM, Tenant

log = structlog.get_logger()
NIGHT_BEGINS, NIGHT_MINUTES = "01:00", 300
"""In the commune's own time; the minute of each follows from its opaque name, and stays the same every night."""
# Those whose minute of today has come, even long ago (the machine was off), and that were not asked today.
ASK = text(
    """
    WITH place AS (
        SELECT schema AS owner, CAST(:now AS timestamptz) AT TIME ZONE time_zone AS local
          FROM platform.tenant WHERE state IN ('open', 'suspended')
        UNION ALL SELECT 'platform', CAST(:now AS timestamptz) AT TIME ZONE :time_zone),
    due AS (
        SELECT owner, to_char(local, 'YYYY-MM-DD') AS period FROM place
         WHERE local::time >= CAST(:begins AS time)
               + make_interval(mins => ('x' || left(md5(owner), 7))::bit(28)::int % :minutes)),
    fresh AS (
        INSERT INTO platform.periodic_run (owner, job, period)
        SELECT owner, 'core.daily', period FROM due WHERE NOT EXISTS (
            SELECT FROM platform.periodic_run p WHERE (p.owner, p.job, p.period) = (due.owner, 'core.daily', due.period))
        ON CONFLICT DO NOTHING RETURNING owner)
    INSERT INTO platform.outbox (id, owner, job, args) SELECT gen_random_uuid(), owner, 'core.daily', '{}' FROM fresh
    """
)
FORGET = text("DELETE FROM platform.periodic_run WHERE created_at < clock_timestamp() - interval '7 days'")


def tick(session: TenantSession) -> None:
    """Once a minute: ask for the daily work of the communes, and of the apex, whose minute has come.

    ``periodic_run`` has one row a commune and a day: however often the tick runs, a day's work is asked once.
    """
    values = {"begins": NIGHT_BEGINS, "minutes": NIGHT_MINUTES, "time_zone": PLATFORM.time_zone}
    session.execute(ASK, values | {"now": clock.now()})
    session.execute(FORGET)


def run_daily(session: TenantSession) -> None:
    """Do the daily jobs of the modules that are on, one after the other. One that fails undoes nothing of the others: it is
    asked again by itself, with the delays of every job.

    Raises:
        DBAPIError: the connection was lost; all of it is tried again.
    """
    for job in daily_jobs(session.tenant):
        try:
            with session.begin_nested():
                job.run(session)
        except Exception as error:
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                raise
            log.warning(
                "daily job failed", job=job.name, tenant=session.tenant.schema, error=", ".join(logs.names(error))
            )
            enqueue(session, job.name)


def daily_jobs(tenant: Tenant) -> list[Job]:
    """Daily jobs of the modules that are on for a commune, or of the platform, those of the core first."""
    names = {"platform"} if tenant.is_platform else tenant.modules
    return [job for manifest in modules().on(names) for job in manifest.jobs if job.daily]

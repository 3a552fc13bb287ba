"""What only the owner may remove: lines of an audit trail and receipts of jobs that are past their time."""

from datetime import datetime

from psycopg import sql

from tenants.engines import Engines
from tenants.tenant import Tenant


def purge_audit(engines: Engines, tenant: Tenant, before: datetime) -> int:
    """Remove the lines of a commune's audit trail written before a moment.

    Returns:
        How many went.
    """
    query = sql.SQL("DELETE FROM {}.audit_entry WHERE at < %s").format(sql.Identifier(tenant.schema))
    with engines.owner.begin() as connection:
        return connection.exec_driver_sql(query.as_string(), (before,)).rowcount


def purge_receipts(engines: Engines, tenant: Tenant, before: datetime) -> int:
    """Remove the receipts of a commune's jobs written before a moment, but those whose row of the outbox is still open: an
    attempt would do the work again. The commune's role cannot see the outbox, so the owner does it.

    Returns:
        How many went.
    """
    query = sql.SQL(
        "DELETE FROM {}.job_receipt r WHERE r.done_at < %s AND NOT EXISTS "
        "(SELECT FROM platform.outbox o WHERE o.id = r.outbox_id AND o.done_at IS NULL)"
    ).format(sql.Identifier(tenant.schema))
    with engines.owner.begin() as connection:
        return connection.exec_driver_sql(query.as_string(), (before,)).rowcount

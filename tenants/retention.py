"""What only the owner may remove: lines of an audit trail that are past their time."""

from datetime import datetime

from psycopg import sql

from tenants.engines import Engines
from tenants.registry import Tenant


def purge_audit(engines: Engines, tenant: Tenant, before: datetime) -> int:
    """Remove the lines of a commune's audit trail written before a moment.

    Returns:
        How many went.
    """
    query = sql.SQL("DELETE FROM {}.audit_entry WHERE at < %s").format(sql.Identifier(tenant.schema))
    with engines.owner.begin() as connection:
        return connection.exec_driver_sql(query.as_string(), (before,)).rowcount

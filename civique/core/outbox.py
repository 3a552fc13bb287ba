"""Work that leaves the request: a row in the same transaction, carried to the workers by the relay after the commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, String, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from civique.core.base import Base, Created
from tenants.session import TenantSession

# All that a commune's role may do with the outbox: the owner's function writes the role's own name and keeps the limit.
_ENQUEUE = select(
    func.platform.enqueue(
        bindparam("id", type_=Uuid()),
        bindparam("job", type_=String()),
        bindparam("args", type_=JSONB()),
        bindparam("due_at", type_=DateTime(timezone=True)),
    )
)


class OutboxFull(RuntimeError):
    """Too much work of this commune waits already (``tenants.cluster.MOST_WAITING`` rows): nothing more is taken until
    some of it is done. The transaction should be rolled back, and the person asked to try again later."""


class JobReceipt(Base):
    """Proof that a job's effect is in the database: written with the effect, so that a second run changes nothing."""

    __tablename__ = "job_receipt"
    __table_args__ = {"info": {"export": False}}
    shown_on_pages = False

    outbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    done_at: Mapped[Created]


def take_receipt(session: TenantSession, outbox_id: UUID) -> bool:
    """Write the receipt of a job in this transaction; an attempt that runs at the same moment is waited for.

    Returns:
        False when the job was done already: nothing must be done again.
    """
    query = insert(JobReceipt).values(outbox_id=outbox_id).on_conflict_do_nothing().returning(JobReceipt.outbox_id)
    return session.execute(query).scalar_one_or_none() is not None


def enqueue(session: TenantSession, job: str, *, due_at: datetime | None = None, **ids: Any) -> UUID:
    """Ask for a job once this transaction is committed.

    Args:
        job: its name in a manifest, ``module.verb``.
        due_at: not before this moment.
        ids: identifiers only; anything else is read again by the job, from the database.

    Returns:
        Identifier of the outbox row.

    Raises:
        OutboxFull: too much work of this commune waits already.
    """
    identifier: UUID = uuid7()
    args = {key: str(value) for key, value in ids.items()}
    taken = session.execute(_ENQUEUE, {"id": identifier, "job": job, "args": args, "due_at": due_at}).scalar_one()
    if taken is None:
        raise OutboxFull(f"too much work of {session.tenant.schema} waits to be done")
    return identifier

"""Work that leaves the request: a row in the same transaction, carried to the workers by the relay after the commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, MetaData, String, Table, Uuid, insert
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import DateTime
from uuid_utils.compat import uuid7

from civique.core.base import Base, Created
from tenants.session import TenantSession

# The columns that a commune's role may write; ``owner`` fills itself with the role's name.
_OUTBOX = Table(
    "outbox",
    MetaData(schema="platform"),
    Column("id", Uuid),
    Column("job", String),
    Column("args", JSONB),
    Column("due_at", DateTime(timezone=True)),
)


class JobReceipt(Base):
    """Proof that a job's effect is in the database: written with the effect, so that a second run changes nothing."""

    __tablename__ = "job_receipt"
    __table_args__ = {"info": {"export": False}}
    shown_on_pages = False

    outbox_id: Mapped[UUID] = mapped_column(primary_key=True)
    done_at: Mapped[Created]


def enqueue(session: TenantSession, job: str, *, due_at: datetime | None = None, **ids: Any) -> UUID:
    """Ask for a job once this transaction is committed.

    Args:
        job: its name in a manifest, ``module.verb``.
        due_at: not before this moment.
        ids: identifiers only; anything else is read again by the job, from the database.

    Returns:
        Identifier of the outbox row.
    """
    row: dict[str, Any] = {"id": uuid7(), "job": job, "args": {key: str(value) for key, value in ids.items()}}
    if due_at is not None:
        row["due_at"] = due_at
    session.execute(insert(_OUTBOX).values(row))
    identifier: UUID = row["id"]
    return identifier

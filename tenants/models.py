"""Tables of schema ``platform`` that the tenancy itself needs: who the communes are, where they answer, what leaves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, MetaData, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import DateTime
from uuid_utils.compat import uuid7

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
Moment = DateTime(timezone=True)
NOW = text("clock_timestamp()")

STATES = ("creating", "open", "suspended", "closed", "deleting", "deleted")


class PlatformBase(DeclarativeBase):
    """Tables of the platform, always qualified: a commune's role must be able to name the outbox."""

    metadata = MetaData(schema="platform", naming_convention=NAMING)
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSONB, list[str]: JSONB}


class TenantRow(PlatformBase):
    """A commune: its names, its schema and role, its modules, its state."""

    __tablename__ = "tenant"
    __table_args__ = (
        CheckConstraint("state in ({})".format(", ".join(f"'{s}'" for s in STATES)), name="state"),
        CheckConstraint("schema ~ '^t_[a-z0-9]{12}$'", name="schema"),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{0,47}$'", name="slug"),
        Index("uq_tenant_insee_live", "insee", unique=True, postgresql_where=text("state <> 'deleted'")),
        Index("uq_tenant_slug_live", "slug", unique=True, postgresql_where=text("state <> 'deleted'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    slug: Mapped[str] = mapped_column(String(48))
    insee: Mapped[str] = mapped_column(String(5))
    siren: Mapped[str | None] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(120))
    schema: Mapped[str] = mapped_column(String(14), unique=True)
    key_version: Mapped[int]
    cluster: Mapped[str] = mapped_column(String(40), default="main")
    modules: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(String(12), default="creating")
    state_reason: Mapped[str | None] = mapped_column(String(500))
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    trial_ends_on: Mapped[date | None]
    demonstration: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    deleted_at: Mapped[datetime | None]


class TenantHost(PlatformBase):
    """A domain of its own that leads to a commune, once its DNS was seen to point here."""

    __tablename__ = "tenant_host"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("platform.tenant.id", ondelete="CASCADE"), index=True)
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class RestingName(PlatformBase):
    """A freed subdomain: nobody but the same SIREN may take it before the date."""

    __tablename__ = "resting_name"

    slug: Mapped[str] = mapped_column(String(48), primary_key=True)
    siren: Mapped[str | None] = mapped_column(String(9))
    until: Mapped[date]


LANE = "CASE job WHEN 'core.deliver_code' THEN 'codes' WHEN 'core.deliver_message' THEN 'messages' ELSE 'work' END"


class OutboxRow(PlatformBase):
    """Work to do after the commit that asked for it. A commune's role may only add rows in its own name, by
    ``platform.enqueue``, which refuses when too many wait.

    ``ready_at`` is when the relay may take the row: once due, and not before the lease of who has it. ``starts`` counts
    the attempts that began, ``failures`` those that ended with an error: the others died.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "pg_catalog.length(args::text) < 4000 AND pg_catalog.jsonb_typeof(args) = 'object'", name="args_are_ids"
        ),
        CheckConstraint("pg_catalog.isfinite(due_at)", name="due_at_is_a_moment"),
        CheckConstraint(
            "owner = 'platform' OR (job NOT LIKE 'platform.%' AND job <> 'core.tick')", name="job_is_a_commune_s"
        ),
        Index("ix_outbox_waiting", "owner", postgresql_where=text("done_at IS NULL")),
        Index("ix_outbox_ready", "lane", "ready_at", postgresql_where=text("done_at IS NULL")),
        Index("ix_outbox_turns", "lane", "owner", "ready_at", postgresql_where=text("done_at IS NULL")),
        Index(
            "ix_outbox_leased", "lane", "owner", postgresql_where=text("done_at IS NULL AND leased_until IS NOT NULL")
        ),
        Index("ix_outbox_done_at", "done_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    owner: Mapped[str] = mapped_column(String(63), server_default=text("CURRENT_USER"))
    job: Mapped[str] = mapped_column(String(80))
    args: Mapped[dict[str, Any]] = mapped_column(default=dict)
    due_at: Mapped[datetime] = mapped_column(server_default=NOW)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    attempts: Mapped[int] = mapped_column(server_default="0")
    starts: Mapped[int] = mapped_column(server_default="0")
    started_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default="0")
    leased_until: Mapped[datetime | None]
    lane: Mapped[str] = mapped_column(String(10), Computed(LANE, persisted=True))
    ready_at: Mapped[datetime] = mapped_column(Computed("greatest(due_at, leased_until)", persisted=True))
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    error: Mapped[str | None] = mapped_column(Text)


class Heartbeat(PlatformBase):
    """When a process that carries work last did so; its row goes when it is stopped on purpose."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class SiteVersion(PlatformBase):
    """How many times the content of a commune, or of the apex, changed (:mod:`tenants.changes`)."""

    __tablename__ = "site_version"

    owner: Mapped[str] = mapped_column(String(63), primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class PeriodicRun(PlatformBase):
    """One row a job and period: the unique key is what makes a period run once, whatever clocks do."""

    __tablename__ = "periodic_run"

    owner: Mapped[str] = mapped_column(String(63), primary_key=True)
    job: Mapped[str] = mapped_column(String(80), primary_key=True)
    period: Mapped[str] = mapped_column(String(20), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)

"""What makes a deployment not ready, in sentences for who runs it."""

import shutil
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from civique.core import settings as commune_settings
from civique.core.access.queries import count_administrators
from civique.core.commune import OwnDomain
from civique.core.config import Config, config
from civique.core.documents.operations import lost_files
from civique.core.process import engines as process_engines
from civique.core.process import registry as process_registry
from tenants.cluster import MOST_WAITING, exposed
from tenants.engines import Engines
from tenants.registry import Registry
from tenants.session import session_for
from tenants.tenant import WITH_SCHEMA, Tenant
from tenants.watchdog import not_held


def examine(*, managed: bool) -> tuple[list[str], list[str]]:
    """What is wrong with this deployment, then what works but should be known.

    Args:
        managed: the server gives nobody a superuser: what stays open of it is only said.

    Raises:
        NotConfigured: a setting is missing or malformed.
    """
    settings, engines = config(), process_engines()
    found = problems(settings, engines)
    if found:
        return found, []
    try:
        wrong, known = faults(engines), warnings(settings, engines)
        tenants = process_registry().all(*WITH_SCHEMA)
        known += [sentence for t in tenants for sentence in (*_lost_of(t), *_strayed_of(t))]
    except SQLAlchemyError as error:
        first = str(error).partition("\n")[0]
        return [f"The database is not what this release expects: run « civique db migrate ». {first}"], []
    return ([], wrong + known) if managed else (wrong, known)


def _lost_of(tenant: Tenant) -> list[str]:
    try:
        lost = lost_files_of(tenant)
    except (SQLAlchemyError, LookupError) as error:
        return [f"« {tenant.slug} » cannot be read ({type(error).__name__}): « civique tenant check » says why."]
    if not lost:
        return []
    said = "put them back from a backup. « tenant check » names them."
    return [f"{len(lost)} files of « {tenant.slug} » are lost: {said}"]


def _strayed_of(tenant: Tenant) -> list[str]:
    if not tenant.hosts or not process_engines().opens(tenant):
        return []
    with session_for(process_engines(), tenant) as session:
        domain = commune_settings.get(session, OwnDomain)
    if not domain.strayed or domain.host not in tenant.hosts:
        return []
    return [f"The DNS of {domain.host} leads here no more: « {tenant.slug} » was told, and answers there still."]


def lost_files_of(tenant: Tenant) -> list[str]:
    """Files that rows of a commune refer to and whose content is not there; none when its role is locked out."""
    if not process_engines().opens(tenant):
        return []
    with session_for(process_engines(), tenant) as session:
        return lost_files(session)


def problems(settings: Config, engines: Engines) -> list[str]:
    """What must be repaired before traffic comes; empty when ready."""
    found = []
    if not settings.local and settings.smtp_url is None:
        found.append("SMTP_URL is missing: in production no message could leave.")
    try:
        with engines.platform.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        found.append(f"PostgreSQL does not answer: {type(error).__name__}.")
    else:
        found += _work_problems(engines)
    found += _queue_problems(settings)
    return found


SILENCE = 120
"""Seconds without a sign after which a relay stands still."""
STANDSTILL = 300
"""Seconds during which the workers of a lane that have work which is due neither do nor end any."""
_RELAY = text("SELECT extract(epoch FROM clock_timestamp() - at) FROM platform.heartbeat WHERE name = 'relay'")
# A lane in which work has been due for long although nothing runs or has ended lately.
_WORKERS = text(
    """SELECT lane, extract(epoch FROM clock_timestamp() - min(due_at)) FROM platform.outbox w
        WHERE done_at IS NULL AND leased_until >= clock_timestamp()
          AND due_at < clock_timestamp() - make_interval(secs => :seconds)
          AND NOT EXISTS (SELECT FROM platform.outbox d WHERE d.lane = w.lane
                             AND d.done_at > clock_timestamp() - make_interval(secs => :seconds))
          AND NOT EXISTS (SELECT FROM platform.outbox d WHERE d.lane = w.lane AND d.done_at IS NULL
                             AND d.started_at IS NOT NULL AND d.leased_until >= clock_timestamp())
        GROUP BY lane ORDER BY lane"""
)


def _work_problems(engines: Engines) -> list[str]:
    """A relay or workers that run and do not progress."""
    found = []
    try:
        with engines.platform.connect() as connection:
            silent = connection.execute(_RELAY).scalar()
            stuck = connection.execute(_WORKERS, {"seconds": STANDSTILL}).all()
    except ProgrammingError:  # the tables are not there: the rest of the examination says what to do
        return []
    if silent is not None and silent > SILENCE:
        found.append(f"The relay has given no sign for {int(silent)} seconds: nothing is sent. Start it again.")
    for lane, seconds in stuck:
        found.append(f"The workers of « {lane} » have done nothing for {int(seconds)} seconds: see their log.")
    return found


def _queue_problems(settings: Config) -> list[str]:
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        Redis.from_url(settings.redis_url, socket_timeout=2).ping()
    except (RedisError, ValueError, OSError) as error:
        return [f"Valkey or Redis does not answer: {type(error).__name__}."]
    return []


def faults(engines: Engines) -> list[str]:
    """What a deployment must not live with although pages answer: catalogues that are open (a new server, an upgrade or a
    restore opens them again), a database that does not know French letters."""
    found = []
    opened = exposed(engines)
    if opened:
        found.append(
            f"{len(opened)} relations or functions of the server are open to every commune's role: run « civique db "
            f"harden » with a superuser. First ones: {', '.join(opened[:5])}."
        )
    with engines.owner.connect() as connection:
        if not connection.execute(KNOWS_FRENCH).scalar_one():
            ctype = connection.execute(text("SELECT datctype FROM pg_database WHERE datname = current_database()"))
            found.append(
                f"The database's LC_CTYPE is « {ctype.scalar_one()} »: search does not find words with accents or after "
                "an apostrophe. Create it again with C.UTF-8 or fr_FR.UTF-8."
            )
    return found


# What search needs of the database: « l’école » is two words, and É is a letter that has a small form.
KNOWS_FRENCH = text(
    "SELECT to_tsvector('pg_catalog.french', 'l’école') @@ to_tsquery('pg_catalog.french', 'école') AND lower('É') = 'é'"
)
# Communes that are half made or half gone; whoever is making one holds its row.
HALF = text(
    "SELECT slug, state FROM platform.tenant WHERE state IN ('creating', 'deleting') ORDER BY slug FOR UPDATE SKIP LOCKED"
)


def unfinished(engines: Engines, registry: Registry) -> list[str]:
    """Communes whose creation or deletion was interrupted, and those that nobody administers, in sentences."""
    found = []
    with engines.owner.connect() as connection:
        for slug, state in connection.execute(HALF):
            again = "create or import" if state == "creating" else "if nobody is at it, delete"
            found.append(f"« {slug} » is « {state} »: {again} it again.")
    for tenant in registry.all(*WITH_SCHEMA):
        if _administrators(engines, tenant) == 0:
            found.append(f"« {tenant.slug} » has no administrator: create it again, which gives it one.")
    return found


def _administrators(engines: Engines, tenant: Tenant) -> int | None:
    """How many people administer a commune; None when that cannot be read, which other examinations say."""
    try:
        with session_for(engines, tenant) as session:
            return count_administrators(session)
    except (SQLAlchemyError, LookupError):
        return None


def warnings(settings: Config, engines: Engines) -> list[str]:
    """What works but should be known: work that was given up, communes half made or half gone, little room on the disk."""
    found = []
    failed = sum(load.failed for load in outbox_load(engines))
    if failed:
        found.append(
            f"{failed} pieces of work were given up: see {settings.apex}/operations/travaux, « outbox status »."
        )
    loose = not_held(engines)
    if loose:
        found.append(f"Not held on this server: {'; '.join(loose)}. A superuser's « civique db harden » holds them.")
    found += unfinished(engines, process_registry())
    there = next(folder for folder in (settings.var.absolute(), *settings.var.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < 1_000_000_000:
        found.append(f"Only {free // 1_000_000} MB are left on the disk that holds the files.")
    return found


@dataclass(frozen=True)
class Load:
    """What one commune has in the outbox: rows that wait, that failed for good; seconds since the eldest was due."""

    owner: str
    waiting: int
    failed: int
    oldest: float


def outbox_load(engines: Engines) -> list[Load]:
    """Communes (by opaque name) that have work waiting or failed, the most loaded first."""
    query = text(
        """SELECT owner, count(*) FILTER (WHERE done_at IS NULL), count(*) FILTER (WHERE outcome = 'failed'),
                  greatest(0, extract(epoch FROM clock_timestamp() - min(due_at) FILTER (WHERE done_at IS NULL)))
             FROM platform.outbox WHERE done_at IS NULL OR outcome = 'failed' GROUP BY owner ORDER BY 2 DESC, 1"""
    )
    with engines.platform.connect() as connection:
        return [Load(owner, waiting, failed, float(age)) for owner, waiting, failed, age in connection.execute(query)]


def metrics(engines: Engines) -> str:
    """Figures for Prometheus: communes by state, outbox by commune and age."""
    registry = CollectorRegistry()
    communes = Gauge("civique_communes", "Communes by state", ["state"], registry=registry)
    waiting = Gauge("civique_outbox_waiting", "Outbox rows not done", ["tenant"], registry=registry)
    failed = Gauge("civique_outbox_failed", "Outbox rows given up", ["tenant"], registry=registry)
    limit = Gauge("civique_outbox_limit", "Rows of one tenant that may wait", registry=registry)
    limit.set(MOST_WAITING)
    beat = Gauge("civique_relay_silence_seconds", "Seconds since the relay gave a sign", registry=registry)
    oldest = Gauge("civique_outbox_oldest_seconds", "Age of the oldest row that is due", registry=registry)
    with engines.platform.connect() as connection:
        for state, count in connection.execute(text("SELECT state, count(*) FROM platform.tenant GROUP BY 1")):
            communes.labels(state).set(count)
        query = (
            "SELECT coalesce(extract(epoch FROM clock_timestamp() - min(due_at)), 0) FROM platform.outbox "
            "WHERE done_at IS NULL AND due_at <= clock_timestamp()"
        )
        beat.set(float(connection.execute(_RELAY).scalar() or 0))
        oldest.set(float(connection.execute(text(query)).scalar_one()))
    for load in outbox_load(engines):
        waiting.labels(load.owner).set(load.waiting)
        failed.labels(load.owner).set(load.failed)
    return generate_latest(registry).decode()

"""Who the communes are and where they answer. Look-ups are remembered for a few seconds in each process."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from tenants import clock
from tenants.models import TenantHost, TenantRow
from tenants.tenant import PLATFORM, Tenant

RESERVED = frozenset(
    [
        "www",
        "admin",
        "administration",
        "api",
        "app",
        "apex",
        "assets",
        "autodiscover",
        "autoconfig",
        "beta",
        "blog",
        "caddy",
        "cdn",
        "civique",
        "contact",
        "dev",
        "demo",
        "dns",
        "docs",
        "ftp",
        "git",
        "help",
        "imap",
        "intranet",
        "localhost",
        "m",
        "mail",
        "mx",
        "news",
        "ns",
        "ns1",
        "ns2",
        "operations",
        "platform",
        "pop",
        "postmaster",
        "preprod",
        "prod",
        "root",
        "security",
        "smtp",
        "ssl",
        "static",
        "status",
        "support",
        "test",
        "tests",
        "web",
        "webmail",
    ]
)
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?")


def valid_slug(slug: str) -> bool:
    """Whether a name may be a subdomain: letters, digits, hyphens, no reserved word, no punycode."""
    return bool(SLUG.fullmatch(slug)) and slug not in RESERVED and not slug.startswith("xn--")


class Registry:
    """Communes by host, by slug, by id, by schema, read with the platform's role.

    Args:
        engine: the platform's engine.
        base_domain: host of the apex without port, for instance ``civique.localhost``.
        seconds: how long a look-up is remembered. A change made in another process shows after that.
    """

    def __init__(self, engine: Engine, base_domain: str, seconds: float = 5.0, size: int = 10_000) -> None:
        self.engine = engine
        self.base_domain = base_domain
        self.seconds = seconds
        self.size = size
        self._known: OrderedDict[tuple[str, str], tuple[float, Tenant | None]] = OrderedDict()
        self._lock = threading.Lock()

    def by_host(self, host: str) -> Tenant | None:
        """Commune that answers at a host (without port), the platform at the apex, None when nobody does."""
        host = host.lower().rstrip(".")
        if host == self.base_domain:
            return PLATFORM
        label, _, parent = host.partition(".")
        if parent == self.base_domain:
            return self.by_slug(label)
        return self._remember(("host", host), lambda: self._find_host(host))

    def by_slug(self, slug: str) -> Tenant | None:
        """Commune of a subdomain; None when there is none or it was deleted."""
        if not SLUG.fullmatch(slug):
            return None
        return self._remember(("slug", slug), lambda: self._find(TenantRow.slug == slug))

    def by_schema(self, schema: str) -> Tenant | None:
        """Commune of a schema, which is also its role: what an outbox row carries."""
        if schema == PLATFORM.schema:
            return PLATFORM
        return self._remember(("schema", schema), lambda: self._find(TenantRow.schema == schema))

    def by_insee(self, insee: str) -> Tenant | None:
        """Live commune of an INSEE code, never remembered: used where two people may subscribe at once."""
        return self._find(TenantRow.insee == insee)

    def has_left(self, tenant: Tenant) -> bool:
        """Whether a commune is being deleted, or was, read anew."""
        if tenant.is_platform:
            return False
        query = select(TenantRow.state).where(TenantRow.id == tenant.id)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none() in {None, "deleting", "deleted"}

    def left(self, host: str) -> bool:
        """Whether the commune that answered at a subdomain has left; for a host at which nobody answers."""
        label, _, parent = host.lower().rstrip(".").partition(".")
        if parent != self.base_domain or not SLUG.fullmatch(label):
            return False
        query = select(TenantRow.id).where(TenantRow.slug == label, TenantRow.state == "deleted").limit(1)
        with self.engine.connect() as connection:
            return connection.execute(query).first() is not None

    def all(self, *states: str) -> list[Tenant]:
        """Every commune in these states (all but deleted without any), by slug, read anew."""
        query = select(TenantRow).order_by(TenantRow.slug)
        query = query.where(TenantRow.state.in_(states)) if states else query.where(TenantRow.state != "deleted")
        with self.engine.connect() as connection:
            hosts = self._hosts(
                connection.execute(
                    select(TenantHost.tenant_id, TenantHost.host).where(TenantHost.verified_at.is_not(None))
                ).all()
            )
            return [_tenant(row, hosts.get(row.id, ())) for row in connection.execute(query)]

    def forget(self) -> None:
        """Drop what this process remembers, after it changed a commune."""
        with self._lock:
            self._known.clear()

    def _remember(self, key: tuple[str, str], find: Callable[[], Tenant | None]) -> Tenant | None:
        now = time.monotonic()
        with self._lock:
            known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        try:
            tenant = find()
        except SQLAlchemyError:  # the page that says so bears the commune's name, as long as this process knows it
            if known is None or known[1] is None:
                raise
            return known[1]
        with self._lock:
            self._known[key] = (now + self.seconds, tenant)
            while len(self._known) > self.size:
                self._known.popitem(last=False)
        return tenant

    def _find(self, condition: ColumnElement[bool]) -> Tenant | None:
        moment = func.clock_timestamp().label("moment")
        query = select(TenantRow, moment).where(condition, TenantRow.state != "deleted")
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            clock.note(row.moment)
            own = select(TenantHost.tenant_id, TenantHost.host).where(
                TenantHost.tenant_id == row.id, TenantHost.verified_at.is_not(None)
            )
            return _tenant(row, self._hosts(connection.execute(own).all()).get(row.id, ()))

    def _find_host(self, host: str) -> Tenant | None:
        query = select(TenantHost.tenant_id).where(TenantHost.host == host, TenantHost.verified_at.is_not(None))
        with self.engine.connect() as connection:
            tenant_id = connection.execute(query).scalar_one_or_none()
        return None if tenant_id is None else self._find(TenantRow.id == tenant_id)

    @staticmethod
    def _hosts(rows: Iterable[Row]) -> dict[UUID, tuple[str, ...]]:
        hosts: dict[UUID, tuple[str, ...]] = {}
        for tenant_id, host in rows:
            hosts[tenant_id] = (*hosts.get(tenant_id, ()), host)
        return hosts


def _tenant(row: Row, hosts: tuple[str, ...]) -> Tenant:
    return Tenant(
        id=row.id,
        slug=row.slug,
        insee=row.insee,
        siren=row.siren,
        name=row.name,
        schema=row.schema,
        key_version=row.key_version,
        modules=frozenset(row.modules),
        state=row.state,
        state_reason=row.state_reason,
        time_zone=row.time_zone,
        trial_ends_on=row.trial_ends_on,
        demonstration=row.demonstration,
        hosts=tuple(sorted(hosts)),
    )

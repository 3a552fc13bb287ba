"""A look, every week, at the domain that a commune proved. It tells when the DNS leads here no more, and takes nothing away: a
DNS that is away for an hour would take the site with it."""

from collections.abc import Sequence
from datetime import date, timedelta

from civique.core import clock, settings
from civique.core.commune import OwnDomain, own_host
from civique.core.outbox import enqueue
from civique.services.dns import DnsFailed, Server
from civique.web.admin import dns
from tenants.session import TenantSession
from tenants.tenant import Tenant

JOB = "core.look_at_domain"
EVERY = timedelta(days=7)


def ask_to_look(session: TenantSession) -> None:
    """Each night: ask for a look at the domain that answers, when the last one is a week old."""
    own = settings.get(session, OwnDomain)
    if own.host in session.tenant.hosts and not _lately(own):
        enqueue(session, JOB)


def look(tenant: Tenant, servers: Sequence[Server] = ()) -> set[str] | None:
    """Domains of a commune that lead here; None when nobody can say, which counts for nothing."""
    own = own_host(tenant)
    try:
        return {
            host
            for host in tenant.hosts
            if dns.proven(host, own, tenant.slug, servers) and dns.points_here(host, own, servers)
        }
    except DnsFailed:
        return None


def note(session: TenantSession, leading: set[str] | None) -> None:
    """Keep what a look found; the same look twice counts once."""
    own = settings.get(session, OwnDomain)
    if leading is None or own.host not in session.tenant.hosts or _lately(own):
        return
    missed = 0 if own.host in leading else own.missed + 1
    settings.change(session, OwnDomain, looked_on=clock.today().isoformat(), missed=missed)


def _lately(own: OwnDomain) -> bool:
    return bool(own.looked_on) and clock.today() - date.fromisoformat(own.looked_on) < EVERY

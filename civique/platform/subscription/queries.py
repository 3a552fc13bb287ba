"""Reading subscriptions, communes and the outbox, for the apex."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.engine import Row

from civique.core import settings
from civique.core.access.models import RoleGrant
from civique.core.access.queries import count_administrators, live_grants
from civique.core.people.models import Person
from civique.core.people.queries import active_people, people_at
from civique.core.process import engines, registry
from civique.platform.subscription.models import Subscription
from civique.platform.subscription.settings import Publisher
from tenants.models import OutboxRow
from tenants.session import TenantSession, session_for
from tenants.tenant import PLATFORM, Tenant


def to_check() -> Select[Subscription]:
    """Query of the requests that wait for an operator, eldest first."""
    query = select(Subscription).where(Subscription.state == "to_check")
    return query.order_by(Subscription.created_at, Subscription.id)


def count_to_check(session: TenantSession) -> int:
    """How many requests wait for an operator."""
    return session.execute(select(func.count()).where(Subscription.state == "to_check")).scalar_one()


def others_waiting(session: TenantSession, subscription: Subscription) -> Sequence[Subscription]:
    """Requests for the same commune that were confirmed and not decided yet."""
    query = select(Subscription).where(
        Subscription.insee == subscription.insee,
        Subscription.id != subscription.id,
        Subscription.state.in_(("confirmed", "to_check", "approved")),
    )
    return session.scalars(query).all()


def site_of(insee: str) -> Tenant | None:
    """The site that a commune has already (or that is being opened), read anew."""
    return registry().by_insee(insee)


def sites_of(codes: Sequence[str]) -> dict[str, Tenant]:
    """Sites of several communes, for a list of results."""
    found = {code: site_of(code) for code in codes}
    return {code: tenant for code, tenant in found.items() if tenant is not None}


def publisher() -> Publisher:
    """Who runs this deployment, for a commune's legal notice: read in a session of the platform's own."""
    with session_for(engines(), PLATFORM) as session:
        return settings.get(session, Publisher)


def operators(session: TenantSession) -> Sequence[Person]:
    """Who looks after the platform today."""
    holders = select(RoleGrant.person_id).where(RoleGrant.role == "operator", RoleGrant.ended_at.is_(None))
    return session.scalars(active_people().where(Person.id.in_(holders)).order_by(Person.id)).unique().all()


def administrator_at(session: TenantSession, address: str) -> tuple[Person | None, int]:
    """In a commune's session: its administrator at a typed address (never a list), and how many there are."""
    found = None
    for person in people_at(session, address):
        grants = session.scalars(live_grants(person.id).where(RoleGrant.role == "administrator")).all()
        found = found or (person if grants else None)
    return found, count_administrators(session)


def outbox_failures() -> Select[OutboxRow]:
    """Query of the work that failed for good, newest first."""
    return select(OutboxRow).where(OutboxRow.outcome == "failed").order_by(OutboxRow.done_at.desc(), OutboxRow.id)


def outbox_waiting() -> Select[OutboxRow]:
    """Query of the work that is late or was tried in vain already, eldest first."""
    late = or_(OutboxRow.failures > 0, OutboxRow.due_at < func.clock_timestamp() - func.make_interval(0, 0, 0, 0, 0, 5))
    return select(OutboxRow).where(OutboxRow.done_at.is_(None), late).order_by(OutboxRow.due_at, OutboxRow.id)


def outbox_counts(session: TenantSession) -> Row[int, int, datetime]:
    """How much waits, how much failed, since when the eldest is due."""
    waiting = OutboxRow.done_at.is_(None)
    query = select(
        func.count().filter(waiting).label("waiting"),
        func.count().filter(OutboxRow.outcome == "failed").label("failed"),
        func.min(OutboxRow.due_at).filter(waiting, OutboxRow.due_at <= func.clock_timestamp()).label("oldest"),
    )
    return session.execute(query).one()


def error_class(row: OutboxRow) -> str:
    """What kind of failure it was; the rest of the sentence may hold personal data and stays in the log."""
    return (row.error or "").partition(":")[0][:60]


def subscription(session: TenantSession, subscription_id: UUID) -> Subscription | None:
    """One request."""
    return session.get(Subscription, subscription_id)

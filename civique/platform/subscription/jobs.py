"""Jobs of the platform. Each takes ids and may be run twice, and killed anywhere."""

from functools import partial
from uuid import UUID

from sqlalchemy import update

from civique.core import clock, settings
from civique.core.access.queries import count_administrators
from civique.core.commune import Contact, SetUp
from civique.core.once import hold
from civique.core.opening import UnknownCommune, add_administrator, open_commune, seed
from civique.core.process import engines, provisioner, registry
from civique.platform.subscription import operations
from civique.platform.subscription.models import Subscription
from civique.platform.subscription.queries import administrator_at
from tenants.provision import TenantExists
from tenants.session import TenantSession, session_for
from tenants.tenant import PLATFORM, Tenant


def open_site(session: TenantSession, subscription_id: str) -> None:
    """Open the site of an approved subscription: schema, first rows, administrator, then the message.

    Each step finds what an earlier run left: the half-made commune (the provisioner resumes it), the commune without
    its first rows, the administrator who is there already. A commune that somebody else administers is never touched.
    """
    hold(session, UUID(subscription_id))
    if not _begin(UUID(subscription_id)):
        return
    subscription = session.get(Subscription, UUID(subscription_id))
    assert subscription is not None
    try:
        tenant = _commune(subscription)
    except UnknownCommune:
        operations.note_failure(session, subscription, "unknown commune")
        return
    if not _administered(tenant, subscription):
        operations.refuse_as_taken(session, subscription)
        return
    operations.note_open(session, subscription, tenant.schema)


def purge_subscriptions(session: TenantSession) -> None:
    """Forget who asked in vain."""
    operations.purge_subscriptions(session)


def _begin(subscription_id: UUID) -> bool:
    """Show that the work began, in a transaction of its own, before anything is made: what exists from then on under
    this commune's code without an administrator was made by this job."""
    with session_for(engines(), PLATFORM) as own:
        query = (
            update(Subscription)
            .where(Subscription.id == subscription_id, Subscription.state.in_(("approved", "opening")))
            .values(state="opening", changed_at=clock.now())
            .returning(Subscription.id)
        )
        begun = own.execute(query).scalar_one_or_none()
        own.commit()
    return begun is not None


def _commune(subscription: Subscription) -> Tenant:
    """The commune, made now or by an earlier run that was killed, with its first rows."""
    try:
        first = partial(_first_administrator, subscription=subscription)
        return open_commune(engines(), provisioner(), subscription.insee, first=first)
    except TenantExists:
        tenant = registry().by_insee(subscription.insee)
        if tenant is None:
            raise
    with session_for(engines(), tenant) as session:
        seed(session, subscription.insee)
        session.commit()
    return tenant


def _first_administrator(session: TenantSession, subscription: Subscription) -> None:
    """Make the applicant the first administrator, once, of a site that only they see, with how the mairie is reached."""
    if count_administrators(session) == 0:
        add_administrator(session, subscription.given_name, subscription.family_name, subscription.email)
        settings.change(session, SetUp, published=False)
        settings.change(session, Contact, phone=subscription.phone, email=subscription.email)


def _administered(tenant: Tenant, subscription: Subscription) -> bool:
    """Whether the applicant administers the commune, as its first administrator when it had none."""
    with session_for(engines(), tenant) as session:
        _first_administrator(session, subscription)
        session.commit()
        return administrator_at(session, subscription.email)[0] is not None

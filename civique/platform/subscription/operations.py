"""What is done to a subscription, from the form to the open site."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from civique.core import audit, clock
from civique.core.access.models import SignInCode
from civique.core.i18n import gettext as _
from civique.core.outbox import enqueue
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.platform.subscription import messages, queries
from civique.platform.subscription.models import TAKEN, Subscription
from civique.services.communes import Commune, official_email_matches
from tenants.models import OutboxRow
from tenants.session import TenantSession

OPEN_SITE = "platform.open_site"
KEPT = timedelta(days=92)
UNANSWERED = timedelta(days=2)


def start_subscription(session: TenantSession, official: Commune, **facts: Any) -> Subscription:
    """Note who asks and what they accepted; nothing happens before the code of the message is typed."""
    subscription = Subscription(insee=official.insee, commune_name=official.name, **facts)
    session.add(subscription)
    session.flush()
    audit.record(
        session,
        "subscription.started",
        subscription,
        insee=official.insee,
        terms=subscription.terms_version,
        data=subscription.data_version,
    )
    return subscription


def confirm_subscription(
    session: TenantSession, subscription: Subscription, code: SignInCode, official: Commune
) -> None:
    """The address answered: open at once when it is visibly the mairie's, otherwise ask an operator to look.

    Typing the code twice changes nothing.
    """
    session.refresh(subscription, with_for_update=True)
    if subscription.state != "started":
        return
    code.used_at = clock.now()
    _move(session, subscription, "confirmed")
    if queries.site_of(subscription.insee) is not None:
        refuse_as_taken(session, subscription)
    elif official_email_matches(subscription.email, official):
        try:
            approve_subscription(session, subscription)
        except Refused:
            refuse_as_taken(session, subscription)
    else:
        _move(session, subscription, "to_check")
        messages.tell_to_check(session, subscription)
        messages.tell_operators(session, subscription, queries.operators(session))


def approve_subscription(session: TenantSession, subscription: Subscription, operator: Person | None = None) -> None:
    """Promise the commune to this request and ask for the job that opens its site. Approving twice changes nothing.

    Raises:
        Refused: the commune has a site or is promised to another request; nothing was changed.
    """
    session.refresh(subscription, with_for_update=True)
    if subscription.state not in {"confirmed", "to_check"}:
        return
    if queries.site_of(subscription.insee) is not None:
        raise _taken()
    promise = (
        update(Subscription)
        .where(Subscription.id == subscription.id)
        .values(
            state="approved",
            decided_by=operator.id if operator else None,
            decided_at=clock.now(),
            changed_at=clock.now(),
        )
    )
    try:
        with session.begin_nested():
            session.execute(promise)
    except IntegrityError as error:
        raise _taken() from error
    session.refresh(subscription)
    audit.record(session, "subscription.approved", subscription, automatic=operator is None)
    enqueue(session, OPEN_SITE, subscription_id=subscription.id)


def _taken() -> Refused:
    return Refused(_("The commune has a site already, or one is being opened: the applicant was told."), rule=TAKEN)


def refuse_subscription(session: TenantSession, subscription: Subscription, reason: str, operator: Person) -> None:
    """Refuse with a sentence for the applicant. A decided request is left as it is."""
    session.refresh(subscription, with_for_update=True)
    if subscription.state != "to_check":
        return
    subscription.reason, subscription.decided_by, subscription.decided_at = reason, operator.id, clock.now()
    _move(session, subscription, "refused")
    messages.tell_refused(session, subscription)


def refuse_as_taken(session: TenantSession, subscription: Subscription) -> None:
    """Somebody else of the commune came first: say who to contact."""
    subscription.reason, subscription.decided_at = TAKEN, clock.now()
    _move(session, subscription, "refused")
    messages.tell_taken(session, subscription, queries.site_of(subscription.insee))


def note_open(session: TenantSession, subscription: Subscription, schema: str) -> None:
    """The site is open: write to who asked, and to the others who asked for the same commune."""
    subscription.tenant_schema, subscription.opened_at = schema, clock.now()
    _move(session, subscription, "open")
    messages.tell_open(session, subscription)
    for other in queries.others_waiting(session, subscription):
        refuse_as_taken(session, other)


def note_failure(session: TenantSession, subscription: Subscription, reason: str) -> None:
    """The site cannot be opened and no retry will help; the operators see it."""
    subscription.reason = reason
    _move(session, subscription, "failed")
    messages.tell_operators(session, subscription, queries.operators(session))


def note_entered(session: TenantSession, subscription: Subscription) -> bool:
    """Whether this browser may be led in signed in: the first time, and for ten minutes after it (a lost page)."""
    now = clock.now()
    if subscription.entered_at is not None and now - subscription.entered_at > timedelta(minutes=10):
        return False
    subscription.entered_at = subscription.entered_at or now
    session.flush()
    return True


def purge_subscriptions(session: TenantSession) -> int:
    """Delete who asked in vain: unanswered codes after two days, refused or abandoned requests after three months.

    Returns:
        How many requests went.
    """
    now = clock.now()
    unanswered = delete(Subscription).where(Subscription.state == "started", Subscription.created_at < now - UNANSWERED)
    old = delete(Subscription).where(
        Subscription.state.in_(("started", "confirmed", "to_check", "refused", "failed")),
        Subscription.changed_at < now - KEPT,
    )
    gone = sum(session.execute(query).rowcount for query in (unanswered, old))  # type: ignore[attr-defined]
    if gone:
        audit.record(session, "subscription.purged", count=gone)
    return int(gone)


def retry_work(session: TenantSession, outbox_id: UUID) -> bool:
    """Try failed or late work again, now.

    Returns:
        Whether there was something to try again.
    """
    values = {"done_at": None, "outcome": None, "failures": 0, "starts": 0, "due_at": func.now(), "leased_until": None}
    undone = (OutboxRow.outcome.is_(None)) | (OutboxRow.outcome == "failed")
    query = update(OutboxRow).where(OutboxRow.id == outbox_id, undone).values(values).returning(OutboxRow.job)
    job = session.execute(query).scalar_one_or_none()
    if job is not None:
        audit.record(session, "outbox.retried", outbox=outbox_id, job=job)
    return job is not None


def export_subscriptions(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """Requests sent from an address of this person."""
    return [
        {
            "commune": s.commune_name,
            "name": s.name,
            "function": s.function,
            "email": s.email,
            "phone": s.phone,
            "siret": s.siret,
            "state": s.state,
            "date": s.created_at.isoformat(),
        }
        for s in session.scalars(select(Subscription).where(Subscription.email.in_(_addresses(person))))
    ]


def erase_subscriptions(session: TenantSession, person: Person) -> None:
    """Requests that led to no site go; the contract of an open site stays as long as the site."""
    session.execute(
        delete(Subscription).where(Subscription.email.in_(_addresses(person)), Subscription.state != "open")
    )


def _addresses(person: Person) -> list[str]:
    return [address.address for address in person.emails if address.confirmed_at]


def _move(session: TenantSession, subscription: Subscription, state: str) -> None:
    subscription.state, subscription.changed_at = state, clock.now()
    session.flush()
    audit.record(session, f"subscription.{state}", subscription)

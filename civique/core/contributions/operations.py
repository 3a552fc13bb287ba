"""Promising, receiving and using contributions."""

from datetime import date
from decimal import Decimal
from typing import Any

from civique.core import audit, clock
from civique.core.contributions.models import Contribution, ContributionUse
from tenants.session import TenantSession


class NotUsable(ValueError):
    """A contribution cannot be used so: ``reason`` is too_much, expired, cancelled, used or not_received."""

    def __init__(self, reason: str, **facts: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


def promise(session: TenantSession, about: Any, nature: str, **facts: Any) -> Contribution:
    """Note what somebody will bring to an object."""
    facts.setdefault("promised_on", clock.today())
    contribution = Contribution(object_type=about.__tablename__, object_id=about.id, nature=nature, **facts)
    session.add(contribution)
    session.flush()
    audit.record(session, "contribution.promised", contribution, nature=nature, cents=contribution.value_cents)
    return contribution


def receive(session: TenantSession, contribution: Contribution, on: date | None = None) -> None:
    """It is here: cash counts from now on. Receiving twice changes nothing.

    Raises:
        NotUsable: ``cancelled``.
    """
    session.refresh(contribution, with_for_update={"of": Contribution})
    if contribution.cancelled_at is not None:
        raise NotUsable("cancelled")
    if contribution.received_on is None:
        contribution.received_on = on or clock.today()
        session.flush()
        audit.record(session, "contribution.received", contribution)


def cancel(session: TenantSession, contribution: Contribution) -> None:
    """The giver takes the promise back; what was used stays.

    Raises:
        NotUsable: ``used``, a part went to somebody already.
    """
    session.refresh(contribution, with_for_update={"of": Contribution})
    if contribution.used > 0:
        raise NotUsable("used")
    contribution.cancelled_at = clock.now()
    session.flush()
    audit.record(session, "contribution.cancelled", contribution)


def use(
    session: TenantSession, contribution: Contribution, about: Any, amount: Decimal, note: str = ""
) -> ContributionUse:
    """A part goes to an object. Two uses at once wait for each other and never exceed what was promised.

    Raises:
        NotUsable: ``cancelled``, ``expired``, ``too_much`` (with what is left).
    """
    session.refresh(contribution, with_for_update={"of": Contribution})
    if contribution.cancelled_at is not None:
        raise NotUsable("cancelled")
    if contribution.valid_until is not None and contribution.valid_until < clock.today():
        raise NotUsable("expired", until=contribution.valid_until)
    session.expire(contribution, ["uses"])
    if amount > contribution.left:
        raise NotUsable("too_much", left=contribution.left)
    made = ContributionUse(
        object_type=about.__tablename__, object_id=about.id, amount=amount, used_on=clock.today(), note=note
    )
    contribution.uses.append(made)
    session.flush()
    audit.record(session, "contribution.used", contribution, for_object=about.id, amount=str(amount))
    return made


def give_back(session: TenantSession, used: ContributionUse) -> None:
    """A part was not used after all: it is free again."""
    audit.record(session, "contribution.given_back", used.contribution, amount=str(used.amount))
    used.contribution.uses.remove(used)
    session.flush()

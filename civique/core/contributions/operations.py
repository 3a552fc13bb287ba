"""Pledging, receiving, using and withdrawing contributions; who gave is thanked."""

from datetime import date
from decimal import Decimal
from typing import Any

from civique.core import audit, clock
from civique.core.contributions.events import WithdrawalAsked
from civique.core.contributions.models import Contribution, ContributionUse
from civique.core.contributions.queries import contributions_to
from civique.core.events import tell
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, number
from civique.core.refused import Refused
from tenants.session import TenantSession


def record_contribution(session: TenantSession, about: Any, nature: str, **facts: Any) -> Contribution:
    """Note what somebody will bring to an object."""
    facts.setdefault("pledged_on", clock.today())
    contribution = Contribution(object_type=about.__tablename__, object_id=about.id, nature=nature, **facts)
    session.add(contribution)
    session.flush()
    audit.record(session, "contribution.recorded", contribution, nature=nature, cents=contribution.value_cents)
    return contribution


def pledge_contribution(
    session: TenantSession, about: Any, nature: str, *, again: bool = False, **facts: Any
) -> Contribution:
    """Note what a partner pledges to an object. Two agents who note the same at once keep one.

    Args:
        again: the partner really pledges the same a second time.

    Raises:
        Refused: ``pledged_twice``, the same giver has the same pledge already.
    """
    session.refresh(about, with_for_update={"of": type(about)})
    if not again and _known(session, about, nature, facts):
        raise Refused(
            _("This partner has pledged the same already. If it really is a second gift, tick the box and send again."),
            "again",
            rule="pledged_twice",
        )
    return record_contribution(session, about, nature, **facts)


def _known(session: TenantSession, about: Any, nature: str, facts: dict[str, Any]) -> bool:
    """Whether the same giver has pledged the same: an identifier when there is one, the name otherwise."""
    giver = {name: facts.get(name) for name in ("organisation_id", "person_id", "giver_name")}
    what = {name: facts.get(name) for name in ("value_cents", "quantity", "unit")}
    return any(
        all(_same(getattr(other, name), value) for name, value in (giver | what).items())
        and fold(other.description) == fold(facts.get("description", ""))
        for other in contributions_to(session, about, nature)
    )


def _same(kept: Any, given: Any) -> bool:
    if isinstance(kept, str):
        return fold(kept) == fold(given or "")
    return (kept or None) == (given or None)


def receive_contribution(session: TenantSession, contribution: Contribution, on: date | None = None) -> None:
    """It is here: cash counts from now on. Receiving twice changes nothing.

    Raises:
        Refused: ``withdrawn``.
    """
    session.refresh(contribution, with_for_update={"of": Contribution})
    if contribution.withdrawn_at is not None:
        raise Refused(_("This pledge was cancelled."), rule="withdrawn")
    if contribution.received_on is None:
        contribution.received_on = on or clock.today()
        session.flush()
        audit.record(session, "contribution.received", contribution)


def withdraw_contribution(session: TenantSession, contribution: Contribution) -> None:
    """The giver takes it back.

    Raises:
        Refused: ``used``, a part went to somebody already; or the module of its object cannot spare it
            (``WithdrawalAsked``).
    """
    tell(session, WithdrawalAsked(contribution))
    session.refresh(contribution, with_for_update={"of": Contribution})
    if contribution.used > 0:
        raise Refused(_("A part of it went to a project already: it can no longer be cancelled."), rule="used")
    contribution.withdrawn_at = clock.now()
    session.flush()
    audit.record(session, "contribution.withdrawn", contribution)


def use_contribution(
    session: TenantSession, contribution: Contribution, about: Any, amount: Decimal, note: str = ""
) -> ContributionUse:
    """A part goes to an object. Two uses at once wait for each other and never exceed what was promised.

    Raises:
        Refused: ``withdrawn``, ``expired``, ``too_much`` (with what is left).
    """
    session.refresh(contribution, with_for_update={"of": Contribution})
    if contribution.withdrawn_at is not None:
        raise Refused(_("This pledge was cancelled."), rule="withdrawn")
    if contribution.valid_until is not None and contribution.valid_until < clock.today():
        raise Refused(
            _("This pledge was valid until %(until)s.", until=long_date(contribution.valid_until)), rule="expired"
        )
    session.expire(contribution, ["uses"])
    if amount > contribution.left:
        raise Refused(
            _("Only %(left)s are left of this pledge.", left=number(contribution.left)), "quantity", rule="too_much"
        )
    made = ContributionUse(
        object_type=about.__tablename__, object_id=about.id, amount=amount, used_on=clock.today(), note=note
    )
    contribution.uses.append(made)
    session.flush()
    audit.record(session, "contribution.used", contribution, for_object=about.id, amount=str(amount))
    return made


def thank_giver(session: TenantSession, contribution: Contribution, shown: bool) -> None:
    """Show the giver on the page of thanks, or no longer: only when they agreed."""
    contribution.thanked = shown
    session.flush()
    audit.record(session, "contribution.thanked", contribution, shown=shown)

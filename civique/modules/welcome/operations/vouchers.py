"""Vouchers: what a partner offers, handed to a household once, redeemed once (ACC-01, ACC-02)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, insert, select, update

from civique.core import audit, clock
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.loading import among
from civique.core.organisations.models import Organisation
from civique.core.refused import Refused
from civique.modules.welcome.models import WelcomeHousehold, WelcomeOffer, WelcomeVoucher
from civique.modules.welcome.operations.known import lock_known
from civique.modules.welcome.queries.vouchers import (
    SIGNS,
    UNDONE_WITHIN,
    find_voucher,
    held,
    normal_number,
    running_offers,
    vouchers_of,
)
from tenants.session import TenantSession

PURPOSE = "voucher_partner"
"""Of the pass by which a partner redeems on a telephone."""
MOST_LINES = 500


def add_offer(session: TenantSession, organisation: Organisation, *, quantity: int, **facts: Any) -> WelcomeOffer:
    """A partner offers something to each new household; its vouchers are made at once, as many as it gives (ACC-02)."""
    offer = WelcomeOffer(organisation_id=organisation.id, quantity=quantity, **facts)
    _check_days(offer)
    session.add(offer)
    session.flush()
    _make(session, offer, quantity)
    audit.record(session, "welcome.offer_added", offer, quantity=quantity)
    return offer


def change_offer(session: TenantSession, offer: WelcomeOffer, *, quantity: int, **facts: Any) -> None:
    """Correct an offer. Fewer vouchers take away those that nobody has; more of them add some. A later last day gives back
    those that were over.

    Raises:
        Refused: ``quantity``, households have more already; ``days``.
    """
    _hold(session, offer)
    for name, value in facts.items():
        setattr(offer, name, value)
    _check_days(offer)
    # Nobody takes one from here on: whoever was taking one is waited for, and counted.
    free = select(WelcomeVoucher.id).where(WelcomeVoucher.offer_id == offer.id, WelcomeVoucher.state == "available")
    kept = session.scalars(free.order_by(WelcomeVoucher.id).with_for_update()).all()
    taken = held(session, offer)
    if quantity < taken:
        sentence = _("Households have %(number)s vouchers of this offer already: it cannot have fewer.", number=taken)
        raise Refused(sentence, "quantity", rule="quantity")
    offer.quantity = quantity
    session.flush()
    surplus = kept[quantity - taken :]
    session.execute(delete(WelcomeVoucher).where(WelcomeVoucher.id.in_(surplus)))
    _make(session, offer, quantity - taken - len(kept) + len(surplus))
    if offer.valid_until >= clock.today():
        over = update(WelcomeVoucher).where(WelcomeVoucher.offer_id == offer.id, WelcomeVoucher.state == "expired")
        in_hands = case((WelcomeVoucher.handed_on.is_(None), "assigned"), else_="handed")
        session.execute(over.values(state=in_hands), execution_options={"synchronize_session": False})
    audit.record(session, "welcome.offer_changed", offer, quantity=quantity)


def _hold(session: TenantSession, offer: WelcomeOffer) -> None:
    """Take an offer for oneself until the end of the transaction: its vouchers are added and taken away by one at a time."""
    session.refresh(offer, with_for_update={"of": WelcomeOffer})


def _check_days(offer: WelcomeOffer) -> None:
    if offer.valid_until < offer.valid_from:
        raise Refused(_("The last day comes before the first one."), "valid_until", rule="days")


def _make(session: TenantSession, offer: WelcomeOffer, quantity: int) -> None:
    """Make vouchers that nobody has, each with a number at random."""
    if quantity > 0:
        rows = [{"offer_id": offer.id, "number": _number(), "state": "available"} for _rank in range(quantity)]
        session.execute(insert(WelcomeVoucher), rows)


def _number() -> str:
    return "".join(secrets.choice(SIGNS) for _sign in range(8))


def withdraw_offer(session: TenantSession, offer: WelcomeOffer) -> None:
    """An offer goes to no other household; what was handed stays valid until its day."""
    offer.withdrawn_at = offer.withdrawn_at or clock.now()
    session.flush()
    audit.record(session, "welcome.offer_withdrawn", offer)


def assign_set(session: TenantSession, household: WelcomeHousehold) -> Sequence[WelcomeVoucher]:
    """Keep one voucher of each offer that runs for a household. It is a set: asked twice, it is the same one. An offer that
    has none left gives none; two households never wait for, nor get, the same last one.

    Returns:
        The vouchers of the household.

    Raises:
        Refused: ``anonymised``.
    """
    lock_known(session, household)
    mine = select(WelcomeVoucher.offer_id).where(
        WelcomeVoucher.household_id == household.id, WelcomeVoucher.state != "cancelled"
    )
    known = set(session.scalars(mine))
    for offer in running_offers(session):
        if offer.id not in known:
            _take(session, offer, household)
    return vouchers_of(session, household)


def _take(session: TenantSession, offer: WelcomeOffer, household: WelcomeHousehold) -> None:
    free = (
        select(WelcomeVoucher.id)
        .where(WelcomeVoucher.offer_id == offer.id, WelcomeVoucher.state == "available")
        .order_by(WelcomeVoucher.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = update(WelcomeVoucher).where(WelcomeVoucher.id == free.scalar_subquery())
    session.execute(
        taken.values(state="assigned", household_id=household.id), execution_options={"synchronize_session": False}
    )


def hand_set(session: TenantSession, household: WelcomeHousehold) -> Sequence[WelcomeVoucher]:
    """The vouchers of a household are in its hands: they can be redeemed from now on.

    Returns:
        Those that it has.
    """
    assign_set(session, household)
    query = update(WelcomeVoucher).where(
        WelcomeVoucher.household_id == household.id, WelcomeVoucher.state == "assigned"
    )
    session.execute(query.values(state="handed", handed_on=clock.today()))
    return [voucher for voucher in vouchers_of(session, household) if voucher.state == "handed"]


def redeem_voucher(
    session: TenantSession, number: str, *, how: str, organisation_id: UUID | None = None, day: date | None = None
) -> WelcomeVoucher:
    """Use a voucher, once whatever happens (ACC-01): one statement takes it from « handed » to « used », so that of many at
    once exactly one does.

    Args:
        number: as typed, read out, or in the address of the code.
        organisation_id: the partner who redeems; its own vouchers alone are found. None for the town hall.
        day: when it was used; today when it is not said. A coupon brought back late is redeemed for a day when it was valid.

    Raises:
        Refused: ``unknown``, ``used``, ``expired``, ``not_handed``, ``cancelled``, ``day``.
    """
    on = day or clock.today()
    if on > clock.today():
        raise Refused(_("This day is still to come."), "day", rule="day")
    valid = select(WelcomeOffer.id).where(WelcomeOffer.valid_from <= on, WelcomeOffer.valid_until >= on)
    if organisation_id is not None:
        valid = valid.where(WelcomeOffer.organisation_id == organisation_id)
    sources = ("handed",) if how == "phone" else ("handed", "expired")
    taken = (
        update(WelcomeVoucher)
        .where(
            WelcomeVoucher.number == normal_number(number),
            among(WelcomeVoucher.state, sources),
            WelcomeVoucher.handed_on <= on,
            WelcomeVoucher.offer_id.in_(valid),
        )
        .values(state="used", used_on=on, used_at=func.clock_timestamp(), how=how)
        .returning(WelcomeVoucher.id)
    )
    done = session.execute(taken, execution_options={"synchronize_session": False}).scalar_one_or_none()
    if done is None:
        raise _why_not(session, number, organisation_id, on)
    voucher = session.get_one(WelcomeVoucher, done, populate_existing=True)
    audit.record(session, "welcome.voucher_used", voucher, how=how)
    return voucher


def _why_not(session: TenantSession, number: str, organisation_id: UUID | None, on: date) -> Refused:
    """Why a voucher cannot be used; one of another partner is unknown to this one."""
    voucher = find_voucher(session, number)
    if voucher is None or (organisation_id is not None and voucher.offer.organisation_id != organisation_id):
        return _unknown()
    session.refresh(voucher)
    if voucher.state == "used":
        day = long_date(voucher.used_on, weekday=False) if voucher.used_on else ""
        return Refused(_("This voucher was used already, on %(day)s.", day=day), "number", rule="used")
    if voucher.state == "cancelled":
        return Refused(_("This voucher was cancelled: another one replaces it."), "number", rule="cancelled")
    if voucher.state in {"available", "assigned"} or (voucher.handed_on and on < voucher.handed_on):
        return Refused(_("This voucher was not handed over yet. Call the town hall."), "number", rule="not_handed")
    offer = voucher.offer
    days = {"first": long_date(offer.valid_from, weekday=False), "last": long_date(offer.valid_until, weekday=False)}
    return Refused(_("This voucher is valid from %(first)s to %(last)s.", **days), "number", rule="expired")


def undo_redemption(
    session: TenantSession, voucher: WelcomeVoucher, used_at: datetime, *, organisation_id: UUID | None = None
) -> None:
    """Take back a use that was noted by mistake a quarter of an hour ago at most: the voucher is in the hands of its
    household again. One statement gives back this very use, so that a late or repeated press never gives back the next one.

    Args:
        used_at: when the use was noted, as the page showed it.
        organisation_id: the partner, who takes back what it noted itself. None for the town hall.

    Raises:
        Refused: ``undone``, it was given back, or noted again since; ``late``; of a partner,
            ``unknown``, the voucher of another one, ``theirs``, noted by the town hall.
    """
    if organisation_id is not None and voucher.offer.organisation_id != organisation_id:
        raise _unknown()
    of_the_use = update(WelcomeVoucher).where(
        WelcomeVoucher.id == voucher.id,
        WelcomeVoucher.state == "used",
        WelcomeVoucher.used_at == used_at,
        WelcomeVoucher.used_at > func.clock_timestamp() - UNDONE_WITHIN,
    )
    if organisation_id is not None:
        of_the_use = of_the_use.where(WelcomeVoucher.how == "phone")
    given_back = of_the_use.values(state="handed", used_on=None, used_at=None, how="").returning(WelcomeVoucher.id)
    done = session.execute(given_back, execution_options={"synchronize_session": False}).scalar_one_or_none()
    session.refresh(voucher)
    if done is None:
        raise _why_kept(voucher, used_at, by_partner=organisation_id is not None)
    audit.record(session, "welcome.voucher_undone", voucher)


def _unknown() -> Refused:
    return Refused(_("No voucher of yours has this number. Read it again, sign by sign."), "number", rule="unknown")


def _why_kept(voucher: WelcomeVoucher, used_at: datetime, *, by_partner: bool) -> Refused:
    if voucher.used_at != used_at:
        return Refused(
            _("This use was taken back, or noted again, in the meantime. Nothing was changed."), rule="undone"
        )
    if by_partner and voucher.how != "phone":
        return Refused(_("The town hall noted this use: call it."), rule="theirs")
    return Refused(
        _("It is too late to take this use back here: a quarter of an hour after it is noted, it stays."), rule="late"
    )


@dataclass(frozen=True)
class Batch:
    """What became of coupons brought back together: the vouchers that were used, and each line that was not, with why."""

    used: list[WelcomeVoucher]
    refused: list[tuple[str, str]]


def redeem_batch(session: TenantSession, lines: Collection[str], *, how: str, day: date | None = None) -> Batch:
    """Redeem coupons that a partner brings back, or reads out: each counts once, those that are refused are named.

    Raises:
        Refused: ``none``, ``too_many``.
    """
    numbers = [line.strip() for line in lines if line.strip()]
    if not numbers:
        raise Refused(_("Write at least one number, one a line."), "numbers", rule="none")
    if len(numbers) > MOST_LINES:
        raise Refused(_("At most %(most)s numbers at once.", most=MOST_LINES), "numbers", rule="too_many")
    batch = Batch([], [])
    for number in numbers:
        try:
            batch.used.append(redeem_voucher(session, number, how=how, day=day))
        except Refused as why:
            if why.rule == "day":
                raise
            batch.refused.append((number, str(why)))
    return batch


def cancel_voucher(session: TenantSession, voucher: WelcomeVoucher) -> None:
    """A voucher is lost: it opens nothing any more, and its partner has one to give again, so that its household may get
    another.

    Raises:
        Refused: ``not_held``, nobody has it or it was used.
    """
    _hold(session, voucher.offer)
    taken = update(WelcomeVoucher).where(
        WelcomeVoucher.id == voucher.id, among(WelcomeVoucher.state, ("assigned", "handed"))
    )
    done = session.execute(taken.values(state="cancelled").returning(WelcomeVoucher.id)).scalar_one_or_none()
    session.refresh(voucher)
    if done is None:
        raise Refused(_("This voucher was used, or is over: it cannot be cancelled."), rule="not_held")
    _make(session, voucher.offer, 1)
    audit.record(session, "welcome.voucher_cancelled", voucher)


def expire_vouchers(session: TenantSession) -> int:
    """Note that the vouchers of offers that are over were not used; the last day itself is still good. Twice is once.

    Returns:
        How many.
    """
    over = select(WelcomeOffer.id).where(WelcomeOffer.valid_until < clock.today())
    query = update(WelcomeVoucher).where(
        WelcomeVoucher.offer_id.in_(over), among(WelcomeVoucher.state, ("assigned", "handed"))
    )
    return session.execute(query.values(state="expired")).rowcount  # type: ignore[attr-defined, no-any-return]

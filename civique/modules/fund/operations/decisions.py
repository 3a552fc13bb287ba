"""Granting in full, in part, refusing, adjourning; replacing a mistaken decision."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from civique.core import audit, clock, events, search
from civique.core.agreements import operations as agreements
from civique.core.agreements.queries import agreement_of
from civique.core.contributions.labels import things_in_words
from civique.core.contributions.queries import received_cents
from civique.core.i18n import gettext as _
from civique.core.i18n import money
from civique.core.projects import ProjectHelped
from civique.core.refused import Refused
from civique.modules.fund import queries
from civique.modules.fund.models import Decision, FundApplication
from civique.modules.fund.operations.course import ELSEWHERE, lock, need_motive, refuse_linked
from civique.modules.fund.operations.whole import above_cap, need_whole
from tenants.session import TenantSession

InKind = Mapping[UUID, tuple[Decimal, str]]
"""Ask → quantity granted and who provides it."""


def check_decidable(session: TenantSession, application: FundApplication, **_facts: Any) -> None:
    """What must be true before a decision.

    Raises:
        Refused: FON-07; ``opinion_needed``, the rules of the fund ask for an opinion first.
    """
    refuse_linked(session, application)
    if application.fund.opinion_needed and not queries.opinion_known(session, application):
        raise Refused(
            _("The rules of this fund ask for an opinion before the decision. Record it first."), rule="opinion_needed"
        )


def decide(
    session: TenantSession,
    application: FundApplication,
    *,
    amount_cents: int,
    motive: str = "",
    in_kind: InKind | None = None,
    act: str = "",
    act_on: date | None = None,
) -> str:
    """Grant in full, in part, or refuse (no amount and nothing in kind); gives the state that follows.

    The fund's row is locked before the application: decisions taken at once on the last euros wait for each other, and the
    second sees what the first left (FON-05).

    Raises:
        Refused: FON-03 above the cap for this project this year, FON-05 above what is left, FON-08 without motive
            for a refusal or a part, ``more_than_asked``.
    """
    _grant_in_kind(application, in_kind or {})
    return _decide(session, application, amount_cents, motive, act=act, act_on=act_on).kind


def adjourn(
    session: TenantSession, application: FundApplication, *, motive: str, act: str = "", act_on: date | None = None
) -> None:
    """Put the decision off, with the reason; the answer is still due."""
    _replace(session, application, "")
    application.decisions.append(
        Decision(
            fund_id=application.fund_id,
            kind="adjourned",
            amount_cents=0,
            motive=motive,
            act=act,
            act_on=act_on,
            decided_by_id=session.actor_id,
            decided_at=clock.now(),
        )
    )


def correct(
    session: TenantSession,
    application: FundApplication,
    *,
    amount_cents: int,
    motive: str = "",
    because: str,
    in_kind: InKind | None = None,
) -> str:
    """Replace a mistaken decision: the former one stays readable, the applicant is told what was wrong; gives the state that
    follows. A convention that was only drafted follows the decision when it is offered.

    Args:
        in_kind: what is granted beside money from now on; None for what was granted before.

    Raises:
        Refused: FON-08 without the reason of the correction; as :func:`decide`.
    """
    need_motive(because)
    former = application.decision
    assert former is not None, "a decided request has a decision"
    _replace(session, application, because)
    if in_kind is not None:
        _grant_in_kind(application, in_kind)
    return _decide(session, application, amount_cents, motive, act=former.act, act_on=former.act_on).kind


def note_act(
    session: TenantSession, application: FundApplication, act: str, act_on: date | None, revision: int
) -> None:
    """Write or correct the number of the act of the decision in force, the one place where it is kept: an agreement that
    nobody has signed follows.

    Raises:
        StaleDataError. Refused: ``not_decided``; FON-07.
    """
    lock(session, application, revision)
    refuse_linked(session, application)
    decision = application.decision
    if decision is None:
        raise Refused(str(ELSEWHERE["not_decided"]), rule="not_decided")
    decision.act, decision.act_on = act, act_on
    agreements.follow_act(agreement_of(session, application), act)
    session.flush()
    audit.record(session, "fund.act_noted", application)


def _replace(session: TenantSession, application: FundApplication, because: str) -> None:
    former = application.decision
    if former is not None:
        former.replaced_at, former.replaced_because = clock.now(), because
        session.flush()


def _grant_in_kind(application: FundApplication, granted: InKind) -> None:
    for ask in application.asks:
        quantity, provider = granted.get(ask.id, (Decimal(0), ""))
        if quantity > ask.quantity:
            raise Refused(
                _("This is more than what was asked: « %(what)s ».", what=ask.description), rule="more_in_kind"
            )
        ask.granted_quantity, ask.provider = quantity, provider


def _decide(
    session: TenantSession,
    application: FundApplication,
    amount: int,
    motive: str,
    act: str = "",
    act_on: date | None = None,
) -> Decision:
    """The checks and the row that a first decision and a correction share; the fund is locked."""
    fund = application.fund
    if amount > application.amount_asked_cents:
        raise Refused(
            _("This is more than what was asked (%(asked)s).", asked=money(application.amount_asked_cents)),
            "amount_cents",
            rule="more_than_asked",
        )
    others = queries.project_granted_cents(session, application)
    if amount + others > (fund.cap_cents or 0):
        raise above_cap(fund, others)
    waits = application.decision is not None and application.decision.kind == "adjourned"
    left = (fund.envelope_cents or 0) + received_cents(session, fund) - queries.committed_cents(session, fund)
    if amount > left:
        raise Refused(
            _("Only %(left)s are left in the envelope. Grant a part, or wait for another fund.", left=money(left)),
            "amount_cents",
            rule="FON-05",
        )
    if waits:
        _replace(session, application, "")
    kind = _kind(application, amount)
    if kind != "granted":
        need_motive(motive)
    if kind != "refused":
        need_whole(session, application)
    decision = Decision(
        fund_id=fund.id,
        kind=kind,
        amount_cents=amount,
        motive=motive,
        decided_by_id=session.actor_id,
        decided_at=clock.now(),
        act=act,
        act_on=act_on,
        in_kind=_in_kind_words(application),
    )
    application.decisions.append(decision)
    if kind == "refused":
        search.remove(session, application)
    else:
        search.index(session, queries.SEARCH, application)
        events.tell(session, ProjectHelped(queries.helped_project(application), clock.today(), amount))
    return decision


def _kind(application: FundApplication, amount: int) -> str:
    kind_in_full = all(ask.granted_quantity == ask.quantity for ask in application.asks)
    kind_in_part = any(ask.granted_quantity for ask in application.asks)
    if amount == application.amount_asked_cents and kind_in_full:
        return "granted"
    return "partially_granted" if amount > 0 or kind_in_part else "refused"


def _in_kind_words(application: FundApplication) -> str:
    """What is given beside money, as one line of the decision; the quantities themselves stay on the asks."""
    parts = [
        things_in_words(ask.granted_quantity, ask.unit, ask.description)
        for ask in application.asks
        if ask.granted_quantity
    ]
    return " ; ".join(parts)[:1000]

"""The agreement of a granted request: what each side does (FON-10), signatures, upkeep, breach."""

from collections.abc import Sequence
from datetime import date, timedelta

from civique.core import clock, settings
from civique.core.agreements import operations as agreements
from civique.core.agreements.models import Agreement, Signature
from civique.core.agreements.queries import agreement_of
from civique.core.commune import Identity, sender_name
from civique.core.documents.models import StoredFile
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.fund import messages, queries
from civique.modules.fund.models import GRANTED, WORKING, FundRequest
from civique.modules.fund.operations.course import enter, lock, lock_fund, need_state, refuse_linked
from civique.modules.fund.operations.reports import end_early
from tenants.session import TenantSession

AGREEABLE = (*GRANTED, "convention")
"""States in which the agreement may be written."""
LONGEST_UPKEEP = timedelta(days=3653)
"""Ten years [D]: a longer one is a slip of the pen, and a visit is planned every six months."""


def draw_up_agreement(
    session: TenantSession,
    request: FundRequest,
    holder_duties: Sequence[str],
    commune_duties: Sequence[str],
    upkeep_until: date | None = None,
    act: str = "",
) -> Agreement:
    """Write the agreement of a granted request, or write it again while nobody has signed.

    Raises:
        Refused: ``not_granted``; FON-10 when a side undertakes nothing, or a fifty-fifty without day of upkeep;
            ``upkeep_day``, a day that is over or years away; FON-07.
    """
    lock(session, request)
    need_state(request, *AGREEABLE, rule="not_granted")
    duties = [("holder", text.strip(), None) for text in holder_duties if text.strip()]
    duties += [("commune", text.strip(), None) for text in commune_duties if text.strip()]
    if {side for side, _text, _day in duties} != {"holder", "commune"}:
        raise Refused(_("Write at least one thing that each side undertakes."), rule="FON-10")
    if request.fund.preset == "fifty_fifty" and upkeep_until is None:
        raise Refused(
            _("A fifty-fifty says until when what is made will be looked after. Write this day."),
            "upkeep_until",
            rule="FON-10",
        )
    if upkeep_until is not None and not clock.today() < upkeep_until <= clock.today() + LONGEST_UPKEEP:
        raise Refused(
            _("Write a day to come, within %(years)s years.", years=LONGEST_UPKEEP.days // 365),
            "upkeep_until",
            rule="upkeep_day",
        )
    refuse_linked(session, request)
    decision = request.decision
    commune = sender_name(session.tenant, settings.get(session, Identity))
    agreement = agreements.draw_up_agreement(
        session,
        request,
        duties,
        title=request.title,
        purpose=request.purpose,
        holder_name=queries.whom(request),
        commune_name=commune,
        amount_cents=request.granted_cents - request.returned_cents,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        upkeep_until=upkeep_until,
        act=act or (decision.act if decision else ""),
    )
    if request.state == "convention" and agreement.state == "draft" and decision is not None:
        enter(session, request, decision.kind)  # a new version is offered, and its holder told, as the first one was
    return agreement


def offer_agreement(session: TenantSession, request: FundRequest) -> Agreement:
    """The agreement is ready: the holder is asked to sign, by code or on paper.

    Raises:
        Refused: ``no_agreement``, ``not_granted``, FON-07. Refused: from the agreement.
    """
    lock(session, request)
    agreement = _agreement(session, request)
    if request.state == "convention" and agreement.state == "to_sign":
        return agreement
    need_state(request, *GRANTED, rule="not_granted")
    refuse_linked(session, request)
    # The decision may have been corrected since this was written.
    agreement.amount_cents = request.granted_cents - request.returned_cents
    agreements.offer_agreement(session, agreement)
    enter(session, request, "convention")
    messages.to_sign(session, request, agreement)
    return agreement


def sign_agreement(
    session: TenantSession,
    request: FundRequest,
    side: str,
    *,
    name: str,
    means: str,
    function: str = "",
    person: Person | None = None,
    file: StoredFile | None = None,
    on: date | None = None,
    revision: int | None = None,
) -> Signature:
    """One side signs; once both have, the project is under way and money may be paid (FON-09).

    Raises:
        Refused: ``no_agreement``; ``not_to_sign``, the request is no longer there; ``day_to_come``; FON-07, who holds
            the request does not sign for the commune. Refused, StaleDataError: from the agreement.
    """
    if on is not None and on > clock.today():
        raise Refused(_("This day is still to come."), "on", rule="day_to_come")
    lock(session, request)
    agreement = _agreement(session, request)
    if agreement.state == "to_sign":
        need_state(request, "convention", rule="not_to_sign")
    if side == "commune":
        refuse_linked(session, request)
    signature = agreements.sign_agreement(
        session,
        agreement,
        side,
        name=name,
        means=means,
        function=function,
        person=person,
        file=file,
        on=on,
        revision=revision,
    )
    if agreement.state == "signed":
        enter(session, request, "under_way")
        if agreement.upkeep_until is not None:
            _plan_checks(session, agreement)
        messages.signed(session, request, agreement)
    return signature


def _plan_checks(session: TenantSession, agreement: Agreement) -> None:
    """A visit every six months until the day of upkeep, and one on that day."""
    assert agreement.upkeep_until is not None, "the caller checked"
    day = clock.today() + timedelta(days=182)
    while day < agreement.upkeep_until:
        agreements.plan_upkeep_check(session, agreement, day)
        day += timedelta(days=182)
    agreements.plan_upkeep_check(session, agreement, agreement.upkeep_until)


def break_agreement(session: TenantSession, request: FundRequest, because: str, repay_cents: int | None = None) -> None:
    """One side no longer keeps its word (LO-1: rupture): a project that goes on lapses, nothing more is paid, what was
    not paid comes back and what was paid is asked back. After the report only the upkeep ends: the accounts are closed.

    Args:
        repay_cents: what is asked back; by default all that was paid.

    Raises:
        Refused: ``no_agreement``, ``payment_waits``, ``more_than_paid``. Refused: from the agreement.
    """
    lock_fund(session, request)
    lock(session, request)
    refuse_linked(session, request)
    agreements.break_agreement(session, _agreement(session, request), because)
    asked = end_early(session, request, because, repay_cents)[1] if request.state in WORKING else 0
    messages.broken(session, request, because, asked)


def _agreement(session: TenantSession, request: FundRequest) -> Agreement:
    agreement = agreement_of(session, request)
    if agreement is None:
        raise Refused(_("Write the agreement first."), rule="no_agreement")
    return agreement
